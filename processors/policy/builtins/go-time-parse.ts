import { BuiltinFailure } from './builtin.ts'
import { civilSeconds, daysInMonth, isLeapYear, toNanos } from './civil-time.ts'
import { isFraction, isNumericZone, MONTHS, readLayout, WEEKDAYS } from './go-time-layout.ts'

/** What has been read so far; a field that the layout lacks keeps its value from here. */
interface ParsedFields {
  year: number
  month: number | undefined
  day: number | undefined
  dayOfYear: number | undefined
  hour: number
  minute: number
  second: number
  nanosecond: number
  half: 'AM' | 'PM' | undefined
  offsetSeconds: number
}

/** Nanoseconds since 1970 of a text in a layout of Go's `time` package. Throws BuiltinFailure when it does not fit. */
export function parseGoTime(text: string, layout: string): bigint {
  const tokens = readLayout(layout)
  const reader = new TimeTextReader(text)
  const fields: ParsedFields = {
    year: 0,
    month: undefined,
    day: undefined,
    dayOfYear: undefined,
    hour: 0,
    minute: 0,
    second: 0,
    nanosecond: 0,
    half: undefined,
    offsetSeconds: 0,
  }
  for (const [index, token] of tokens.entries()) {
    if ('literal' in token) reader.literal(token.literal)
    else readField(reader, fields, token.field, isFraction(tokens[index + 1]))
  }
  reader.end()
  return instantOf(fields)
}

function instantOf(fields: ParsedFields): bigint {
  let { hour } = fields
  if (fields.half === 'PM' && hour < 12) hour += 12
  if (fields.half === 'AM' && hour === 12) hour = 0
  const [month, day] = dateOf(fields)
  if (day < 1 || day > daysInMonth(fields.year, month)) fail()
  const seconds = civilSeconds({ ...fields, hour, month, day })
  return toNanos(seconds - fields.offsetSeconds, fields.nanosecond)
}

/** Month and day, from the day of the year where the layout has it. */
function dateOf({ year, month, day, dayOfYear }: ParsedFields): readonly [month: number, day: number] {
  if (dayOfYear === undefined) return [month ?? 1, day ?? 1]
  if (dayOfYear < 1 || dayOfYear > (isLeapYear(year) ? 366 : 365)) fail()
  let rest = dayOfYear
  let at = 1
  while (rest > daysInMonth(year, at)) {
    rest -= daysInMonth(year, at)
    at += 1
  }
  if ((month ?? at) !== at || (day ?? rest) !== rest) fail()
  return [at, rest]
}

function readField(reader: TimeTextReader, fields: ParsedFields, field: string, fractionFollows: boolean): void {
  if (isNumericZone(field)) fields.offsetSeconds = reader.offset(field)
  else if (/^[.,]/.test(field)) fields.nanosecond = reader.fraction(field)
  else if (['5', '05'].includes(field)) {
    fields.second = inRange(reader.number(field === '05'), 0, 59)
    if (!fractionFollows) fields.nanosecond = reader.optionalFraction()
  } else if (['PM', 'pm'].includes(field)) fields.half = reader.half(field === 'pm')
  else if (field === 'MST') reader.zoneName()
  else if (['Monday', 'Mon'].includes(field)) reader.name(WEEKDAYS, field === 'Mon')
  else if (['15', '3', '03', '4', '04'].includes(field)) readTimeOfDay(reader, fields, field)
  else readDate(reader, fields, field)
}

function readTimeOfDay(reader: TimeTextReader, fields: ParsedFields, field: string): void {
  const value = reader.number(field.startsWith('0'))
  if (field.endsWith('4')) fields.minute = inRange(value, 0, 59)
  else fields.hour = inRange(value, 0, field === '15' ? 23 : 12)
}

function readDate(reader: TimeTextReader, fields: ParsedFields, field: string): void {
  if (field === '2006') fields.year = reader.digits(4)
  else if (field === '06') {
    const year = reader.digits(2)
    fields.year = year + (year >= 69 ? 1900 : 2000)
  } else if (['January', 'Jan'].includes(field)) fields.month = reader.name(MONTHS, field === 'Jan') + 1
  else if (['1', '01'].includes(field)) fields.month = inRange(reader.number(field === '01'), 1, 12)
  else if (field === '002') fields.dayOfYear = reader.digits(3)
  else if (field === '__2') fields.dayOfYear = reader.spacedNumber(2, 3)
  else if (field === '_2') fields.day = reader.spacedNumber(1, 2)
  else fields.day = reader.number(field === '02')
}

function inRange(value: number, min: number, max: number): number {
  return value < min || value > max ? fail() : value
}

function fail(): never {
  throw new BuiltinFailure('the text does not fit the time layout')
}

/** What may stand for the name of a zone. The time is read as UTC whatever it says, as by Go where it knows no zones. */
const ZONE_NAME = /(?:UTC|ChST|MeST|GMT[+-]\d{1,2}|[A-Z]{4}T|[A-Z]{3}T|WITA|[A-Z]{3}|[+-]\d{1,2})(?![A-Z])/y

class TimeTextReader {
  readonly #text: string
  #at = 0

  constructor(text: string) {
    this.#text = text
  }

  end(): void {
    if (this.#at !== this.#text.length) fail()
  }

  /** A run of spaces matches any number of spaces. */
  literal(text: string): void {
    for (const part of text.match(/ +|[^ ]+/g) ?? []) {
      if (part.startsWith(' ')) {
        if (this.#at < this.#text.length && this.#text[this.#at] !== ' ') fail()
        while (this.#text[this.#at] === ' ') this.#at += 1
      } else {
        if (!this.#text.startsWith(part, this.#at)) fail()
        this.#at += part.length
      }
    }
  }

  digits(count: number): number {
    return Number(this.#take(new RegExp(`\\d{${count}}`, 'y')))
  }

  /** One or two digits; `two`: exactly two. */
  number(two: boolean): number {
    return Number(this.#take(two ? /\d\d/y : /\d\d?/y))
  }

  /** A number with spaces in the place of leading zeros. */
  spacedNumber(maxSpaces: number, maxDigits: number): number {
    this.#take(new RegExp(` {0,${maxSpaces}}`, 'y'))
    return Number(this.#take(new RegExp(`\\d{1,${maxDigits}}`, 'y')))
  }

  /** Index of a month or weekday, in any case. */
  name(names: readonly string[], short: boolean): number {
    const rest = this.#text.slice(this.#at, this.#at + 9).toLowerCase()
    const candidates = names.map((name) => (short ? name.slice(0, 3) : name).toLowerCase())
    const index = candidates.findIndex((name) => rest.startsWith(name))
    this.#at += candidates[index]?.length ?? fail()
    return index
  }

  half(small: boolean): 'AM' | 'PM' {
    return this.#take(small ? /[ap]m/y : /[AP]M/y).toUpperCase() === 'PM' ? 'PM' : 'AM'
  }

  /** Nanoseconds of `.000`, which must be there, or `.999`, which need not. */
  fraction(field: string): number {
    if (field[1] === '9') return this.optionalFraction()
    return fractionNanos(this.#take(new RegExp(`[.,]\\d{${field.length - 1}}`, 'y')))
  }

  optionalFraction(): number {
    return fractionNanos(this.#take(/(?:[.,]\d+)?/y))
  }

  /** Seconds ahead of UTC. */
  offset(field: string): number {
    if (field.startsWith('Z') && this.#text[this.#at] === 'Z') {
      this.#at += 1
      return 0
    }
    const shape = field.slice(1).replaceAll(/\d\d/g, String.raw`(\d\d)`)
    const [hours = 0, minutes = 0, seconds = 0] = [
      ...this.#take(new RegExp(`[+-]${shape}`, 'y')).matchAll(/\d\d/g),
    ].map(Number)
    // Go takes 24 hours and 60 minutes on purpose: some write them.
    const size = inRange(hours, 0, 24) * 3600 + inRange(minutes, 0, 60) * 60 + inRange(seconds, 0, 60)
    return this.#text[this.#at - field.length] === '-' ? -size : size
  }

  zoneName(): void {
    this.#take(ZONE_NAME)
  }

  #take(pattern: RegExp): string {
    pattern.lastIndex = this.#at
    const [found] = pattern.exec(this.#text) ?? fail()
    this.#at += found.length
    return found
  }
}

function fractionNanos(text: string): number {
  return Number(text.slice(1, 10).padEnd(9, '0'))
}
