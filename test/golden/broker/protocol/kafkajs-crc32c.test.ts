import { describe, expect, test } from 'vitest'
import { crc32c, tableCrc32c } from '../../../../broker/protocol/crc32c.ts'
import { HAS_KAFKAJS_FRAMES, readKafkajsFrame, readKafkajsText } from '../../../support/kafkajs-frames.ts'

const FOLDER = 'recordBatch/crc32C'
const samples = HAS_KAFKAJS_FRAMES
  ? [...readKafkajsText(`${FOLDER}/samples.js`).matchAll(/input:\s*'([^']*)',\s*output: (\d+)/g)]
  : []

describe.skipIf(!HAS_KAFKAJS_FRAMES)(
  "kafkajs' CRC-32C samples (in ../shared/reference/kafkajs-frames, else skipped)",
  () => {
    test('texts', () => {
      expect(samples.length).toBeGreaterThan(5)
      for (const [, input, output] of samples) {
        const data = Buffer.from(input ?? '')
        expect(crc32c(data)).toBe(Number(output))
        expect(tableCrc32c(data)).toBe(Number(output))
      }
    })

    test('the part of a record batch that its checksum covers', () => {
      expect(crc32c(readKafkajsFrame(`${FOLDER}/crcPayload.json`))).toBe(818_496_390)
    })
  },
)
