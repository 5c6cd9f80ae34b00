import { randomBytes } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import { beforeAll, describe, expect, test } from 'vitest'
import { type Codec, compress, decompress, prepareCompression } from '../../../../broker/protocol/compression.ts'
import { ProtocolError } from '../../../../broker/protocol/protocol-error.ts'

const CODECS: readonly Codec[] = ['gzip', 'snappy', 'lz4', 'zstd']
const MIB = 1_048_576

/** Hexadecimal, in parts. */
function bytes(...parts: readonly string[]): Buffer {
  return Buffer.from(parts.join(''), 'hex')
}

beforeAll(prepareCompression)

describe.for(CODECS)('%s', (codec) => {
  test.for([
    ['nothing', Buffer.alloc(0)],
    ['one byte', Buffer.from([7])],
    ['zeros', Buffer.alloc(300_000)],
    ['what cannot be compressed', randomBytes(200_000)],
    ['a text', Buffer.from('{"severity":"HIGH","id":"CVE-2021-44228"}\n'.repeat(5000))],
  ] as const)('gives back %s', ([, data]) => {
    expect(decompress(codec, compress(codec, data), data.length).equals(data)).toBe(true)
  })

  test('takes a view into a larger buffer', () => {
    const data = Buffer.from('before, within, after')
    const packed = compress(codec, new Uint8Array(data.buffer, data.byteOffset + 8, 6))
    const padded = Buffer.concat([Buffer.alloc(5, 1), packed, Buffer.alloc(5, 1)])
    expect(decompress(codec, padded.subarray(5, 5 + packed.length), 100).toString()).toBe('within')
  })

  test('does not give a byte more than is allowed', () => {
    const packed = compress(codec, Buffer.alloc(20 * MIB))
    expect(() => decompress(codec, packed, 20 * MIB - 1)).toThrow(ProtocolError)
    expect(decompress(codec, packed, 20 * MIB)).toHaveLength(20 * MIB)
  })

  test.for([
    ['nothing at all', Buffer.alloc(0)],
    ['zeros', Buffer.alloc(100)],
    ['ones', Buffer.alloc(100, 0xff)],
    ['a text', Buffer.from('this was never compressed by anybody')],
    ['another codec', gzipSync('x').subarray(1)],
  ] as const)('refuses %s', ([, data]) => {
    expect(() => decompress(codec, data, MIB)).toThrow(ProtocolError)
  })
})

test('gzip is stopped while it unpacks, not when it has', () => {
  const packed = compress('gzip', Buffer.alloc(20 * MIB))
  expect(() => decompress('gzip', packed, MIB)).toThrow(
    expect.objectContaining({ cause: expect.objectContaining({ code: 'ERR_BUFFER_TOO_LARGE' }) }),
  )
})

describe('snappy that lies', () => {
  test('about a size that its bytes cannot give is not even tried', () => {
    expect(() => decompress('snappy', bytes('80808005', '00'.repeat(50)), 100 * MIB)).toThrow(
      '54 bytes of snappy cannot give 10485760',
    )
  })

  test.for([
    ['announces 4 GiB', bytes('ffffffff0f', '00')],
    ['announces more than 32 bits', bytes('ffffffffff01')],
    ['ends within its size', bytes('ffff')],
    ['copies from before the beginning', bytes('08', '1508')],
  ] as const)('%s', ([, data]) => {
    expect(() => decompress('snappy', data, 100 * MIB)).toThrow(ProtocolError)
  })

  const xerial = bytes('82534e4150505900', '00000001', '00000001')
  const block = compress('snappy', Buffer.from('abc'))

  test.for([
    ['a block of negative size', bytes('ffffffff')],
    ['a block beyond the end', bytes('7fffffff')],
    ['half a size', bytes('0000')],
    ['a block without its size', bytes('00000000')],
  ] as const)('xerial with %s', ([, data]) => {
    expect(() => decompress('snappy', Buffer.concat([xerial, data]), 100 * MIB)).toThrow(ProtocolError)
  })

  test('xerial without blocks is empty, and blocks are put together', () => {
    const size = bytes('0000000', block.length.toString(16))
    expect(decompress('snappy', xerial, 0)).toHaveLength(0)
    expect(decompress('snappy', Buffer.concat([xerial, size, block, size, block]), 6).toString()).toBe('abcabc')
    expect(() => decompress('snappy', Buffer.concat([xerial, size, block, size, block]), 5)).toThrow(/6 bytes/)
  })
})

describe('lz4 by hand', () => {
  const header = bytes('04224d18', '60', '40', '82')
  const frame = (...blocks: readonly Buffer[]): Buffer => {
    const sized = blocks.flatMap((block) => {
      const size = Buffer.alloc(4)
      size.writeUInt32LE(block.length)
      return [size, block]
    })
    return Buffer.concat([header, ...sized, bytes('00000000')])
  }

  test('repeats itself where a match overlaps what it makes', () => {
    // Literal "ab", then 10 bytes from 2 back, then the literal "c".
    expect(decompress('lz4', frame(bytes('26', '6162', '0200', '10', '63')), 100).toString()).toBe('ababababababc')
  })

  test('reads long lengths', () => {
    const literals = Buffer.alloc(15 + 255 + 3, 'x')
    const block = Buffer.concat([bytes('ff', 'ff03'), literals, bytes('0100', 'ff05', '10', '79')])
    expect(decompress('lz4', frame(block), 1000).toString()).toBe(`${'x'.repeat(273 + 15 + 255 + 5 + 4)}y`)
  })

  test.for([
    ['a match before the beginning', bytes('12', '61', '0200', '10', '62')],
    ['a match zero bytes back', bytes('12', '61', '0000', '10', '62')],
    ['literals beyond the block', bytes('50', '6162')],
    ['a match that is cut', bytes('12', '61', '02')],
    ['a long length that is cut', bytes('f0', 'ffff')],
  ] as const)('refuses %s', ([, block]) => {
    expect(() => decompress('lz4', frame(block), MIB)).toThrow(ProtocolError)
  })

  test('counts what a bomb would give without giving it', () => {
    const bomb = Buffer.concat([bytes('1f', '61', '0100'), Buffer.alloc(MIB, 0xff), bytes('00', '10', '62')])
    expect(() => decompress('lz4', frame(bomb), 100 * MIB)).toThrow(`would give ${1 + 15 + 255 * MIB + 4 + 1} bytes`)
  })

  test.for([
    ['an unknown version', bytes('04224d18', '20', '40', '82', '00000000')],
    ['a dictionary', bytes('04224d18', '61', '40', '00000000', '82', '00000000')],
    ['something after the frame', Buffer.concat([frame(), bytes('00')])],
    ['a block beyond the end', Buffer.concat([header, bytes('ffffff7f', '00')])],
  ] as const)('refuses %s', ([, data]) => {
    expect(() => decompress('lz4', data, MIB)).toThrow(ProtocolError)
  })
})

describe('zstd by hand', () => {
  const magic = bytes('28b52ffd')
  const last = '010000'

  test('adds up what blocks of one repeated byte would give', () => {
    const bomb = Buffer.concat([magic, bytes('00', '58', '02001061'.repeat(999), '03001061')])
    expect(() => decompress('zstd', bomb, 100 * MIB)).toThrow('would give 131072000 bytes, 104857600 are allowed')
  })

  test.for([
    ['content of 2^40 bytes', bytes('c0', '58', '0000000000010000', last)],
    ['content of more than its blocks can give', bytes('80', '58', '00100000', last)],
    ['a dictionary', bytes('01', '58', '07', last)],
    ['a block of the reserved type', bytes('00', '58', '070000')],
    ['a block of more than 128 KiB', bytes('00', '58', '0bffff', '61')],
    ['no last block', bytes('00', '58', '000000')],
    ['a checksum that is cut', bytes('04', '58', last, '0000')],
    ['blocks that are not what they say', bytes('00', '58', '2d0000', 'ffffffffff')],
  ] as const)('refuses %s', ([, rest]) => {
    expect(() => decompress('zstd', Buffer.concat([magic, rest]), 100 * MIB)).toThrow(ProtocolError)
  })

  test('reads an empty frame, and skippable frames alone', () => {
    expect(decompress('zstd', Buffer.concat([magic, bytes('00', '58', last)]), 0)).toHaveLength(0)
    expect(decompress('zstd', bytes('502a4d18', '02000000', 'aabb'), 0)).toHaveLength(0)
  })

  test('keeps to the bound where a frame of unknown size has used it up', () => {
    // A thousand times "a", with and without its size.
    const block = bytes('4d0000', '1061610100e32b8005')
    const known = Buffer.concat([magic, bytes('60', 'e802'), block])
    const unknown = Buffer.concat([magic, bytes('00', '58'), block])
    for (const frames of [
      [unknown, known],
      [known, unknown],
      [unknown, unknown],
      [known, known],
    ]) {
      expect(decompress('zstd', Buffer.concat(frames), 2000).equals(Buffer.alloc(2000, 'a'))).toBe(true)
      expect(() => decompress('zstd', Buffer.concat(frames), 1999)).toThrow(ProtocolError)
    }
  })
})
