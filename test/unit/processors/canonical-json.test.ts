import { expect, test } from 'vitest'
import { canonicalJson } from '../../../processors/canonical-json.ts'
import type { Json } from '../../../schemas/json.ts'

test.for<[string, string]>([
  ['{"b":1,"a":{"d":[],"c":{}}}', '{"a":{"c":{},"d":[]},"b":1}'],
  [
    '{"\\u20ac":1,"\\r":2,"1":3,"\\ud83d\\ude00":4,"\\ufb33":5}',
    '{"\\r":2,"1":3,"\u20ac":1,"\ud83d\ude00":4,"\ufb33":5}',
  ],
  ['[1.0,1e2,0.1,-0,1E-7]', '[1,100,0.1,0,1e-7]'],
  ['"\\u00e9\\u0001\\ud800"', '"é\\u0001\\ud800"'],
  ['{"__proto__":1,"constructor":2}', '{"__proto__":1,"constructor":2}'],
  ['null', 'null'],
])('%s', ([text, canonical]) => {
  expect(canonicalJson(JSON.parse(text) as Json)).toBe(canonical)
})

test('a number that may stand for another one is refused, unless it is kept on purpose', () => {
  const value = JSON.parse('{"a":[12345678901234567890]}') as Json
  expect(() => canonicalJson(value)).toThrow(expect.objectContaining({ code: 'E_NUMBER_UNSAFE' }))
  expect(canonicalJson(value, 'keep')).toBe('{"a":[12345678901234567000]}')
})

test('deep nesting is refused', () => {
  const value = JSON.parse(`${'['.repeat(10_000)}${']'.repeat(10_000)}`) as Json
  expect(() => canonicalJson(value)).toThrow(expect.objectContaining({ code: 'E_VALUE_DEPTH' }))
})
