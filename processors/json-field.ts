import type { Json } from '../schemas/json.ts'
import {
  FIELD_SIZE,
  hasLongNumber,
  NAME_END,
  NAME_START,
  NEXT,
  NONE,
  scanJson,
  TAPE,
  TAPE_START,
  TEXT,
  VALUE_END,
  VALUE_START,
} from './json-scan.ts'

/** JSON in UTF-8 that stands in some bytes. What is found in it belongs to this object: another one is another text. */
export interface JsonText {
  readonly buffer: Uint8Array
  readonly start: number
  readonly end: number
  /** True where other such texts stand around it, and no byte of the buffer changes as long as anybody asks about them. */
  readonly hasNeighbours?: boolean
}

const QUOTE = 0x22
const MINUS = 0x2d
const POINT = 0x2e
const ZERO = 0x30

/** What finding a field costs, in bytes that could have been parsed instead. */
const SEARCH_BYTES = 64
/** Parsing the shortest text costs as much as finding a few fields. */
const LEAST_BYTES = 4 * SEARCH_BYTES
/** A double carries these digits, and tens to this power, so that dividing one by the other rounds once. */
const MAX_EXACT_DIGITS = 15
const POWERS_OF_TEN = Float64Array.from({ length: MAX_EXACT_DIGITS + 1 }, (_, power) => 10 ** power)

/** The text that was scanned last. Events go by one at a time, so whoever asks again mostly asks about the same one. */
let scanned: JsonText | null = null
let tapeEnd = NONE
/** Bytes that could have been parsed for what was found in it. */
let spentBytes = 0
/** What was found in it last: a condition such as `value.a == 1 || value.a == 2` asks for it again. */
let foundPath: readonly string[] | null = null
let found: Json | undefined

/** A longer text is hardly ever said twice. */
const MAX_RECENT_BYTES = 24
/** A power of two. */
const RECENT_TEXTS = 256
/** Texts that were decoded last, by a few of their bytes. */
const recentTexts = Array.from({ length: RECENT_TEXTS }, () => '')

/**
 * A field of a JSON map, by the names that lead to it, without parsing the rest: what `JSON.parse(text)[path[0]][path[1]]…`
 * is. Undefined where there is no such field, where the text is not JSON from beginning to end, for a few documents that
 * only JSON.parse can tell about (escapes in names, great depth or length), and once parsing would have been cheaper:
 * whoever gets undefined has to parse.
 */
export function jsonField(text: JsonText, path: readonly string[]): Json | undefined {
  if (!isJsonMap(text)) return undefined
  if (foundPath === null || !isSame(path, foundPath)) {
    found = readField(text, path)
    foundPath = path
  }
  return found
}

function readField(text: JsonText, path: readonly string[]): Json | undefined {
  const field = findField(path)
  if (field === NONE) return undefined
  const start = TAPE[field + VALUE_START] ?? 0
  const end = TAPE[field + VALUE_END] ?? 0
  spentBytes += end - start + SEARCH_BYTES
  return spentBytes > text.end - text.start + LEAST_BYTES ? undefined : contentOf(start, end)
}

function isSame(path: readonly string[], other: readonly string[]): boolean {
  if (path.length !== other.length) return false
  for (let i = 0; i < path.length; i += 1) if (path[i] !== other[i]) return false
  return true
}

/** True where the text is known to be a JSON map; false says nothing. */
export function isJsonMap(text: JsonText): boolean {
  if (scanned !== text) {
    scanned = text
    spentBytes = 0
    foundPath = null
    tapeEnd = scanJson(text.buffer, text.start, text.end, text.hasNeighbours === true)
  }
  return tapeEnd !== NONE
}

/** True where it is known from the last scan that a double carries all numbers of the text; false says nothing. */
export function hasShortNumbers(text: JsonText): boolean {
  return scanned === text && tapeEnd !== NONE && !hasLongNumber()
}

/** Place on the tape of the field that the names lead to, or NONE. */
function findField(path: readonly string[]): number {
  let found = NONE
  let at = TAPE_START
  let end = tapeEnd
  for (const name of path) {
    found = findName(name, at, end)
    if (found === NONE) return NONE
    at = found + FIELD_SIZE
    end = TAPE[found + NEXT] ?? 0
  }
  return found
}

/** As in JSON.parse, the last of several counts. */
function findName(name: string, start: number, end: number): number {
  let found = NONE
  for (let at = start; at < end; at = TAPE[at + NEXT] ?? end) {
    const nameEnd = TAPE[at + NAME_END] ?? NONE
    if (nameEnd < 0) return NONE
    if (isName(TAPE[at + NAME_START] ?? 0, nameEnd, name)) found = at
  }
  return found
}

/** Whether this name stands there. One beyond ASCII is left to whoever parses. */
function isName(start: number, end: number, name: string): boolean {
  if (end - start !== name.length) return false
  for (let i = 0; i < name.length; i += 1) {
    const unit = name.charCodeAt(i)
    if (TEXT[start + i] !== unit || unit > 0x7f) return false
  }
  return true
}

/** What parsing makes of one value; for most of them, no parser is needed. */
function contentOf(start: number, end: number): Json {
  const first = TEXT[start] ?? 0
  if (first === QUOTE) {
    const text = recentText(start + 1, end - 1)
    if (!text.includes('\\')) return text
  } else if (first <= ZERO + 9) {
    const number = shortNumber(start, end)
    if (number !== undefined) return number
  }
  // JSON.parse gives JSON.
  return JSON.parse(TEXT.toString('utf8', start, end)) as Json
}

/**
 * The text that stands there. Fields such as a severity, a type or a name say the same few words again and again, which
 * are cheaper to recognise than to decode.
 */
function recentText(start: number, end: number): string {
  const length = end - start
  if (length === 0 || length > MAX_RECENT_BYTES) return TEXT.toString('utf8', start, end)
  const slot = (length ^ ((TEXT[start] ?? 0) << 2) ^ ((TEXT[end - 1] ?? 0) << 4)) & (RECENT_TEXTS - 1)
  const recent = recentTexts[slot] ?? ''
  if (isName(start, end, recent)) return recent
  const text = TEXT.toString('utf8', start, end)
  recentTexts[slot] = text
  return text
}

/** The number that stands there, if it has few digits and no exponent. */
function shortNumber(start: number, end: number): number | undefined {
  if (end - start > MAX_EXACT_DIGITS) return undefined
  let digits = 0
  let decimals = 0
  let isBehindPoint = false
  const isNegative = TEXT[start] === MINUS
  for (let at = isNegative ? start + 1 : start; at < end; at += 1) {
    const byte = TEXT[at] ?? 0
    if (byte === POINT) isBehindPoint = true
    else if (byte < ZERO || byte > ZERO + 9) return undefined
    else {
      digits = digits * 10 + (byte - ZERO)
      if (isBehindPoint) decimals += 1
    }
  }
  const number = digits / (POWERS_OF_TEN[decimals] ?? 1)
  return isNegative ? -number : number
}
