import type { Json } from '../schemas/json.ts'

const QUOTE = 0x22
const COMMA = 0x2c
const MINUS = 0x2d
const POINT = 0x2e
const ZERO = 0x30
const COLON = 0x3a
const OPEN_LIST = 0x5b
const BACKSLASH = 0x5c
const CLOSE_LIST = 0x5d
const LOWER_U = 0x75
const OPEN_MAP = 0x7b
const CLOSE_MAP = 0x7d

/** Deeper documents are left to JSON.parse. */
const MAX_DEPTH = 64

/** What a byte is: part of a string as it stands, white space, a digit, a hexadecimal digit, behind a backslash. */
const IS_PLAIN = tableOf((byte) => byte >= 0x20 && byte !== QUOTE && byte !== BACKSLASH)
const IS_SPACE = tableOf((byte) => byte === 0x20 || byte === 0x09 || byte === 0x0a || byte === 0x0d)
const IS_DIGIT = tableOf((byte) => byte >= 0x30 && byte <= 0x39)
const IS_HEX = tableOf((byte) => /[0-9a-fA-F]/.test(String.fromCharCode(byte)))
const IS_ESCAPE = tableOf((byte) => '"\\/bfnrt'.includes(String.fromCharCode(byte)))

function tableOf(holds: (byte: number) => boolean): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, byte) => (holds(byte) ? 1 : 0))
}

/** The document is none, or is one that this does not look into. */
const NONE = -1

/**
 * One field of the JSON map that stands in `bytes` from `start` to `end`, without parsing the rest: what
 * `JSON.parse(text)[name]` is. Undefined where there is no such field, where the text is not JSON from beginning to
 * end, and for a few documents that only JSON.parse can tell about (escapes in names, great depth): whoever gets
 * undefined has to parse.
 */
export function jsonField(bytes: Uint8Array, start: number, end: number, name: string): Json | undefined {
  let at = skipSpace(bytes, start, end)
  if (at >= end || bytes[at] !== OPEN_MAP) return undefined
  at = skipSpace(bytes, at + 1, end)
  let contentStart = NONE
  let contentEnd = NONE
  for (;;) {
    const nameEnd = endOfName(bytes, at, end)
    if (nameEnd === NONE) return undefined
    const isIt = isName(bytes, at + 1, nameEnd - 1, name)
    at = skipSpace(bytes, nameEnd, end)
    if (at >= end || bytes[at] !== COLON) return undefined
    const valueStart = skipSpace(bytes, at + 1, end)
    const valueEnd = endOfValue(bytes, valueStart, end, 1)
    if (valueEnd === NONE) return undefined
    // As in JSON.parse, the last of several counts.
    if (isIt) [contentStart, contentEnd] = [valueStart, valueEnd]
    at = skipSpace(bytes, valueEnd, end)
    if (at >= end) return undefined
    if (bytes[at] === CLOSE_MAP) break
    if (bytes[at] !== COMMA) return undefined
    at = skipSpace(bytes, at + 1, end)
  }
  if (contentStart === NONE || skipSpace(bytes, at + 1, end) !== end) return undefined
  return JSON.parse(
    Buffer.from(bytes.buffer, bytes.byteOffset + contentStart, contentEnd - contentStart).toString('utf8'),
  ) as Json
}

function isName(bytes: Uint8Array, start: number, end: number, name: string): boolean {
  if (end - start !== name.length) return false
  for (let i = 0; i < name.length; i += 1) if (bytes[start + i] !== name.charCodeAt(i)) return false
  return true
}

function skipSpace(bytes: Uint8Array, start: number, end: number): number {
  let at = start
  while (at < end && IS_SPACE[bytes[at] ?? 0] === 1) at += 1
  return at
}

/** Behind the name that begins at `start`. One with an escape may be any. */
function endOfName(bytes: Uint8Array, start: number, end: number): number {
  if (start >= end || bytes[start] !== QUOTE) return NONE
  let at = start + 1
  while (at < end && IS_PLAIN[bytes[at] ?? 0] === 1) at += 1
  return at < end && bytes[at] === QUOTE ? at + 1 : NONE
}

function endOfValue(bytes: Uint8Array, start: number, end: number, depth: number): number {
  if (start >= end) return NONE
  const first = bytes[start] ?? 0
  if (first === QUOTE) return endOfString(bytes, start, end)
  if (first === OPEN_MAP || first === OPEN_LIST)
    return depth > MAX_DEPTH ? NONE : endOfContainer(bytes, start, end, depth)
  if (first === MINUS || IS_DIGIT[first] === 1) return endOfNumber(bytes, start, end)
  return endOfWord(bytes, start, end, first)
}

function endOfString(bytes: Uint8Array, start: number, end: number): number {
  let at = start + 1
  for (;;) {
    while (at < end && IS_PLAIN[bytes[at] ?? 0] === 1) at += 1
    if (at >= end) return NONE
    const byte = bytes[at]
    if (byte === QUOTE) return at + 1
    if (byte !== BACKSLASH || at + 1 >= end) return NONE
    const escaped = bytes[at + 1] ?? 0
    if (IS_ESCAPE[escaped] === 1) at += 2
    else if (escaped === LOWER_U && hasFourHexDigits(bytes, at + 2, end)) at += 6
    else return NONE
  }
}

function hasFourHexDigits(bytes: Uint8Array, start: number, end: number): boolean {
  if (start + 4 > end) return false
  for (let at = start; at < start + 4; at += 1) if (IS_HEX[bytes[at] ?? 0] !== 1) return false
  return true
}

/** Behind the map or list that begins at `start`. */
function endOfContainer(bytes: Uint8Array, start: number, end: number, depth: number): number {
  const isMap = bytes[start] === OPEN_MAP
  const close = isMap ? CLOSE_MAP : CLOSE_LIST
  let at = skipSpace(bytes, start + 1, end)
  if (at < end && bytes[at] === close) return at + 1
  for (;;) {
    if (isMap) {
      if (at >= end || bytes[at] !== QUOTE) return NONE
      const nameEnd = endOfString(bytes, at, end)
      if (nameEnd === NONE) return NONE
      at = skipSpace(bytes, nameEnd, end)
      if (at >= end || bytes[at] !== COLON) return NONE
      at = skipSpace(bytes, at + 1, end)
    }
    const valueEnd = endOfValue(bytes, at, end, depth + 1)
    if (valueEnd === NONE) return NONE
    at = skipSpace(bytes, valueEnd, end)
    if (at >= end) return NONE
    if (bytes[at] === close) return at + 1
    if (bytes[at] !== COMMA) return NONE
    at = skipSpace(bytes, at + 1, end)
  }
}

function endOfNumber(bytes: Uint8Array, start: number, end: number): number {
  let at = bytes[start] === MINUS ? start + 1 : start
  if (at < end && bytes[at] === ZERO) at += 1
  else {
    const digitsEnd = endOfDigits(bytes, at, end)
    if (digitsEnd === at) return NONE
    at = digitsEnd
  }
  if (at < end && bytes[at] === POINT) {
    const digitsEnd = endOfDigits(bytes, at + 1, end)
    if (digitsEnd === at + 1) return NONE
    at = digitsEnd
  }
  // 0x20 makes a small letter of a capital one.
  if (at < end && ((bytes[at] ?? 0) | 0x20) === 0x65) {
    at += 1
    if (at < end && (bytes[at] === 0x2b || bytes[at] === MINUS)) at += 1
    const digitsEnd = endOfDigits(bytes, at, end)
    return digitsEnd === at ? NONE : digitsEnd
  }
  return at
}

function endOfDigits(bytes: Uint8Array, start: number, end: number): number {
  let at = start
  while (at < end && IS_DIGIT[bytes[at] ?? 0] === 1) at += 1
  return at
}

function endOfWord(bytes: Uint8Array, start: number, end: number, first: number): number {
  const word = first === 0x74 ? 'true' : first === 0x66 ? 'false' : 'null'
  const wordEnd = start + word.length
  return wordEnd <= end && isName(bytes, start, wordEnd, word) ? wordEnd : NONE
}
