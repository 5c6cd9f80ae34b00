import { describe, expect, test } from 'vitest'
import {
  compareValues,
  decodeRego,
  encodeRego,
  equalValues,
  RegoObject,
  RegoSet,
  toJson,
  type RegoValue,
} from '../../../../processors/policy/rego-value.ts'

describe('decoding', () => {
  test.for<readonly [text: string, value: RegoValue]>([
    ['null', null],
    ['true', true],
    ['-1.5e3', -1500],
    ['.5', 0.5],
    ['9007199254740991', 9_007_199_254_740_991],
    ['9007199254740993', 9_007_199_254_740_993n],
    ['-123456789012345678901234567890', -123_456_789_012_345_678_901_234_567_890n],
    [String.raw`"a\"\\\u0000ü🔑"`, 'a"\\\u0000ü🔑'],
    ['""', ''],
    ['[]', []],
    ['[1, "a", [null]]', [1, 'a', [null]]],
    ['set()', new RegoSet([])],
    ['{1, "a", {2}}', new RegoSet([1, 'a', new RegoSet([2])])],
    ['{}', new RegoObject([])],
    [
      '{"a": {1}, [1]: "b"}',
      new RegoObject([
        ['a', new RegoSet([1])],
        [[1], 'b'],
      ]),
    ],
    ['{"__proto__": 1}', new RegoObject([['__proto__', 1]])],
  ])('%s', ([text, value]) => {
    expect(encodeRego(decodeRego(text))).toBe(encodeRego(value))
    expect(equalValues(decodeRego(text), value)).toBe(true)
  })

  test.for([
    '',
    '[',
    '[1',
    '[1,',
    '{',
    '{1',
    '{"a":',
    '{"a": 1,',
    '"',
    '"a',
    '"\\',
    'nul',
    '1e999',
    'x',
    '1 2',
    '[1]]',
    '-',
    '{:}',
  ])('%j is refused', (text) => {
    expect(() => decodeRego(text)).toThrow(SyntaxError)
  })
})

test('sets and objects have the order of OPA, and nothing twice', () => {
  const shuffled = decodeRego('{{1}, {"k": 1}, [1], "b", "a", 10, 2, true, false, null, "a", 2}')
  expect(encodeRego(shuffled)).toBe('{null, false, true, 2, 10, "a", "b", [1], {"k": 1}, {1}}')
  expect(encodeRego(decodeRego('{"b": 1, "a": 2, "b": 3}'))).toBe('{"a": 2, "b": 3}')
})

test.for<readonly [a: RegoValue, b: RegoValue]>([
  [null, false],
  [false, true],
  [true, -1],
  [1, 2],
  [1, 9_007_199_254_740_993n],
  [1, ''],
  ['a', 'b'],
  ['a', 'ä'],
  ['\uffff', '\u{10000}'],
  ['z', []],
  [[1], [1, 2]],
  [[1, 2], [2]],
  [[9], new RegoObject([])],
  [new RegoObject([['a', 1]]), new RegoObject([['a', 2]])],
  [new RegoObject([['z', 1]]), new RegoSet([])],
  [new RegoSet([1]), new RegoSet([1, 2])],
] as const)('%# is ordered', ([a, b]) => {
  expect(Math.sign(compareValues(a, b))).toBe(-1)
  expect(Math.sign(compareValues(b, a))).toBe(1)
  expect(compareValues(a, a)).toBe(0)
})

describe('JSON of a value', () => {
  test('sets are lists, and keys are texts', () => {
    expect(toJson(decodeRego('{"s": {2, 1}, 1: [{}], {1}: null}'))).toEqual({ s: [1, 2], '1': [{}], '{1}': null })
  })

  test('an integer that a double carries is a number', () => {
    expect(toJson(1_700_000_000_000_000_000n)).toBe(1_700_000_000_000_000_000)
  })

  test('one that it would round is refused', () => {
    expect(() => toJson([9_007_199_254_740_993n])).toThrow(RangeError)
  })

  test('a key named like a prototype is a key', () => {
    expect(JSON.stringify(toJson(decodeRego('{"__proto__": {"a": 1}}')))).toBe('{"__proto__":{"a":1}}')
  })
})
