import { PROCESSOR_LIMITS } from '../../limits.ts'
import { BuiltinFailure, stringOperand, toRegoInteger, type BuiltinTable } from './builtin.ts'

/** Amounts with a unit, as in Kubernetes resources: `10Mi`, `1.5GB`, `100m`. */
export const UNIT_BUILTINS: BuiltinTable = {
  'units.parse_bytes': (args) => parseBytes(stringOperand(args, 1)),
  'units.parse': (args) => parseUnits(stringOperand(args, 1)),
}

const LETTERS = ['k', 'm', 'g', 't', 'p', 'e'] as const

/** By lower-case unit: `k` and `kb` are 1000, `ki` and `kib` 1024. */
const BYTES_PER_UNIT = new Map<string, bigint>([
  ['', 1n],
  ...LETTERS.flatMap((letter, index) => {
    const [decimal, binary] = [1000n ** BigInt(index + 1), 1024n ** BigInt(index + 1)]
    return [
      [letter, decimal],
      [`${letter}b`, decimal],
      [`${letter}i`, binary],
      [`${letter}ib`, binary],
    ] satisfies [string, bigint][]
  }),
])

/** Only in `m` and `M` the size of the letter counts: milli and mega. */
const AMOUNT_PER_UNIT = new Map<string, Fraction>([
  ['', whole(1n)],
  // The double nearest to 0.001, as OPA has it.
  ['m', { numerator: 1_152_921_504_606_847n, denominator: 2n ** 60n }],
  ['M', whole(1_000_000n)],
  ...LETTERS.flatMap((letter, index) => {
    const [decimal, binary] = [whole(1000n ** BigInt(index + 1)), whole(1024n ** BigInt(index + 1))]
    const capital = letter.toUpperCase()
    const binaries: [string, Fraction][] = [
      [`${letter}i`, binary],
      [`${capital}i`, binary],
    ]
    return letter === 'm'
      ? binaries
      : ([...binaries, [letter, decimal], [capital, decimal]] satisfies [string, Fraction][])
  }),
])

interface Fraction {
  readonly numerator: bigint
  readonly denominator: bigint
}

function whole(value: bigint): Fraction {
  return { numerator: value, denominator: 1n }
}

const MAX_DIGITS = PROCESSOR_LIMITS.policyBuiltinDigits.default

const AMOUNT = /^([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)(.*)$/s

function splitUnit(text: string): readonly [amount: Fraction, unit: string] {
  const bare = text.replaceAll('"', '')
  if (bare.includes(' ')) throw new BuiltinFailure('spaces are not allowed in an amount with a unit')
  const [, amount, unit] = AMOUNT.exec(bare) ?? []
  if (amount === undefined || unit === undefined) throw new BuiltinFailure('no amount')
  return [toFraction(amount), unit]
}

function toFraction(decimal: string): Fraction {
  const [, sign, integer = '', fraction = '', exponent = '0'] =
    /^([+-]?)(\d*)\.?(\d*)(?:[eE]([+-]?\d+))?$/.exec(decimal) ?? []
  const power = Number(exponent) - fraction.length
  if (integer.length + fraction.length > MAX_DIGITS || Math.abs(power) > MAX_DIGITS) {
    throw new BuiltinFailure(`an amount of more than ${MAX_DIGITS} digits`)
  }
  const digits = BigInt(`${integer}${fraction}`) * (sign === '-' ? -1n : 1n)
  return power >= 0 ? whole(digits * 10n ** BigInt(power)) : { numerator: digits, denominator: 10n ** BigInt(-power) }
}

function parseBytes(text: string): number | bigint {
  const [amount, unit] = splitUnit(text.toLowerCase())
  const factor = BYTES_PER_UNIT.get(unit)
  if (factor === undefined) throw new BuiltinFailure(`byte unit ${unit} not recognized`)
  const rounded = toFloat64Bits(amount)
  const product = toFloat64Bits({ ...rounded, numerator: rounded.numerator * factor })
  return toRegoInteger(product.numerator / product.denominator)
}

function parseUnits(text: string): number | bigint {
  const [amount, unit] = splitUnit(text)
  const factor = AMOUNT_PER_UNIT.get(unit.slice(0, 1) + unit.slice(1).toLowerCase())
  if (factor === undefined) throw new BuiltinFailure(`unit ${unit} not recognized`)
  const numerator = amount.numerator * factor.numerator
  const denominator = amount.denominator * factor.denominator
  if (numerator % denominator === 0n) return toRegoInteger(numerator / denominator)
  return Number(tenDecimals(numerator, denominator))
}

/** Ten decimals, rounded half away from zero. */
function tenDecimals(numerator: bigint, denominator: bigint): string {
  const negative = numerator < 0n
  const scaled = (negative ? -numerator : numerator) * 10n ** 10n
  const quotient = (scaled * 2n + denominator) / (denominator * 2n)
  const digits = quotient.toString().padStart(11, '0')
  return `${negative ? '-' : ''}${digits.slice(0, -10)}.${digits.slice(-10)}`
}

/** The nearest number with a mantissa of 64 bits, ties to even: the precision in which OPA computes bytes. */
function toFloat64Bits({ numerator, denominator }: Fraction): Fraction {
  if (numerator === 0n) return whole(0n)
  const negative = numerator < 0n
  const size = negative ? -numerator : numerator
  let shift = 64 - (bitLength(size) - bitLength(denominator))
  let mantissa = roundHalfEven(scale(size, shift), scale(denominator, -shift))
  if (bitLength(mantissa) > 64) {
    shift -= 1
    mantissa = roundHalfEven(scale(size, shift), scale(denominator, -shift))
  }
  const signed = negative ? -mantissa : mantissa
  return shift >= 0 ? { numerator: signed, denominator: 1n << BigInt(shift) } : whole(signed << BigInt(-shift))
}

function scale(value: bigint, shift: number): bigint {
  return shift > 0 ? value << BigInt(shift) : value
}

function roundHalfEven(numerator: bigint, denominator: bigint): bigint {
  const quotient = numerator / denominator
  const twice = (numerator - quotient * denominator) * 2n
  if (twice > denominator || (twice === denominator && quotient % 2n === 1n)) return quotient + 1n
  return quotient
}

function bitLength(value: bigint): number {
  return value.toString(2).length
}
