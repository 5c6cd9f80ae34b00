import * as fc from 'fast-check'
import { expect, test } from 'vitest'
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
import { isNestedDeeper } from '../../../../processors/policy/nesting-depth.ts'

const { value: regoValue } = fc.letrec<{ value: RegoValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.constant(null),
    fc.boolean(),
    fc.integer(),
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => (Object.is(number, -0) ? 0 : number)),
    fc.bigInt({ min: 2n ** 53n, max: 2n ** 80n }),
    fc.string({ unit: 'grapheme' }),
    fc.constantFrom('__proto__', 'constructor', '"', '\\', '\u0000'),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.array(tie('value'), { maxLength: 4 }).map((items) => new RegoSet(items)),
    fc.array(fc.tuple(tie('value'), tie('value')), { maxLength: 4 }).map((entries) => new RegoObject(entries)),
  ),
}))

test('what is written is read back', () => {
  fc.assert(
    fc.property(regoValue, (value) => {
      const text = encodeRego(value)
      expect(encodeRego(decodeRego(text))).toBe(text)
      expect(equalValues(decodeRego(text), value)).toBe(true)
    }),
  )
})

test('JSON is read as JSON', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const text = JSON.stringify(value)
      expect(toJson(decodeRego(text))).toEqual(JSON.parse(text))
    }),
  )
})

test('reading never throws anything but SyntaxError', () => {
  const almost = fc.array(
    fc.constantFrom('{', '}', '[', ']', ',', ':', '"', '\\', '1', '.', '-', 'e', 'set()', 'null', ' ', 'x'),
  )
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        almost.map((parts) => parts.join('')),
      ),
      (text) => {
        try {
          decodeRego(text)
        } catch (error) {
          expect(error).toBeInstanceOf(SyntaxError)
        }
      },
    ),
    { numRuns: 1_000 },
  )
})

test('the order of values is one', () => {
  fc.assert(
    fc.property(regoValue, regoValue, regoValue, (a, b, c) => {
      expect(Math.sign(compareValues(a, b))).toBe(-Math.sign(compareValues(b, a)) + 0)
      expect(compareValues(a, b) === 0).toBe(equalValues(a, b))
      if (compareValues(a, b) <= 0 && compareValues(b, c) <= 0) expect(compareValues(a, c)).toBeLessThanOrEqual(0)
    }),
  )
})

test('depth is that of the parsed value', () => {
  const depthOf = (value: unknown): number =>
    typeof value === 'object' && value !== null ? 1 + Math.max(0, ...Object.values(value).map(depthOf)) : 0
  const nested = fc.jsonValue({ maxDepth: 8 })
  fc.assert(
    fc.property(nested, fc.integer({ min: 0, max: 8 }), fc.integer({ min: 0, max: 3 }), (value, limit, indent) => {
      const bytes = Buffer.from(JSON.stringify(value, null, indent))
      // Shorter text cannot be nested so deeply, and is not looked at.
      const padded = Buffer.concat([bytes, Buffer.alloc(2 * limit + 1, ' ')])
      expect(isNestedDeeper(padded, limit)).toBe(depthOf(value) > limit)
      if (isNestedDeeper(bytes, limit)) expect(depthOf(value)).toBeGreaterThan(limit)
    }),
  )
})
