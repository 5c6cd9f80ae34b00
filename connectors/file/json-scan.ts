/** Where and why bytes stop being one JSON document. */
export interface JsonFault {
  /** Index of the first byte that cannot stand there; the length of the input where more is needed. */
  readonly offset: number
  /** Never quotes the input: it may hold secrets. */
  readonly reason: string
  readonly kind: 'syntax' | 'breaks-off' | 'too-deep'
}

export interface JsonScan {
  readonly fault: JsonFault | null
  /** Start and end, one after the other, of each number that a double would round: 9007199254740993, 1e999. */
  readonly roundedNumbers: readonly number[]
}

type Expecting = 'value' | 'value or ]' | 'key or }' | 'key' | 'comma' | 'end'

const QUOTE = 0x22
const BACKSLASH = 0x5c
const COMMA = 0x2c
const COLON = 0x3a
const OPEN_LIST = 0x5b
const CLOSE_LIST = 0x5d
const OPEN_MAP = 0x7b
const CLOSE_MAP = 0x7d

const LITERALS: ReadonlyMap<number, string> = new Map([
  [0x74, 'true'],
  [0x66, 'false'],
  [0x6e, 'null'],
])

/** Numbers with fewer characters and no exponent have at most 15 digits, which a double always keeps. */
const ALWAYS_EXACT_LENGTH = 15

/**
 * Checks that UTF-8 bytes are exactly one JSON document (RFC 8259), without building it. Agrees with `JSON.parse` on
 * every input, except for documents that are nested more than `maxDepth` deep.
 */
export function scanJson(bytes: Uint8Array, maxDepth: number): JsonScan {
  const scanner = new JsonScanner(bytes, maxDepth)
  return { fault: scanner.scan(), roundedNumbers: scanner.roundedNumbers }
}

class JsonScanner {
  readonly roundedNumbers: number[] = []
  readonly #bytes: Uint8Array
  readonly #maxDepth: number
  /** The kind of each open bracket: true for a map. */
  readonly #open: boolean[] = []
  #at = 0

  constructor(bytes: Uint8Array, maxDepth: number) {
    this.#bytes = bytes
    this.#maxDepth = maxDepth
  }

  scan(): JsonFault | null {
    let expecting: Expecting = 'value'
    for (;;) {
      this.#skipSpace()
      if (expecting === 'end') return this.#at === this.#bytes.length ? null : this.#fault('more follows the document')
      if (this.#at === this.#bytes.length) return this.#breakOff()
      const next: Expecting | JsonFault = this.#step(expecting)
      if (typeof next !== 'string') return next
      expecting = next
    }
  }

  #step(expecting: Exclude<Expecting, 'end'>): Expecting | JsonFault {
    const byte = this.#bytes[this.#at]
    if (expecting === 'comma') return this.#separator(byte)
    if (expecting === 'key' || expecting === 'key or }') {
      return expecting === 'key or }' && byte === CLOSE_MAP ? this.#close() : this.#key(byte)
    }
    return expecting === 'value or ]' && byte === CLOSE_LIST ? this.#close() : this.#value(byte)
  }

  #value(byte: number | undefined): Expecting | JsonFault {
    if (byte === QUOTE) return this.#string() ?? this.#afterValue()
    if (byte === OPEN_MAP || byte === OPEN_LIST) {
      if (this.#open.length === this.#maxDepth) {
        return { offset: this.#at, reason: `nested more than ${this.#maxDepth} deep`, kind: 'too-deep' }
      }
      this.#open.push(byte === OPEN_MAP)
      this.#at += 1
      return byte === OPEN_MAP ? 'key or }' : 'value or ]'
    }
    const literal = LITERALS.get(byte ?? 0)
    return (literal === undefined ? this.#number() : this.#literal(literal)) ?? this.#afterValue()
  }

  #key(byte: number | undefined): Expecting | JsonFault {
    if (byte !== QUOTE) return this.#fault('expected a field name in quotes')
    const fault = this.#string()
    if (fault !== null) return fault
    this.#skipSpace()
    if (this.#at === this.#bytes.length) return this.#breakOff()
    if (this.#bytes[this.#at] !== COLON) return this.#fault('expected a colon after the field name')
    this.#at += 1
    return 'value'
  }

  #separator(byte: number | undefined): Expecting | JsonFault {
    const inMap = this.#open.at(-1) === true
    if (byte === COMMA) {
      this.#at += 1
      return inMap ? 'key' : 'value'
    }
    if (byte === (inMap ? CLOSE_MAP : CLOSE_LIST)) return this.#close()
    return this.#fault(inMap ? 'expected a comma or }' : 'expected a comma or ]')
  }

  #close(): Expecting {
    this.#open.pop()
    this.#at += 1
    return this.#afterValue()
  }

  #afterValue(): Expecting {
    return this.#open.length === 0 ? 'end' : 'comma'
  }

  #literal(text: string): JsonFault | null {
    for (let index = 0; index < text.length; index += 1) {
      if (this.#at + index === this.#bytes.length) return this.#breakOff()
      if (this.#bytes[this.#at + index] !== text.charCodeAt(index)) return this.#fault('expected a value')
    }
    this.#at += text.length
    return null
  }

  #string(): JsonFault | null {
    const bytes = this.#bytes
    let at = this.#at + 1
    for (;;) {
      const byte = bytes[at]
      if (byte === undefined) return this.#breakOff()
      if (byte === QUOTE) break
      if (byte < 0x20) return { offset: at, reason: 'a control character inside a text', kind: 'syntax' }
      if (byte === BACKSLASH) {
        const length = escapeLength(bytes, at)
        if (length === 0) return { offset: at, reason: 'an escape that JSON does not have', kind: 'syntax' }
        if (at + length > bytes.length) return this.#breakOff()
        at += length
      } else {
        at += 1
      }
    }
    this.#at = at + 1
    return null
  }

  #number(): JsonFault | null {
    const start = this.#at
    let plain = true
    if (this.#bytes[this.#at] === 0x2d) this.#at += 1
    const firstDigit = this.#bytes[this.#at]
    const whole = this.#digits()
    if (whole === 0) return this.#missingDigit(this.#at === start ? 'expected a value' : 'expected a digit')
    if (firstDigit === 0x30 && whole > 1) {
      return { offset: this.#at - whole + 1, reason: 'a number begins with a superfluous 0', kind: 'syntax' }
    }
    if (this.#bytes[this.#at] === 0x2e) {
      this.#at += 1
      if (this.#digits() === 0) return this.#missingDigit('expected a digit')
    }
    const exponent = this.#bytes[this.#at]
    if (exponent === 0x65 || exponent === 0x45) {
      plain = false
      this.#at += 1
      const sign = this.#bytes[this.#at]
      if (sign === 0x2b || sign === 0x2d) this.#at += 1
      if (this.#digits() === 0) return this.#missingDigit('expected a digit')
    }
    if ((!plain || this.#at - start > ALWAYS_EXACT_LENGTH) && isRounded(this.#bytes.subarray(start, this.#at))) {
      this.roundedNumbers.push(start, this.#at)
    }
    return null
  }

  #digits(): number {
    const start = this.#at
    for (;;) {
      const byte = this.#bytes[this.#at]
      if (byte === undefined || byte < 0x30 || byte > 0x39) return this.#at - start
      this.#at += 1
    }
  }

  #missingDigit(reason: string): JsonFault {
    return this.#at === this.#bytes.length ? this.#breakOff() : this.#fault(reason)
  }

  #skipSpace(): void {
    for (;;) {
      const byte = this.#bytes[this.#at]
      if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) return
      this.#at += 1
    }
  }

  #fault(reason: string): JsonFault {
    return { offset: this.#at, reason, kind: 'syntax' }
  }

  #breakOff(): JsonFault {
    const reason = this.#bytes.length === 0 ? 'the document is empty' : 'the document breaks off'
    return { offset: this.#bytes.length, reason, kind: 'breaks-off' }
  }
}

/** Bytes of the escape at `at`, 0 when there is no such escape. One that the end cuts short counts as whole. */
function escapeLength(bytes: Uint8Array, at: number): number {
  const letter = bytes[at + 1]
  if (letter === undefined) return 2
  if (letter !== 0x75) return '"\\/bfnrt'.includes(String.fromCharCode(letter)) ? 2 : 0
  for (let index = at + 2; index < Math.min(at + 6, bytes.length); index += 1) {
    if (!/[0-9a-fA-F]/.test(String.fromCharCode(bytes[index] ?? 0))) return 0
  }
  return 6
}

/** No double is written with more digits than this. */
const MAX_DOUBLE_DIGITS = 17
const MAX_EXPONENT_LENGTH = 8

/**
 * True when `JSON.parse` and `JSON.stringify` would write another value than this number's text says. `1.50` and `1e2`
 * stay what they are, 9007199254740993 does not. Takes time in proportion to the text, whatever it is.
 */
function isRounded(token: Uint8Array): boolean {
  const text = Buffer.from(token.buffer, token.byteOffset, token.byteLength).toString('latin1')
  const exponentAt = Math.max(text.indexOf('e'), text.indexOf('E'))
  const mantissa = significantDigits(exponentAt < 0 ? text : text.slice(0, exponentAt))
  if (mantissa.digits === '') return false
  if (mantissa.digits.length > MAX_DOUBLE_DIGITS) return true
  const exponent = exponentAt < 0 ? '0' : text.slice(exponentAt + 1)
  if (exponent.length > MAX_EXPONENT_LENGTH) return true
  const [kept = '', keptExponent = '0'] = String(Math.abs(Number(text))).split('e')
  const double = significantDigits(kept)
  return double.digits !== mantissa.digits || double.power + Number(keptExponent) !== mantissa.power + Number(exponent)
}

/** `-0.0150` is digits 15, power -3. */
function significantDigits(mantissa: string): { readonly digits: string; readonly power: number } {
  const [whole = '', fraction = ''] = mantissa.replace('-', '').split('.')
  const digits = whole + fraction
  let start = 0
  while (digits[start] === '0') start += 1
  let end = digits.length
  while (end > start && digits[end - 1] === '0') end -= 1
  return { digits: digits.slice(start, end), power: digits.length - end - fraction.length }
}
