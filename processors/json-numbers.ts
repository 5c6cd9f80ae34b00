import { isJsonObject, type Json } from '../schemas/json.ts'
import { StoplogError } from '../schemas/stoplog-error.ts'
import { PROCESSOR_LIMITS } from './limits.ts'

/** A number in a JSON text that a double cannot carry: read and written again, it would be another one. */
export interface UnsafeNumber {
  readonly start: number
  readonly end: number
  readonly text: string
}

const QUOTE = 0x22
const BACKSLASH = 0x5c

/**
 * The numbers of a JSON text that a double cannot carry: its shortest form is another number than the text. One linear
 * scan, which looks at every third character where there is no long number; what stands in strings does not count.
 */
export function unsafeNumbers(jsonText: string): readonly UnsafeNumber[] {
  return isSuspicious(toBytes(jsonText)) ? findUnsafe(jsonText) : []
}

function findUnsafe(jsonText: string): readonly UnsafeNumber[] {
  const found: UnsafeNumber[] = []
  let at = 0
  while (at < jsonText.length) {
    const unit = jsonText.charCodeAt(at)
    if (unit === QUOTE) at = endOfString(jsonText, at)
    else if (isNumberUnit(unit)) {
      const start = at
      while (at < jsonText.length && isNumberUnit(jsonText.charCodeAt(at))) at += 1
      const text = jsonText.slice(start, at)
      if (!isCarried(text)) found.push({ start, end: at, text })
    } else at += 1
  }
  return found
}

/**
 * Whether a value that was made from a JSON text still holds one of its numbers that a double cannot carry. A value
 * that came to the same double in another way counts too: nobody can tell. Throws E_VALUE_DEPTH.
 */
export function holdsUnsafeNumber(original: string | Uint8Array, value: Json): boolean {
  const bytes = typeof original === 'string' ? toBytes(original) : original
  if (!isSuspicious(bytes)) return false
  const text = typeof original === 'string' ? original : toLatin1(original)
  const doubles = new Set(findUnsafe(text).map((number) => Number(number.text)))
  return doubles.size > 0 && holdsAny(value, doubles, 0)
}

/** The text with each number that a double cannot carry as a string. */
export function withUnsafeNumbersAsText(jsonText: string): string {
  let text = ''
  let at = 0
  for (const number of unsafeNumbers(jsonText)) {
    text += `${jsonText.slice(at, number.start)}"${number.text}"`
    at = number.end
  }
  return text + jsonText.slice(at)
}

/**
 * Whether something in the text may be such a number. A double carries all of up to 15 digits, unless an exponent of
 * three digits or more leads out of its range: so there are three digits in a row, and one of them is looked at.
 */
function isSuspicious(bytes: Uint8Array): boolean {
  for (let at = 2; at < bytes.length; at += 3) {
    if (!isDigit(bytes[at] ?? 0)) continue
    let start = at
    while (start > 0 && isNumberUnit(bytes[start - 1] ?? 0)) start -= 1
    at += 1
    while (at < bytes.length && isNumberUnit(bytes[at] ?? 0)) at += 1
    if (at - start >= 5 && canBeginAt(bytes, start) && isLong(bytes, start, at)) return true
  }
  return false
}

/** In JSON, a number stands at the beginning or behind `:`, `,`, `[` or white space; in a string it may look so too. */
function canBeginAt(bytes: Uint8Array, start: number): boolean {
  const before = bytes[start - 1] ?? 0x20
  return before === 0x3a || before === 0x2c || before === 0x5b || before <= 0x20
}

/** 16 digits and points, or three digits of an exponent. */
function isLong(bytes: Uint8Array, start: number, end: number): boolean {
  let mantissa = 0
  let at = bytes[start] === 0x2d ? start + 1 : start
  while (at < end && (isDigit(bytes[at] ?? 0) || bytes[at] === 0x2e)) {
    mantissa += 1
    at += 1
  }
  return mantissa >= 16 || (mantissa > 0 && end - at >= 4)
}

function holdsAny(value: Json, doubles: ReadonlySet<number>, depth: number): boolean {
  if (typeof value === 'number') return doubles.has(value)
  if (typeof value !== 'object' || value === null) return false
  const limit = PROCESSOR_LIMITS.maxValueDepth.default
  if (depth >= limit) throw new StoplogError('E_VALUE_DEPTH', `the value is nested more than ${limit} levels deep`)
  const parts: readonly Json[] = isJsonObject(value) ? Object.values(value) : value
  return parts.some((part) => holdsAny(part, doubles, depth + 1))
}

/** One byte for each unit: numbers are ASCII, and what becomes of other characters does not matter. */
function toBytes(text: string): Uint8Array {
  return Buffer.from(text, 'latin1')
}

function toLatin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')
}

/** Behind the quote that ends the string which begins here. */
function endOfString(text: string, open: number): number {
  let at = open + 1
  while (at < text.length) {
    const unit = text.charCodeAt(at)
    if (unit === QUOTE) return at + 1
    at += unit === BACKSLASH ? 2 : 1
  }
  return text.length
}

function isDigit(unit: number): boolean {
  return unit >= 0x30 && unit <= 0x39
}

/** Digits and `- + . e E`. */
const NUMBER_UNITS = new Uint8Array(256)
for (const unit of Buffer.from('0123456789-+.eE')) NUMBER_UNITS[unit] = 1

function isNumberUnit(unit: number): boolean {
  return NUMBER_UNITS[unit] === 1
}

function isCarried(text: string): boolean {
  const first = text.charCodeAt(text.charCodeAt(0) === 0x2d ? 1 : 0)
  // The `e` of `true` and `false` comes by here as well.
  if (!isDigit(first)) return true
  const double = Number(text)
  if (!Number.isFinite(double)) return false
  const written = toDecimal(text)
  if (double === 0 || written.digits === '') return written.digits === ''
  const shortest = toDecimal(String(double))
  return written.digits === shortest.digits && written.exponent === shortest.exponent
}

interface Decimal {
  /** Without zeros at either end. */
  readonly digits: string
  /** Power of ten of the place behind the last digit. */
  readonly exponent: number
}

function toDecimal(text: string): Decimal {
  const [mantissa = '', power = '0'] = text.split(/[eE]/)
  const unsigned = mantissa.startsWith('-') ? mantissa.slice(1) : mantissa
  const point = unsigned.indexOf('.')
  const all = point === -1 ? unsigned : unsigned.slice(0, point) + unsigned.slice(point + 1)
  const decimals = point === -1 ? 0 : unsigned.length - point - 1
  let start = 0
  while (start < all.length && all.charCodeAt(start) === 0x30) start += 1
  let end = all.length
  while (end > start && all.charCodeAt(end - 1) === 0x30) end -= 1
  return { digits: all.slice(start, end), exponent: Number(power) - decimals + (all.length - end) }
}
