import { describe, expect, test } from 'vitest'
import { formatBytes, parseByteSize } from '../../../schemas/byte-size.ts'

describe('parseByteSize', () => {
  test.for([
    ['0B', 0],
    ['64KiB', 65_536],
    ['16MiB', 16_777_216],
    ['1.5GiB', 1_610_612_736],
    ['10GB', 10_000_000_000],
  ] as const)('reads %s', ([text, bytes]) => {
    expect(parseByteSize(text)).toBe(bytes)
  })

  test.for(['', '10', '10 MiB', '10mb', '-1KiB', 'MiB'])('refuses "%s"', (text) => {
    expect(() => parseByteSize(text)).toThrow(expect.objectContaining({ code: 'E_BYTE_SIZE' }))
  })
})

test.for([
  [0, '0 B'],
  [999, '999 B'],
  [1_234_567, '1.2 MB'],
  [5_000_000, '5 MB'],
  [123_456_789, '123 MB'],
] as const)('formatBytes shows %d as %s', ([bytes, text]) => {
  expect(formatBytes(bytes)).toBe(text)
})
