const QUOTE = 0x22
const MINUS = 0x2d
const POINT = 0x2e
const ZERO = 0x30
const BACKSLASH = 0x5c
const LOWER_U = 0x75

/** What a byte is: part of a string as it stands, white space, a digit, a hexadecimal digit, behind a backslash. */
const IS_PLAIN = tableOf((byte) => byte >= 0x20 && byte !== QUOTE && byte !== BACKSLASH)
const IS_SPACE = tableOf((byte) => byte === 0x20 || byte === 0x09 || byte === 0x0a || byte === 0x0d)
const IS_DIGIT = tableOf((byte) => byte >= 0x30 && byte <= 0x39)
const IS_HEX = tableOf((byte) => /[0-9a-fA-F]/.test(String.fromCharCode(byte)))
const IS_ESCAPE = tableOf((byte) => '"\\/bfnrt'.includes(String.fromCharCode(byte)))

function tableOf(holds: (byte: number) => boolean): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, byte) => (holds(byte) ? 1 : 0))
}

/** No token of JSON stands there. */
export const NONE = -1

/** Bytes in which tokens are looked for, and the same bytes four at a time. */
export interface JsonBytes {
  readonly bytes: Uint8Array
  readonly view: DataView
}

export function skipSpace(bytes: Uint8Array, start: number, end: number): number {
  let at = start
  while (at < end && IS_SPACE[bytes[at] ?? 0] === 1) at += 1
  return at
}

/** Behind the string that begins at `start`, or NONE. */
export function endOfString({ bytes, view }: JsonBytes, start: number, end: number): number {
  if (start >= end || bytes[start] !== QUOTE) return NONE
  let at = start + 1
  for (;;) {
    at = endOfPlain(bytes, view, at, end)
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

/** Behind the string that begins at `start`; NONE also for one with an escape. */
export function endOfPlainString({ bytes, view }: JsonBytes, start: number, end: number): number {
  if (start >= end || bytes[start] !== QUOTE) return NONE
  const at = endOfPlain(bytes, view, start + 1, end)
  return at < end && bytes[at] === QUOTE ? at + 1 : NONE
}

/** Behind the number or word that begins at `start`, or NONE. */
export function endOfNumberOrWord(bytes: Uint8Array, start: number, end: number): number {
  if (start >= end) return NONE
  const first = bytes[start] ?? 0
  if (first === MINUS || IS_DIGIT[first] === 1) return endOfNumber(bytes, start, end)
  const word = first === 0x74 ? 'true' : first === 0x66 ? 'false' : 'null'
  const wordEnd = start + word.length
  return wordEnd <= end && isAscii(bytes, start, wordEnd, word) ? wordEnd : NONE
}

/** True when the bytes are this text, which is ASCII. */
export function isAscii(bytes: Uint8Array, start: number, end: number, text: string): boolean {
  if (end - start !== text.length) return false
  for (let i = 0; i < text.length; i += 1) {
    const unit = text.charCodeAt(i)
    if (bytes[start + i] !== unit || unit > 0x7f) return false
  }
  return true
}

/**
 * The first byte that does not stand for itself in a string. Four bytes are looked at together: subtracting from each
 * borrows from its highest bit where it is below what is subtracted, and `x ^ quote` is zero where a quote stands. The
 * lowest bit that is found is always right; a borrow can only reach the bytes above.
 */
function endOfPlain(bytes: Uint8Array, view: DataView, start: number, end: number): number {
  let at = start
  while (at + 4 <= end) {
    const four = view.getInt32(at, true)
    const quote = four ^ 0x2222_2222
    const backslash = four ^ 0x5c5c_5c5c
    const found =
      (((quote - 0x0101_0101) & ~quote) | ((backslash - 0x0101_0101) & ~backslash) | ((four - 0x2020_2020) & ~four)) &
      0x8080_8080
    // The number of zeros below the lowest bit, in bytes.
    if (found !== 0) return at + ((31 - Math.clz32(found & -found)) >> 3)
    at += 4
  }
  while (at < end && IS_PLAIN[bytes[at] ?? 0] === 1) at += 1
  return at
}

function hasFourHexDigits(bytes: Uint8Array, start: number, end: number): boolean {
  if (start + 4 > end) return false
  for (let at = start; at < start + 4; at += 1) if (IS_HEX[bytes[at] ?? 0] !== 1) return false
  return true
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
