import * as fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { prepareCompression } from '../../../../broker/protocol/compression.ts'
import { ProtocolError } from '../../../../broker/protocol/protocol-error.ts'
import { decodeHeaders, encodeHeaders } from '../../../../broker/protocol/record-headers.ts'
import { RecordBatchBuilder } from '../../../../broker/protocol/record-batch-builder.ts'
import {
  COMPRESSIONS,
  placeBatch,
  readBatchHeader,
  stampAppendTime,
  verifyBatch,
} from '../../../../broker/protocol/record-batch.ts'
import { readRecords } from '../../../../broker/protocol/record-reader.ts'

beforeAll(() => prepareCompression())

const bytes = fc.option(fc.uint8Array({ maxLength: 300 }), { nil: null })
const headers = fc.array(fc.record({ name: fc.string({ unit: 'binary' }), value: bytes }), { maxLength: 5 })
const record = fc.record({
  timestamp: fc.integer({ min: -(2 ** 51), max: 2 ** 51 }),
  key: fc.oneof(bytes, fc.string({ unit: 'binary' })),
  value: fc.oneof(bytes, fc.string({ unit: 'binary' })),
  headers,
})
const records = fc.array(record, { minLength: 1, maxLength: 20 })
const compression = fc.constantFrom(...COMPRESSIONS)

type Drafts = readonly {
  timestamp: number
  key: Uint8Array | string | null
  value: Uint8Array | string | null
  headers: readonly { name: string; value: Uint8Array | null }[]
}[]

function build(drafts: Drafts, codec: (typeof COMPRESSIONS)[number] = 'none'): Buffer {
  const builder = new RecordBatchBuilder(64)
  for (const { timestamp, key, value, headers: own } of drafts)
    builder.append(timestamp, key, value, encodeHeaders(own))
  return builder.finish(codec)
}

function asBytes(content: Uint8Array | string | null): Buffer | null {
  return content === null ? null : Buffer.from(content as string)
}

describe('a record batch', () => {
  test('gives back the records it was made of, in every codec, wherever it is placed', () => {
    fc.assert(
      fc.property(records, compression, fc.integer({ min: 0, max: 2 ** 50 }), (drafts, codec, baseOffset) => {
        const batch = build(drafts, codec)
        placeBatch(batch, 0, baseOffset, 0)
        const header = verifyBatch(batch)
        expect(header).toMatchObject({
          baseOffset,
          compression: codec,
          recordCount: drafts.length,
          sizeBytes: batch.length,
        })
        expect(header.maxTimestamp).toBe(Math.max(...drafts.map(({ timestamp }) => timestamp)))
        const read = readRecords(batch, 0, header, 1_000_000)
        expect(read.map(({ offset }) => offset)).toEqual(drafts.map((_, i) => baseOffset + i))
        for (const [i, draft] of drafts.entries()) {
          expect(read[i]?.timestamp).toBe(draft.timestamp)
          expect(read[i]?.key).toEqual(asBytes(draft.key))
          expect(read[i]?.value).toEqual(asBytes(draft.value))
          expect(read[i]?.headers).toEqual(
            draft.headers.map(({ name, value }) => ({ name: Buffer.from(name).toString(), value: asBytes(value) })),
          )
        }
      }),
    )
  })

  test('notices any change behind its checksum', () => {
    fc.assert(
      fc.property(records, compression, fc.nat(), fc.integer({ min: 1, max: 255 }), (drafts, codec, place, flip) => {
        const batch = build(drafts, codec)
        const at = 17 + (place % (batch.length - 17))
        batch[at]! ^= flip
        expect(() => verifyBatch(batch)).toThrow(ProtocolError)
      }),
    )
  })

  test('that was stamped by the broker has the broker’s time on every record', () => {
    fc.assert(
      fc.property(records, (drafts) => {
        const batch = build(drafts)
        stampAppendTime(batch, 0, batch.length, 1_234_567_890_123)
        const header = verifyBatch(batch)
        expect(readRecords(batch, 0, header, 1_000_000).map(({ timestamp }) => timestamp)).toEqual(
          drafts.map(() => 1_234_567_890_123),
        )
      }),
    )
  })
})

describe('hostile bytes', () => {
  test('with a right checksum are read or refused, never anything else', () => {
    fc.assert(
      fc.property(records, fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 8 }), (drafts, changes) => {
        const batch = build(drafts)
        for (const [place, byte] of changes) batch[57 + (place % (batch.length - 57))] = byte
        try {
          const header = readBatchHeader(batch)
          for (const { key, value, headers: own } of readRecords(batch, 0, header, 1_000_000)) void [key, value, own]
        } catch (error) {
          if (!(error instanceof ProtocolError)) throw error
        }
      }),
    )
  })

  test('as headers are read or refused', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (hostile) => {
        try {
          decodeHeaders(Buffer.from(hostile))
        } catch (error) {
          if (!(error instanceof ProtocolError)) throw error
        }
      }),
    )
  })
})

test('headers whose last text comes apart are written as if they were whole', () => {
  const text = fc.oneof(fc.string({ maxLength: 200 }), fc.string({ unit: 'binary', maxLength: 40 }), fc.constant(''))
  const record = fc.record({
    key: fc.option(text),
    text: fc.option(text),
    value: fc.option(text),
    names: fc.array(fc.string({ maxLength: 20 }), { maxLength: 4 }),
  })
  fc.assert(
    fc.property(fc.array(record, { minLength: 1, maxLength: 5 }), (records) => {
      const apart = new RecordBatchBuilder(64)
      const whole = new RecordBatchBuilder(64)
      for (const { key, value, names, ...given } of records) {
        // Without a text of its own the last header is the key, as with an event that has just come.
        const last = given.text ?? key ?? ''
        const headers = [...names, 'id'].map((name) => ({ name, value: Buffer.from(name === 'id' ? last : name) }))
        const encoded = encodeHeaders(headers)
        const ended = encodeHeaders([...headers.slice(0, -1), { name: 'id', value: Buffer.alloc(0) }])
        apart.append(7, key, value, ended.subarray(0, ended.length - 1), last)
        whole.append(7, key, value, encoded)
      }
      expect(apart.finish().equals(whole.finish())).toBe(true)
    }),
  )
})
