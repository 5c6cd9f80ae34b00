import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { holdsUnsafeNumber, unsafeNumbers, withUnsafeNumbersAsText } from '../../../processors/json-numbers.ts'
import type { Json } from '../../../schemas/json.ts'

const digits = fc.string({
  unit: fc.constantFrom('0', '1', '2', '3', '4', '5', '6', '7', '8', '9'),
  minLength: 1,
  maxLength: 25,
})
const power = fc.oneof(
  fc.constant(''),
  fc.integer({ min: -400, max: 400 }).map((n) => `e${n}`),
  fc.integer({ min: 0, max: 30 }).map((n) => `E+${n}`),
)
/** A number as JSON allows it to be written. */
const number = fc
  .tuple(fc.constantFrom('', '-'), digits, fc.option(digits), power)
  .map(([sign, whole, fraction, exponent]) => {
    const integer = whole.replace(/^0+(?=\d)/, '')
    return `${sign}${integer}${fraction === null ? '' : `.${fraction}`}${exponent}`
  })

/** The number as a fraction of integers, by another way than the one under test. */
function toFraction(text: string): { numerator: bigint; denominator: bigint } {
  const [mantissa = '', exponent = '0'] = text.toLowerCase().split('e')
  const [whole = '', fraction = ''] = mantissa.split('.')
  const scale = Number(exponent) - fraction.length
  const numerator = BigInt(whole + fraction)
  return scale >= 0
    ? { numerator: numerator * 10n ** BigInt(scale), denominator: 1n }
    : { numerator, denominator: 10n ** BigInt(-scale) }
}

function isSame(a: string, b: string): boolean {
  const x = toFraction(a)
  const y = toFraction(b)
  return x.numerator * y.denominator === y.numerator * x.denominator
}

test('a number is unsafe exactly when the shortest form of its double is another number', () => {
  fc.assert(
    fc.property(number, (text) => {
      const double = Number(text)
      const safe = Number.isFinite(double) && isSame(text.replace(/^-/, ''), String(Math.abs(double)))
      expect(unsafeNumbers(text).length, text).toBe(safe ? 0 : 1)
    }),
    { numRuns: 20_000 },
  )
})

test('what a double was written as is never unsafe', () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (double) => {
      expect(unsafeNumbers(JSON.stringify(double))).toEqual([])
    }),
    { numRuns: 5_000 },
  )
})

const { json } = fc.letrec<{ json: string }>((tie) => ({
  json: fc.oneof(
    { maxDepth: 4 },
    number,
    fc.string({ maxLength: 12 }).map((text) => JSON.stringify(text)),
    fc.constantFrom('true', 'false', 'null', '":1e400,"', '"\\\\"', '12345678901234567890'),
    fc.array(tie('json'), { maxLength: 4 }).map((items) => `[ ${items.join(' ,\n')}]`),
    fc.dictionary(fc.string({ maxLength: 4 }), tie('json'), { maxKeys: 4 }).map(
      (fields) =>
        `{${Object.entries(fields)
          .map(([name, content]) => `${JSON.stringify(name)} :${content}`)
          .join(',')}}`,
    ),
  ),
}))

test('exactly the numbers of a document are found, and can be kept as text', () => {
  fc.assert(
    fc.property(json, (text) => {
      const found = unsafeNumbers(text)
      for (const { start, end, text: number } of found) expect(text.slice(start, end)).toBe(number)
      const kept = withUnsafeNumbersAsText(text)
      expect(unsafeNumbers(kept)).toEqual([])
      const value = JSON.parse(kept) as Json
      expect(count(value, (part) => typeof part === 'number' && !Number.isFinite(part))).toBe(0)
      const before = count(JSON.parse(text) as Json, (part) => typeof part === 'number')
      expect(count(value, (part) => typeof part === 'number')).toBe(before - found.length)
      expect(holdsUnsafeNumber(text, JSON.parse(text) as Json)).toBe(found.length > 0)
      expect(holdsUnsafeNumber(Buffer.from(text), JSON.parse(text) as Json)).toBe(found.length > 0)
    }),
    { numRuns: 3_000 },
  )
})

function count(value: Json, isCounted: (part: Json) => boolean): number {
  const own = isCounted(value) ? 1 : 0
  if (typeof value !== 'object' || value === null) return own
  return Object.values(value).reduce((sum: number, part: Json) => sum + count(part, isCounted), own)
}
