import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { crc32c, nativeCrc32c, tableCrc32c } from '../../../../broker/protocol/crc32c.ts'

/** As the definition says it, bit by bit. */
function bitwiseCrc32c(data: Uint8Array): number {
  let crc = -1
  for (const byte of data) {
    crc ^= byte
    for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ ((crc & 1) * 0x82f6_3b78)
  }
  return (crc ^ -1) >>> 0
}

const dataAndPart = fc
  .uint8Array({ maxLength: 700 })
  .chain((data) => fc.tuple(fc.constant(data), fc.nat(data.length), fc.nat(data.length)))

test('all ways give the same for any part of any data', () => {
  fc.assert(
    fc.property(dataAndPart, ([data, a, b]) => {
      const start = Math.min(a, b)
      const end = Math.max(a, b)
      const expected = bitwiseCrc32c(data.subarray(start, end))
      expect(tableCrc32c(data, start, end)).toBe(expected)
      expect(crc32c(data, start, end)).toBe(expected)
      if (nativeCrc32c !== null) expect(nativeCrc32c(data, start, end)).toBe(expected)
    }),
  )
})
