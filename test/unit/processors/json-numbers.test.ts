import { describe, expect, test } from 'vitest'
import { holdsUnsafeNumber, unsafeNumbers, withUnsafeNumbersAsText } from '../../../processors/json-numbers.ts'
import type { Json } from '../../../schemas/json.ts'

describe('a double carries', () => {
  test.for([
    '0',
    '-0',
    '0.0',
    '0e999',
    '7',
    '-1.5',
    '9007199254740991',
    '9007199254740992',
    '100000000000000000000',
    '1e300',
    '1E+2',
    '1.0e-7',
    '0.1',
    '0.10000000000000000000',
    '123456789.123456',
    '5e-324',
    '1.7976931348623157e308',
    '1000000000000000000000000000000000000e-36',
  ])('%s', (text) => {
    expect(unsafeNumbers(text)).toEqual([])
  })
})

describe('a double does not carry', () => {
  test.for([
    '9007199254740993',
    '-9007199254740993',
    '12345678901234567890',
    '0.1000000000000000055511151231257827',
    '3.14159265358979323846',
    '1e400',
    '-1e400',
    '1e-400',
    '0.00000001e-320',
    '1e99999999999999999999',
    '1e-99999999999999999999',
    '1.79769313486231571e308',
    '2.4703282292062327e-324',
    `1${'0'.repeat(400)}`,
    `1${'0'.repeat(30)}1`,
  ])('%s', (text) => {
    expect(unsafeNumbers(text)).toEqual([{ start: 0, end: text.length, text }])
    expect(unsafeNumbers(`{"a":${text}}`)).toEqual([{ start: 5, end: 5 + text.length, text }])
    expect(unsafeNumbers(`[1, ${text} ,2]`)).toEqual([{ start: 4, end: 4 + text.length, text }])
  })
})

test.for([
  '"12345678901234567890"',
  '{"12345678901234567890":1}',
  '{"a":"x\\":12345678901234567890"}',
  '{"a":"\\\\","b":"1e400"}',
  '["sha256:3e45", ":1e400", ", 12345678901234567890"]',
  'true',
  'false',
  'null',
  '{"e":true,"E":[false]}',
  '{"a":"\\\\\\":1e400,"}',
])('what stands in strings and names does not count: %s', (text) => {
  expect(unsafeNumbers(text)).toEqual([])
})

test('a string with escapes before the number hides nothing', () => {
  expect(unsafeNumbers('{"a":"\\\\","b":1e400}')).toHaveLength(1)
  expect(unsafeNumbers('{"a":"\\\\\\"","b":1e400}')).toHaveLength(1)
  expect(unsafeNumbers('{"😀é":"ü","b":12345678901234567890}')).toHaveLength(1)
})

test.for<[string, Json, boolean]>([
  ['{"id":12345678901234567890,"a":1}', { id: Number('12345678901234567890') }, true],
  ['{"id":12345678901234567890,"a":1}', { a: 1 }, false],
  ['{"id":12345678901234567890,"a":1}', { deep: [{ x: Number('12345678901234567890') }] }, true],
  ['{"id":12345678901234567890,"a":1}', { id: '12345678901234567890' }, false],
  ['{"id":1e400}', { id: Infinity }, true],
  ['{"id":1,"s":"12345678901234567890"}', { id: 1 }, false],
  ['{"id":0.1}', { id: 0.1 }, false],
])('a changed value still holds such a number: %s', ([original, value, holds]) => {
  expect(holdsUnsafeNumber(original, value)).toBe(holds)
  expect(holdsUnsafeNumber(Buffer.from(original), value)).toBe(holds)
})

test('such numbers become text, all else stays as it is', () => {
  const text = '{"a":12345678901234567890,"b":[1,1e400, -9007199254740993],"c":"1e400"}'
  expect(withUnsafeNumbersAsText(text)).toBe(
    '{"a":"12345678901234567890","b":[1,"1e400", "-9007199254740993"],"c":"1e400"}',
  )
  expect(withUnsafeNumbersAsText('{"a":1}')).toBe('{"a":1}')
})

test('bytes that are a part of a larger buffer are read at their place', () => {
  const buffer = Buffer.from('xxxx{"a":1e400}yyyy')
  expect(holdsUnsafeNumber(buffer.subarray(4, 15), { a: Infinity })).toBe(true)
})

test('long numbers and texts take linear time', () => {
  const zeros = `0.${'0'.repeat(2_000_000)}1`
  expect(unsafeNumbers(zeros)).toHaveLength(1)
  expect(unsafeNumbers(`[${'1'.repeat(2_000_000)}]`)).toHaveLength(1)
  expect(unsafeNumbers(`["${'\\"'.repeat(1_000_000)}",1e400]`)).toHaveLength(1)
  expect(unsafeNumbers(`[${'1e400,'.repeat(100_000)}1]`)).toHaveLength(100_000)
})
