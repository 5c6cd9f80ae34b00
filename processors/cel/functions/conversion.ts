import { parseDuration } from '../../../schemas/duration.ts'
import { type CelFunction, defineFunction } from '../cel-function.ts'
import { ANY, BOOL, DURATION, NUMBER, STRING, TIMESTAMP, TYPE } from '../cel-type.ts'
import { Duration, kindOf, Timestamp } from '../cel-value.ts'
import { toText } from '../json-result.ts'
import { anyOf, anything } from '../parameters.ts'
import { MAX_EPOCH_MS, MIN_EPOCH_MS, parseRfc3339 } from '../rfc3339.ts'
import { typeValueOf } from '../type-names.ts'
import { isExact, kindFailure, numberFailure, valueFailure } from '../value-failure.ts'

const NUMBER_TEXT = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/
const INTEGER_TEXT = /^[+-]?\d+$/
const TRUE_TEXTS = ['true', 'True', 'TRUE', 't', '1']
const FALSE_TEXTS = ['false', 'False', 'FALSE', 'f', '0']

/** Reads what `timestamp()` reads: RFC 3339, a plain date, a number of ms since the epoch, a timestamp. */
export function toTimestamp(value: unknown, at: string): Timestamp {
  if (value instanceof Timestamp) return value
  if (typeof value === 'number') {
    const epochMs = Math.floor(value)
    if (epochMs >= MIN_EPOCH_MS && epochMs <= MAX_EPOCH_MS) return new Timestamp(epochMs)
    throw valueFailure(
      at,
      'the number is no time: it counts milliseconds since 1970, between the years 1 and 9999',
      'divide nanoseconds by 1000000, multiply seconds by 1000',
    )
  }
  if (typeof value !== 'string') throw kindFailure(at, 'a time', value)
  const epochMs = parseRfc3339(value)
  if (epochMs !== undefined) return new Timestamp(epochMs)
  throw valueFailure(
    at,
    'the text is no time',
    'times are written 2026-08-21T10:00:00Z, with an offset, or as a plain date',
  )
}

function toNumber(value: unknown, at: string): number {
  if (typeof value === 'number') return value
  if (typeof value !== 'string') throw kindFailure(at, 'a number or a text', value)
  if (!NUMBER_TEXT.test(value)) throw valueFailure(at, 'the text is no number')
  const number = Number(value)
  if (isExact(number)) return number
  throw numberFailure(at, number)
}

function toInteger(value: unknown, at: string): number {
  if (value instanceof Timestamp) return Timestamp.toEpochMs(value)
  if (value instanceof Duration) return Duration.toMs(value)
  if (typeof value === 'string' && !INTEGER_TEXT.test(value)) throw valueFailure(at, 'the text is no whole number')
  const whole = Math.trunc(toNumber(value, at))
  if (isExact(whole)) return whole
  throw numberFailure(at, whole)
}

function toDuration(value: unknown, at: string): Duration {
  if (value instanceof Duration) return value
  if (typeof value !== 'string') throw kindFailure(at, 'a length of time', value)
  try {
    return new Duration(parseDuration(value))
  } catch {
    throw valueFailure(at, 'the text is no duration', 'write a number and a unit: ms, s, m, h, d, w')
  }
}

export const CONVERSION_FUNCTIONS: readonly CelFunction[] = [
  defineFunction({
    name: 'string',
    form: 'call',
    parameters: [anyOf('value', ['string', 'number', 'bool', 'timestamp', 'duration'])],
    result: STRING,
    summary: 'The text of a value; times as RFC 3339 in UTC, durations as in 1h30m.',
    example: { expression: "string(timestamp('2026-08-21'))", result: '2026-08-21T00:00:00Z' },
    compute([value], at) {
      if (typeof value === 'string') return value
      if (typeof value === 'boolean') return String(value)
      if (typeof value !== 'number') return toText(value, at)
      if (isExact(value)) return String(value === 0 ? 0 : value)
      throw numberFailure(at, value)
    },
  }),
  defineFunction({
    name: 'int',
    form: 'call',
    parameters: [anyOf('value', ['number', 'string', 'timestamp', 'duration'])],
    result: NUMBER,
    summary: 'A whole number: the part before the point, the number in a text, the ms of a time or duration.',
    example: { expression: 'int(7 / 2)', result: 3 },
    compute: ([value], at) => toInteger(value, at),
  }),
  defineFunction({
    name: 'double',
    form: 'call',
    parameters: [anyOf('value', ['number', 'string'])],
    result: NUMBER,
    summary: 'The number in a text.',
    example: { expression: "double('7.5')", result: 7.5 },
    compute: ([value], at) => toNumber(value, at),
  }),
  defineFunction({
    name: 'bool',
    form: 'call',
    parameters: [anyOf('value', ['bool', 'string'])],
    result: BOOL,
    summary: "True or false of a text: 'true' and 'false', also 't', 'f', '1' and '0'.",
    example: { expression: "bool('true')", result: true },
    compute([value], at) {
      if (typeof value === 'boolean') return value
      if (typeof value === 'string' && TRUE_TEXTS.includes(value)) return true
      if (typeof value === 'string' && FALSE_TEXTS.includes(value)) return false
      throw valueFailure(at, "the text is neither 'true' nor 'false'")
    },
  }),
  defineFunction({
    name: 'timestamp',
    form: 'call',
    parameters: [anyOf('time', ['string', 'number', 'timestamp'])],
    result: TIMESTAMP,
    summary: 'A time of RFC 3339 text, of a plain date (midnight in UTC) or of milliseconds since 1970.',
    example: { expression: "timestamp('2026-08-21') + duration('36h')", result: '2026-08-22T12:00:00Z' },
    compute: ([value], at) => toTimestamp(value, at),
  }),
  defineFunction({
    name: 'duration',
    form: 'call',
    parameters: [anyOf('length', ['string', 'duration'])],
    result: DURATION,
    summary: 'A length of time with units, as everywhere in the document: 30s, 1h30m, 30d.',
    example: { expression: "timestamp('2026-08-21') - timestamp('2026-07-01') > duration('30d')", result: true },
    compute: ([value], at) => toDuration(value, at),
  }),
  defineFunction({
    name: 'type',
    form: 'call',
    parameters: [anything('value')],
    result: TYPE,
    summary:
      'The type of a value, to compare with string, double (or int: numbers are one type), bool, list, map, null_type.',
    example: { expression: "type('a') == string", result: true },
    compute: ([value]) => typeValueOf(kindOf(value)),
  }),
  defineFunction({
    name: 'dyn',
    form: 'call',
    parameters: [anything('value')],
    result: ANY,
    summary: 'The value itself, without a check of its type at load.',
    example: { expression: "dyn('a') == 1", result: false },
    compute: ([value]) => value,
  }),
]
