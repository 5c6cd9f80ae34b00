import { BuiltinFailure } from './builtin.ts'

const NANOS_PER_UNIT: Readonly<Record<string, number>> = {
  ns: 1,
  us: 1e3,
  µs: 1e3,
  μs: 1e3,
  ms: 1e6,
  s: 1e9,
  m: 60e9,
  h: 3_600e9,
}

/** OPA's own units; Go has none above the hour. */
const HOURS_PER_LONG_UNIT: Readonly<Record<string, number>> = { d: 24, w: 7 * 24, y: 365 * 24 }

const SEGMENT = /(\d+(?:\.\d*)?|\.\d+)([^\d.]+)/gy
const MAX_NANOS = 2n ** 63n

/**
 * Nanoseconds of a duration in Go's notation, such as `1h30m` or `-1.5s`, with OPA's units `d`, `w` (7 d) and `y` (365 d).
 * Throws BuiltinFailure for anything else, and beyond 292 years.
 */
export function parseGoDuration(text: string): bigint {
  const [, sign, rest = ''] = /^([+-]?)(.*)$/s.exec(text) ?? []
  if (rest === '0') return 0n
  let nanos = 0n
  let at = 0
  for (const match of rest.matchAll(SEGMENT)) {
    nanos += segmentNanos(match[1] ?? '', match[2] ?? '')
    at = match.index + match[0].length
  }
  if (at === 0 || at !== rest.length) throw new BuiltinFailure(`invalid duration "${text}"`)
  const value = sign === '-' ? -nanos : nanos
  if (value >= MAX_NANOS || value < -MAX_NANOS) throw new BuiltinFailure(`invalid duration "${text}"`)
  return value
}

function segmentNanos(digits: string, unit: string): bigint {
  const hours = Object.hasOwn(HOURS_PER_LONG_UNIT, unit) ? HOURS_PER_LONG_UNIT[unit] : undefined
  if (hours !== undefined) return segmentNanos(plainDecimal(Number(digits) * hours), 'h')
  const unitNanos = Object.hasOwn(NANOS_PER_UNIT, unit) ? NANOS_PER_UNIT[unit] : undefined
  if (unitNanos === undefined) throw new BuiltinFailure(`unknown unit "${unit}" in a duration`)
  const [whole = '', fraction = ''] = digits.split('.')
  if (whole.length > 19) throw new BuiltinFailure('a duration beyond 292 years')
  // As Go does: the fraction is a float of the unit, cut to whole nanoseconds.
  const exactFraction = fraction.slice(0, 18)
  const fractionNanos = Number(exactFraction) * (unitNanos / 10 ** exactFraction.length)
  return BigInt(whole === '' ? 0 : whole) * BigInt(unitNanos) + BigInt(Math.trunc(fractionNanos))
}

/** A number without an exponent. */
function plainDecimal(value: number): string {
  const text = String(value)
  return text.includes('e') ? value.toFixed(20).replace(/0+$/, '') : text
}
