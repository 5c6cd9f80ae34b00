import { encodeRego, type RegoValue } from '../rego-value.ts'
import { arrayOperand, checkText, MAX_TEXT, stringOperand, type BuiltinTable } from './builtin.ts'
import { formatFloat } from './go-float.ts'

/**
 * `sprintf` with the verbs, flags and complaints of Go's `fmt`. Numbers are int64 or float64, everything that is neither
 * number nor string is the text that Rego prints for it.
 */
export const SPRINTF_BUILTINS: BuiltinTable = {
  sprintf: (args) => new Formatter(stringOperand(args, 1), arrayOperand(args, 2)).run(),
}

type Argument = string | number | bigint

interface Directive {
  readonly flags: string
  readonly width: number | undefined
  readonly precision: number | undefined
  readonly verb: string
}

/** Widest padding and longest precision, as in Go. */
const MAX_WIDTH = 1_000_000

const DIRECTIVE = /%([+\-# 0]*)(\[\d+\])?(\*|\d+)?(?:(\.)(\[\d+\])?(\*|\d+)?)?(\[\d+\])?(.)?/gsu

class Formatter {
  readonly #format: string
  readonly #arguments: readonly Argument[]
  #next = 0
  #reordered = false

  constructor(format: string, values: readonly RegoValue[]) {
    this.#format = format
    this.#arguments = values.map((value) =>
      typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint' ? value : encodeRego(value),
    )
  }

  run(): string {
    let length = 0
    const text = this.#format.replaceAll(DIRECTIVE, (...match: (string | undefined)[]) => {
      const piece = this.#directive(match)
      length += piece.length
      checkText(length > MAX_TEXT ? ' '.repeat(MAX_TEXT + 1) : '')
      return piece
    })
    const extra = this.#reordered ? [] : this.#arguments.slice(this.#next)
    const complaint =
      extra.length === 0 ? '' : `%!(EXTRA ${extra.map((value) => `${typeOf(value)}=${plain(value)}`).join(', ')})`
    return checkText(text + complaint)
  }

  #directive(match: readonly (string | undefined)[]): string {
    const [, flags = '', widthIndex, width, dot, precisionIndex, precision, index, verb] = match
    const widthValue = this.#size(widthIndex, width)
    const precisionValue = dot === undefined ? undefined : (this.#size(precisionIndex, precision) ?? 0)
    if (verb === undefined) return '%!(NOVERB)'
    if (verb === '%') return '%'
    const badIndex = this.#jump(index ?? (width === undefined ? widthIndex : undefined))
    if (badIndex) return `%!${verb}(BADINDEX)`
    const argument = this.#arguments[this.#next]
    if (argument === undefined) return `%!${verb}(MISSING)`
    this.#next += 1
    const minus = widthValue !== undefined && widthValue < 0
    return format(argument, {
      flags: minus ? `${flags}-` : flags,
      width: widthValue === undefined ? undefined : Math.min(Math.abs(widthValue), MAX_WIDTH),
      precision: precisionValue === undefined ? undefined : Math.min(Math.max(precisionValue, 0), MAX_WIDTH),
      verb,
    })
  }

  /** A width or precision: a number, or `*` for the next argument. */
  #size(index: string | undefined, size: string | undefined): number | undefined {
    if (size !== '*') return size === undefined ? undefined : Number(size)
    this.#jump(index)
    const argument = this.#arguments[this.#next]
    this.#next += 1
    return typeof argument === 'number' ? argument : undefined
  }

  /** Goes to argument `[n]`; true when there is none. */
  #jump(index: string | undefined): boolean {
    if (index === undefined) return false
    this.#reordered = true
    const position = Number(index.slice(1, -1))
    if (position < 1 || position > this.#arguments.length) return true
    this.#next = position - 1
    return false
  }
}

function typeOf(value: Argument): string {
  if (typeof value === 'string') return 'string'
  if (typeof value === 'bigint') return BigInt.asIntN(64, value) === value ? 'int64' : '*big.Int'
  return Number.isSafeInteger(value) ? 'int64' : 'float64'
}

function plain(value: Argument): string {
  return typeof value === 'number' && !Number.isSafeInteger(value) ? formatFloat(value, 'g', undefined) : String(value)
}

function format(value: Argument, directive: Directive): string {
  const { verb, flags } = directive
  if (verb === 'T') return pad(typeOf(value), directive)
  const text = typeof value === 'string' ? stringText(value, directive) : numberText(value, directive)
  if (text === undefined) return `%!${verb}(${typeOf(value)}=${plain(value)})`
  const signed =
    typeof value === 'string' || value < 0 || !'vdboOxXeEfFgG'.includes(verb) ? text : plusSign(flags, verb) + text
  return pad(signed, directive)
}

/** In `%+v` the plus means something else in Go. */
function plusSign(flags: string, verb: string): string {
  if (flags.includes('+') && verb !== 'v') return '+'
  return flags.includes(' ') ? ' ' : ''
}

function pad(text: string, { flags, width }: Directive): string {
  const missing = (width ?? 0) - Array.from(text).length
  if (missing <= 0) return text
  if (flags.includes('-')) return text + ' '.repeat(missing)
  if (!flags.includes('0')) return ' '.repeat(missing) + text
  const [sign = ''] = /^[+\- ]/.exec(text) ?? []
  return sign + '0'.repeat(missing) + text.slice(sign.length)
}

function stringText(value: string, { verb, precision, flags }: Directive): string | undefined {
  const shown = precision === undefined ? value : Array.from(value).slice(0, precision).join('')
  if (verb === 'v' || verb === 's') return shown
  if (verb === 'q') return flags.includes('#') && !/[`\p{Cc}]/u.test(shown) ? `\`${shown}\`` : JSON.stringify(shown)
  if (verb !== 'x' && verb !== 'X') return undefined
  const bytes = Buffer.from(value)
  const hex = bytes.subarray(0, precision ?? bytes.length).toString('hex')
  return verb === 'X' ? hex.toUpperCase() : hex
}

/** Whether a number was written `100` or `100.0` is not known here, so that both take the verbs of both. */
function numberText(value: number | bigint, directive: Directive): string | undefined {
  const isWhole = typeof value === 'bigint' || Number.isSafeInteger(value)
  if (!isWhole || 'eEfFgG'.includes(directive.verb)) return floatText(Number(value), directive)
  const isBig = typeof value === 'bigint' && typeOf(value) !== 'int64'
  return isBig && directive.verb === 's' ? String(value) : integerText(BigInt(value), directive)
}

const RADIX: Readonly<Record<string, number>> = { v: 10, d: 10, b: 2, o: 8, O: 8, x: 16, X: 16 }
const PREFIX: Readonly<Record<string, string>> = { b: '0b', o: '0', x: '0x', X: '0X' }

function integerText(value: bigint, { verb, precision, flags }: Directive): string | undefined {
  if (verb === 'c' || verb === 'q' || verb === 'U') return characterText(value, verb)
  const radix = Object.hasOwn(RADIX, verb) ? RADIX[verb] : undefined
  if (radix === undefined) return undefined
  const digits = (value < 0n ? -value : value).toString(radix).padStart(precision ?? 0, '0')
  const prefix = verb === 'O' ? '0o' : flags.includes('#') ? (PREFIX[verb] ?? '') : ''
  return `${value < 0n ? '-' : ''}${prefix}${verb === 'X' ? digits.toUpperCase() : digits}`
}

function characterText(value: bigint, verb: string): string {
  const valid = value >= 0n && value <= 0x10ffffn && (value < 0xd800n || value > 0xdfffn)
  if (verb === 'U') return `U+${value.toString(16).toUpperCase().padStart(4, '0')}`
  const character = valid ? String.fromCodePoint(Number(value)) : '\ufffd'
  return verb === 'q' ? `'${character}'` : character
}

function floatText(value: number, { verb, precision }: Directive): string | undefined {
  if (verb === 'v') return formatFloat(value, 'g', precision)
  if (!'eEfFgG'.includes(verb)) return undefined
  const text = formatFloat(
    value,
    verb.toLowerCase() as 'e' | 'f' | 'g',
    verb.toLowerCase() === 'g' ? precision : (precision ?? 6),
  )
  return verb === 'E' || verb === 'G' ? text.toUpperCase() : text
}
