/** A float as Go writes it: `e` with an exponent, `f` without, `g` the shorter one; no precision: as many digits as needed. */
export function formatFloat(value: number, notation: 'e' | 'f' | 'g', precision: number | undefined): string {
  if (value === 0) return Object.is(value, -0) ? `-${formatFloat(0, notation, precision)}` : zero(notation, precision)
  const sign = value < 0 ? '-' : ''
  const exact = precision === undefined ? shortestDecimal(Math.abs(value)) : exactDecimal(Math.abs(value))
  if (notation === 'f')
    return sign + fixed(precision === undefined ? exact : round(exact, exact.point + precision), precision)
  if (notation === 'e') {
    return sign + exponential(precision === undefined ? exact : round(exact, precision + 1), precision)
  }
  const significant = Math.max(precision ?? 6, 1)
  const rounded = withoutTrailingZeros(precision === undefined ? exact : round(exact, significant))
  const exponent = rounded.point - 1
  const short = exponent < -4 || exponent >= significant
  return sign + (short ? exponential(rounded, undefined) : fixed(rounded, undefined))
}

/** `0.digits` times ten to the power of `point`; the first digit is not zero. */
interface Decimal {
  readonly digits: string
  readonly point: number
}

function zero(notation: 'e' | 'f' | 'g', precision: number | undefined): string {
  const fraction = notation !== 'g' && precision !== undefined && precision > 0 ? `.${'0'.repeat(precision)}` : ''
  return `0${fraction}${notation === 'e' ? 'e+00' : ''}`
}

/** The fewest digits that are read back as the same double. */
function shortestDecimal(value: number): Decimal {
  const [digits = '', exponent = '0'] = value.toExponential().split('e')
  return { digits: digits.replace('.', ''), point: Number(exponent) + 1 }
}

/** All digits of a double: it is a whole number times a power of two, and so a finite decimal. */
function exactDecimal(value: number): Decimal {
  let scaled = value
  let halvings = 0
  while (!Number.isInteger(scaled)) {
    scaled *= 2
    halvings += 1
  }
  const digits = (BigInt(scaled) * 5n ** BigInt(halvings)).toString()
  return { digits, point: digits.length - halvings }
}

/** Keeps `count` digits, rounding half to even. */
function round({ digits, point }: Decimal, count: number): Decimal {
  if (count >= digits.length) return { digits: digits.padEnd(count, '0'), point }
  if (count < 0) return { digits: '0', point: 1 }
  const kept = digits.slice(0, count)
  const rest = digits.slice(count)
  const isTie = /^50*$/.test(rest)
  const isUp = isTie ? Number(kept.at(-1) ?? 0) % 2 === 1 : rest >= '5'
  if (!isUp) return { digits: kept, point }
  const raised = (BigInt(`0${kept}`) + 1n).toString()
  if (raised.length > kept.length) return { digits: count === 0 ? raised : raised.slice(0, -1), point: point + 1 }
  return { digits: raised.padStart(kept.length, '0'), point }
}

function withoutTrailingZeros({ digits, point }: Decimal): Decimal {
  return { digits: digits.replace(/(?<=.)0+$/, ''), point }
}

function fixed({ digits, point }: Decimal, precision: number | undefined): string {
  const whole = point > 0 ? digits.slice(0, point).padEnd(point, '0') : '0'
  const fraction = point > 0 ? digits.slice(point) : '0'.repeat(-point) + digits
  const shown = precision === undefined ? fraction : fraction.slice(0, precision).padEnd(precision, '0')
  return shown === '' ? whole : `${whole}.${shown}`
}

function exponential({ digits, point }: Decimal, precision: number | undefined): string {
  const fraction = precision === undefined ? digits.slice(1) : digits.slice(1, precision + 1).padEnd(precision, '0')
  const exponent = point - 1
  const power = String(Math.abs(exponent)).padStart(2, '0')
  return `${digits[0] ?? '0'}${fraction === '' ? '' : `.${fraction}`}e${exponent < 0 ? '-' : '+'}${power}`
}
