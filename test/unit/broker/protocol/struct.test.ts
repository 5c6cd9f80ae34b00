import { describe, expect, test } from 'vitest'
import type { AnyField, WireVersion } from '../../../../broker/protocol/codec.ts'
import {
  array,
  boolean,
  bytes,
  int16,
  int32,
  int64,
  nullableArray,
  nullableBytes,
  nullableString,
  string,
  uuid,
} from '../../../../broker/protocol/field.ts'
import { PROTOCOL_LIMITS } from '../../../../broker/protocol/limits.ts'
import { ProtocolError } from '../../../../broker/protocol/protocol-error.ts'
import { Reader } from '../../../../broker/protocol/reader.ts'
import { struct } from '../../../../broker/protocol/struct.ts'
import { Writer } from '../../../../broker/protocol/writer.ts'

const PLAIN: WireVersion = { version: 0, flexible: false }
const FLEXIBLE: WireVersion = { version: 1, flexible: true }

function encode(field: AnyField, value: unknown, wire: WireVersion): string {
  const writer = new Writer()
  field.compile(wire).write(writer, value as never)
  return writer.toBuffer().toString('hex')
}

function decode(field: AnyField, hex: string, wire: WireVersion): unknown {
  const reader = new Reader(Buffer.from(hex.replaceAll(' ', ''), 'hex'))
  const value = field.compile(wire).read(reader)
  expect(reader.remaining, 'bytes left').toBe(0)
  return value
}

/** The encodings that Kafka's protocol guide gives, by hand. */
const ENCODINGS: readonly (readonly [
  name: string,
  field: AnyField,
  value: unknown,
  plain: string,
  flexible: string,
])[] = [
  ['boolean', boolean(), true, '01', '01'],
  ['int16', int16(), -2, 'fffe', 'fffe'],
  ['int32', int32(), 258, '00000102', '00000102'],
  ['int64', int64(), 4_294_967_297, '0000000100000001', '0000000100000001'],
  ['a negative int64', int64(), -2, 'fffffffffffffffe', 'fffffffffffffffe'],
  [
    'uuid',
    uuid(),
    '00010203-0405-0607-0809-0a0b0c0d0e0f',
    '000102030405060708090a0b0c0d0e0f',
    '000102030405060708090a0b0c0d0e0f',
  ],
  ['string', string(), 'hé', '000368c3a9', '0468c3a9'],
  ['an empty string', string(), '', '0000', '01'],
  ['a null string', nullableString(), null, 'ffff', '00'],
  ['bytes', bytes(), Buffer.from([1, 2]), '000000020102', '030102'],
  ['null bytes', nullableBytes(), null, 'ffffffff', '00'],
  ['an array', array(int16()), [1, 2], '0000000200010002', '0300010002'],
  ['a null array', nullableArray(int16()), null, 'ffffffff', '00'],
  ['a structure', struct({ a: int16(), b: boolean() }), { a: 1, b: false }, '000100', '00010000'],
  ['a long length', string(), 'x'.repeat(200), `00c8${'78'.repeat(200)}`, `c901${'78'.repeat(200)}`],
]

describe.for(ENCODINGS)('%s', ([, field, value, plain, flexible]) => {
  test('plain', () => {
    expect(encode(field, value, PLAIN)).toBe(plain)
    expect(decode(field, plain, PLAIN)).toEqual(value)
  })

  test('flexible', () => {
    expect(encode(field, value, FLEXIBLE)).toBe(flexible)
    expect(decode(field, flexible, FLEXIBLE)).toEqual(value)
  })
})

describe('versions', () => {
  const message = struct({
    old: int16({ until: 1, default: 7 }),
    always: int16(),
    young: nullableString({ since: 2, default: null }),
  })

  test('a field that the version lacks is not written and reads as its default', () => {
    expect(encode(message, { old: 1, always: 2, young: 'x' }, PLAIN)).toBe('00010002')
    expect(decode(message, '00010002', PLAIN)).toEqual({ old: 1, always: 2, young: null })
    expect(decode(message, '0002000178', { version: 2, flexible: false })).toEqual({ old: 7, always: 2, young: 'x' })
  })

  test('a field with a default may be left out', () => {
    expect(encode(message, { always: 2 }, PLAIN)).toBe('00070002')
  })

  test('all versions give objects of the same shape', () => {
    const keys = ['0', '1', '2'].map((version) =>
      Object.keys(message.compile({ version: Number(version), flexible: false }).read(new Reader(Buffer.alloc(8)))),
    )
    expect(new Set(keys.map(String))).toEqual(new Set(['old,always,young']))
  })
})

describe('null before a version allows it', () => {
  const text = nullableString({ nullableSince: 1 })
  const list = nullableArray(int16(), { nullableSince: 1 })

  test('is written as empty', () => {
    expect(encode(text, null, PLAIN)).toBe('0000')
    expect(encode(list, null, PLAIN)).toBe('00000000')
    expect(encode(text, null, { version: 1, flexible: false })).toBe('ffff')
  })

  test('is refused when it is read', () => {
    expect(() => decode(text, 'ffff', PLAIN)).toThrow(ProtocolError)
    expect(() => decode(list, 'ffffffff', PLAIN)).toThrow(ProtocolError)
    expect(() => decode(string(), '00', FLEXIBLE)).toThrow(ProtocolError)
    expect(() => decode(bytes(), 'ffffffff', PLAIN)).toThrow(ProtocolError)
  })
})

describe('tagged fields', () => {
  const message = struct({
    plain: int16({ default: 0 }),
    late: int16({ tag: 3, default: -1 }),
    early: string({ tag: 0, default: '' }),
    inner: struct({ id: int32({ default: -1 }) }, { tag: 1 }),
    list: array(int16(), { tag: 2 }),
  })
  const empty = { plain: 0, late: -1, early: '', inner: { id: -1 }, list: [] }

  test('are written in the order of their numbers', () => {
    expect(encode(message, { late: 5, early: 'a', inner: { id: 2 }, list: [9] }, FLEXIBLE)).toBe(
      ['0000', '04', '00020261', '01050000000200', '0203020009', '03020005'].join(''),
    )
  })

  test('are left out when they say nothing', () => {
    expect(encode(message, { ...empty, inner: { id: -1 } }, FLEXIBLE)).toBe('000000')
    expect(encode(message, {}, FLEXIBLE)).toBe('000000')
    expect(decode(message, '000000', FLEXIBLE)).toEqual(empty)
  })

  test('have no place in versions that are not flexible', () => {
    expect(encode(message, { late: 5 }, PLAIN)).toBe('0000')
    expect(decode(message, '0000', PLAIN)).toEqual(empty)
  })

  test('that are unknown are passed over', () => {
    expect(decode(message, '0000 02 6303aabbcc 03020005', FLEXIBLE)).toEqual({ ...empty, late: 5 })
  })

  test.for([
    ['longer than it says', '0000 01 0301 0005'],
    ['shorter than it says', '0000 01 0303 0005 00'],
    ['cut', '0000 01 0302 00'],
    ['an unknown one that is cut', '0000 01 630500'],
    ['fewer than announced', '0000 02 03020005'],
    ['a count that cannot be', '0000 ffffffff0f'],
  ])('are refused when one is %s', ([, hex]) => {
    expect(() => decode(message, hex ?? '', FLEXIBLE)).toThrow(ProtocolError)
  })
})

describe('limits', () => {
  const { maxElements, maxTextBytes } = PROTOCOL_LIMITS
  const announce = (count: number, rest: Buffer): Buffer => {
    const size = Buffer.alloc(4)
    size.writeInt32BE(count)
    return Buffer.concat([size, rest])
  }
  const read = (field: AnyField, data: Buffer): unknown => field.compile(PLAIN).read(new Reader(data))

  test('a count must fit into what is left, by the least size of an element', () => {
    const pairs = array(struct({ a: int32(), b: string() }))
    expect(read(pairs, announce(3, Buffer.alloc(18)))).toHaveLength(3)
    expect(() => read(pairs, announce(3, Buffer.alloc(17)))).toThrow(/3 elements announced, 17 bytes left/)
    expect(() => read(pairs, announce(0x7fff_ffff, Buffer.alloc(1000)))).toThrow(ProtocolError)
  })

  test('a message has only so many elements, in all its arrays together', () => {
    const half = Math.ceil((maxElements.default + 1) / 2)
    const both = struct({ a: array(boolean()), b: array(boolean()) })
    const list = announce(half, Buffer.alloc(half))
    expect(() => read(both, Buffer.concat([list, list]))).toThrow(/more than 1000000 elements/)
    expect(read(struct({ a: array(boolean()) }), list)).toHaveProperty('a.length', half)
  })

  test('numbers do not count as elements: they take no more room than on the wire', () => {
    const count = maxElements.default + 1
    expect(read(array(int16()), announce(count, Buffer.alloc(count * 2)))).toHaveLength(count)
  })

  test('a text has only so many bytes, even where its length could say more', () => {
    const longest = 'x'.repeat(maxTextBytes.default)
    expect(decode(string(), encode(string(), longest, FLEXIBLE), FLEXIBLE)).toBe(longest)
    expect(() => encode(string(), `${longest}x`, FLEXIBLE)).toThrow(RangeError)
    expect(() => encode(string(), `${longest}x`, PLAIN)).toThrow(RangeError)
    expect(() => decode(string(), `818002${'78'.repeat(32_768)}`, FLEXIBLE)).toThrow(ProtocolError)
  })
})
