import { describe, expect, test } from 'vitest'
import { crc32c, type Crc32c, nativeCrc32c, tableCrc32c } from '../../../../broker/protocol/crc32c.ts'

const counting = Uint8Array.from({ length: 32 }, (_, i) => i)
const readCommand = Buffer.from(
  ['01c000000000000000000000000000001400000000000400', '000000140000001828000000000000000200000000000000'].join(''),
  'hex',
)

/** RFC 3720, appendix B.4, and the check value that catalogues of CRCs give. */
const VECTORS: readonly (readonly [name: string, data: Uint8Array, crc: number])[] = [
  ['nothing', new Uint8Array(0), 0],
  ['32 zeros', new Uint8Array(32), 0x8a91_36aa],
  ['32 ones', new Uint8Array(32).fill(0xff), 0x62a8_ab43],
  ['32 rising', counting, 0x46dd_794e],
  ['32 falling', counting.toReversed(), 0x113f_db5c],
  ['an iSCSI read command', readCommand, 0xd996_3a56],
  ['123456789', Buffer.from('123456789'), 0xe306_9283],
]

const WAYS: readonly (readonly [name: string, crc: Crc32c | null])[] = [
  ['by tables', tableCrc32c],
  ['by the native library', nativeCrc32c],
  ['by the faster of both', crc32c],
]

describe.for(WAYS)('CRC-32C %s', ([, crc]) => {
  // The optional package may be missing on a platform; everywhere else it must be tested.
  test.skipIf(crc === null).for(VECTORS)('%s', ([, data, expected]) => {
    expect(crc?.(data)).toBe(expected)
  })

  test.skipIf(crc === null)('takes a part of the data', () => {
    const data = Buffer.concat([Buffer.alloc(1000, 'x'), Buffer.from('123456789'), Buffer.alloc(1000, 'y')])
    expect(crc?.(data, 1000, 1009)).toBe(0xe306_9283)
    expect(crc?.(data.subarray(1000), 0, 9)).toBe(0xe306_9283)
    expect(crc?.(data, 7)).toBe(crc?.(data.subarray(7)))
  })
})
