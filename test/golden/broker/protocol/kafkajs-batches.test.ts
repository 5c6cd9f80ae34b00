import { beforeAll, describe, expect, test } from 'vitest'
import { decompress, prepareCompression } from '../../../../broker/protocol/compression.ts'
import { fetch } from '../../../../broker/protocol/messages/fetch.ts'
import { Reader } from '../../../../broker/protocol/reader.ts'
import { BATCH_HEADER_BYTES, batchSizeAt, verifyBatch } from '../../../../broker/protocol/record-batch.ts'
import { readRecords } from '../../../../broker/protocol/record-reader.ts'
import { HAS_KAFKAJS_FRAMES, readKafkajsFrame } from '../../../support/kafkajs-frames.ts'

const MAX_BYTES = 1_000_000

/** Codec, base offset and the texts of the records of each batch; the checksum of each is verified. */
function batchesOf(
  records: Buffer,
): readonly (readonly [codec: string, baseOffset: number, texts: readonly string[]])[] {
  const batches: [string, number, string[]][] = []
  for (let at = 0; at < records.length; at += batchSizeAt(records, at, records.length) ?? 0) {
    const header = verifyBatch(records, at)
    const texts = readRecords(records, at, header, MAX_BYTES).map(({ keyText, valueText }) => `${keyText}=${valueText}`)
    batches.push([header.compression, header.baseOffset, texts])
  }
  return batches
}

function fetchedBatches(path: string): ReturnType<typeof batchesOf> {
  const version = Number(/^v(\d+)/.exec(path)?.[1])
  const { responses } = fetch.readResponse(version, new Reader(readKafkajsFrame(`requests/fetch/${path}`)))
  return responses.flatMap(({ partitions }) =>
    partitions.flatMap(({ records }) => batchesOf(records ?? Buffer.alloc(0))),
  )
}

beforeAll(prepareCompression)

describe.skipIf(!HAS_KAFKAJS_FRAMES)(
  "kafkajs' record batches (in ../shared/reference/kafkajs-frames, else skipped)",
  () => {
    test.for(['v4_response.json', 'v5_response.json', 'v7_response.json', 'v11_response.json'])(
      '%s: not compressed',
      (path) => {
        expect(fetchedBatches(path)).toEqual([
          ['none', 0, ['key-0=some-value-0', 'key-1=some-value-1', 'key-2=some-value-2']],
        ])
      },
    )

    test('gzip, of kafkajs', () => {
      expect(fetchedBatches('v4_response_gzip.json')).toEqual([
        ['gzip', 0, ['key-0=some-value-0', 'key-1=some-value-1', 'key-2=some-value-2']],
        ['gzip', 3, ['key-1=some-value-1', 'key-2=some-value-2', 'key-3=some-value-3']],
      ])
      expect(batchesOf(readKafkajsFrame('recordBatch/v0_recordbatch.json'))).toEqual([
        ['gzip', 0, ['key-0=value-0-2020-08-14T17:13:08.682Z']],
      ])
    })

    test('snappy, of kafkajs', () => {
      expect(fetchedBatches('v4_response_snappy.json')).toEqual([
        ['snappy', 0, ['key-149=value-149-2019-02-04T15:13:48.187Z']],
      ])
    })

    test('zstd, in a batch whose attributes do not say so', () => {
      const batch = readKafkajsFrame('recordBatch/v0_recordbatch_zstd.json')
      expect(verifyBatch(batch)).toMatchObject({ compression: 'none', recordCount: 1 })
      expect(decompress('zstd', batch.subarray(BATCH_HEADER_BYTES), MAX_BYTES).toString()).toMatch(
        /lorem.*Lorem ipsum dolor/,
      )
    })

    test('of the Scala producer', () => {
      const texts = fetchedBatches('v4_from_scala_producer_response.json').flatMap(([, , records]) => records)
      expect(texts).toEqual([1, 2, 3, 4, 5, 6].map((i) => `KEY-${i}=VALUE-Lorem ipsum dolor sit amet-${i}`))
    })

    test.for(['v4_response_010_format.json', 'v4_response_mixed_formats.json'])(
      '%s: formats before v2 are refused',
      (path) => {
        expect(() => fetchedBatches(path)).toThrow('magic 1, only record batch v2 is spoken')
      },
    )
  },
)
