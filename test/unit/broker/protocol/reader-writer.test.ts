import { describe, expect, test } from 'vitest'
import { ProtocolError } from '../../../../broker/protocol/protocol-error.ts'
import { MAX_INT64, Reader } from '../../../../broker/protocol/reader.ts'
import { Writer } from '../../../../broker/protocol/writer.ts'

function written(write: (writer: Writer) => void): Buffer {
  const writer = new Writer(4)
  write(writer)
  const size = writer.size
  const bytes = writer.toBuffer()
  expect(size).toBe(bytes.length)
  return bytes
}

describe('int64', () => {
  test.for([0, 1, -1, 2 ** 31, 2 ** 32 - 1, 2 ** 32, 2 ** 53 - 1, -(2 ** 53) + 1, -(2 ** 63), MAX_INT64])(
    '%d',
    (value) => {
      const bytes = written((writer) => writer.int64(value))
      expect(bytes.readBigInt64BE()).toBe(BigInt(value))
      expect(new Reader(bytes).int64()).toBe(value)
    },
  )

  test('what is too large for a number reads as the largest that can be written again', () => {
    const bytes = Buffer.from('7fffffffffffffff', 'hex')
    expect(new Reader(bytes).int64()).toBe(MAX_INT64)
    expect(written((writer) => writer.int64(MAX_INT64)).readBigInt64BE()).toBe(2n ** 63n - 1024n)
  })
})

describe('unsigned varint', () => {
  test.for([
    [0, '00'],
    [127, '7f'],
    [128, '8001'],
    [16_384, '808001'],
    [2 ** 28, '8080808001'],
    [2 ** 32 - 1, 'ffffffff0f'],
  ] as const)('%d', ([value, hex]) => {
    expect(written((writer) => writer.unsignedVarint(value)).toString('hex')).toBe(hex)
    expect(new Reader(Buffer.from(hex, 'hex')).unsignedVarint()).toBe(value)
  })

  test.for(['ffffffff1f', 'ffffffffff01', '808080808000', '80', ''])('%s is refused', (hex) => {
    expect(() => new Reader(Buffer.from(hex, 'hex')).unsignedVarint()).toThrow(ProtocolError)
  })
})

describe('Reader', () => {
  test('stops at its end, not at that of the buffer', () => {
    const reader = new Reader(Buffer.from('0001000200030004', 'hex'), 2, 4)
    expect(reader.int16()).toBe(2)
    expect(() => reader.int8()).toThrow(ProtocolError)
    expect(() => new Reader(Buffer.alloc(8), 0, 4).bytes(5)).toThrow(ProtocolError)
  })

  test('gives bytes as a view, without a copy', () => {
    const buffer = Buffer.from([1, 2, 3])
    const bytes = new Reader(buffer, 1).bytes(2)
    buffer[1] = 9
    expect([...bytes]).toEqual([9, 3])
  })
})

describe('Writer', () => {
  test('passes large bytes on as they are, between what it gathered itself', () => {
    const large = Buffer.alloc(10_000, 7)
    const writer = new Writer(8)
    writer.int32(1)
    writer.bytes(large)
    writer.int32(2)
    const chunks = writer.chunks()
    expect(chunks).toHaveLength(3)
    expect(chunks[1]).toBe(large)
    expect(Buffer.concat(chunks)).toEqual(Buffer.concat([Buffer.from([0, 0, 0, 1]), large, Buffer.from([0, 0, 0, 2])]))
  })

  test('grows through any mixture of sizes', () => {
    const parts = [1, 3, 200, 4095, 4096, 5, 70_000, 2].map((size, i) => Buffer.alloc(size, i + 1))
    const bytes = written((writer) => {
      for (const part of parts) writer.bytes(part)
    })
    expect(bytes).toEqual(Buffer.concat(parts))
  })

  test('writes nothing of its memory for what is not a UUID', () => {
    expect(() => new Writer().uuid('not-a-uuid')).toThrow(RangeError)
    expect(() => new Writer().uuid('')).toThrow(RangeError)
  })

  test('writes half a character as the replacement, in as many bytes as it announced', () => {
    const text = 'a\ud800b'
    const bytes = written((writer) => writer.text(text, Buffer.byteLength(text)))
    expect(bytes.toString('utf8')).toBe('a\ufffdb')
  })
})
