import * as fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { type Codec, compress, decompress, prepareCompression } from '../../../../broker/protocol/compression.ts'
import { ProtocolError } from '../../../../broker/protocol/protocol-error.ts'

const MAX_BYTES = 100_000

/** Data with and without repetitions. */
const anyData = fc
  .tuple(fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 5 }), fc.array(fc.nat(4), { maxLength: 60 }))
  .map(([parts, order]) => Buffer.concat(order.map((i) => parts[i] ?? new Uint8Array(0))))

function expectHarmless(codec: Codec, data: Buffer): void {
  try {
    expect(decompress(codec, data, MAX_BYTES).length).toBeLessThanOrEqual(MAX_BYTES)
  } catch (error) {
    expect(error).toBeInstanceOf(ProtocolError)
  }
}

beforeAll(prepareCompression)

describe.for<Codec>(['gzip', 'snappy', 'lz4', 'zstd'])('%s', (codec) => {
  test('gives back whatever was compressed', () => {
    fc.assert(
      fc.property(anyData, (data) => {
        expect(decompress(codec, compress(codec, data), MAX_BYTES).equals(data)).toBe(true)
      }),
    )
  })

  test('does no harm when it is damaged', () => {
    const damage = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 4 })
    fc.assert(
      fc.property(anyData, damage, (data, changes) => {
        const packed = Buffer.from(compress(codec, data))
        for (const [at, byte] of changes) packed[at % packed.length] = byte
        expectHarmless(codec, packed)
      }),
      { numRuns: 500 },
    )
  })

  test('does no harm when it is anything, with or without a right beginning', () => {
    const beginning = compress(codec, Buffer.from('abcabcabc'))
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(beginning.length), (data, size) => {
        expectHarmless(codec, Buffer.from(data))
        expectHarmless(codec, Buffer.concat([beginning.subarray(0, size), data]))
      }),
      { numRuns: 500 },
    )
  })
})
