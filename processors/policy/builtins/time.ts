import { isRegoArray, type RegoValue } from '../rego-value.ts'
import { BuiltinFailure, bigIntOperand, intOperand, stringOperand, type BuiltinTable } from './builtin.ts'
import {
  checkNanos,
  civilSeconds,
  daysSinceEpoch,
  secondsOf,
  toCivil,
  toNanos,
  weekdayOf,
  type CivilTime,
} from './civil-time.ts'
import { parseGoDuration } from './go-duration.ts'
import { formatGoTime } from './go-time-format.ts'
import { WEEKDAYS } from './go-time-layout.ts'
import { parseGoTime } from './go-time-parse.ts'
import { findTimeZone, UTC, type TimeZone } from './time-zone.ts'

/** Rego's times are nanoseconds since 1970; they are handed over as bigint, since a double has 53 bits. */
export const TIME_BUILTINS: BuiltinTable = {
  'time.now_ns': (_args, { timeMs }) => BigInt(Math.trunc(timeMs)) * 1_000_000n,
  'time.parse_ns': (args) => parseGoTime(stringOperand(args, 2), stringOperand(args, 1)),
  'time.parse_rfc3339_ns': (args) => parseGoTime(stringOperand(args, 1), 'RFC3339'),
  'time.parse_duration_ns': (args) => parseGoDuration(stringOperand(args, 1)),
  'time.format': (args) => {
    const { nanos, zone, layout } = momentOperand(args, 1)
    const at = secondsOf(nanos)
    const shown = { offsetSeconds: zone.offsetSeconds(at), abbreviation: zone.abbreviation(at) }
    return formatGoTime(toCivil(nanos, shown.offsetSeconds), shown, layout === '' ? 'RFC3339Nano' : layout)
  },
  'time.date': (args) => {
    const { year, month, day } = civilOperand(args, 1)
    return [year, month, day]
  },
  'time.clock': (args) => {
    const { hour, minute, second } = civilOperand(args, 1)
    return [hour, minute, second]
  },
  'time.weekday': (args) => {
    const { year, month, day } = civilOperand(args, 1)
    return WEEKDAYS[weekdayOf(daysSinceEpoch(year, month, day))] ?? ''
  },
  'time.add_date': (args) => addDate(args),
  'time.diff': (args) => difference(args),
}

interface Moment {
  readonly nanos: bigint
  readonly zone: TimeZone
  /** Empty when none was given. */
  readonly layout: string
}

/** A number of nanoseconds, or [nanoseconds, zone], or [nanoseconds, zone, layout]. */
function momentOperand(args: readonly RegoValue[], position: number): Moment {
  const operand = args[position - 1]
  if (!isRegoArray(operand)) return { nanos: checkNanos(bigIntOperand(args, position)), zone: UTC, layout: '' }
  const zone = operand.length > 1 ? findTimeZone(stringOperand(operand, 2)) : UTC
  const layout = operand.length > 2 ? stringOperand(operand, 3) : ''
  return { nanos: checkNanos(bigIntOperand(operand, 1)), zone, layout }
}

function civilOperand(args: readonly RegoValue[], position: number): CivilTime {
  const { nanos, zone } = momentOperand(args, position)
  return toCivil(nanos, zone.offsetSeconds(secondsOf(nanos)))
}

function addDate(args: readonly RegoValue[]): bigint {
  const { nanos, zone } = momentOperand(args, 1)
  const civil = toCivil(nanos, zone.offsetSeconds(secondsOf(nanos)))
  const seconds = civilSeconds({
    ...civil,
    year: civil.year + intOperand(args, 2),
    month: civil.month + intOperand(args, 3),
    day: civil.day + intOperand(args, 4),
  })
  if (!Number.isSafeInteger(seconds)) throw new BuiltinFailure('time outside of valid range')
  return toNanos(toUtc(seconds, zone), civil.nanosecond)
}

/** The instant at which clocks of the zone show a time; in a gap or overlap, the one that Go picks. */
function toUtc(civil: number, zone: TimeZone): number {
  if (zone === UTC || Math.abs(civil) > 2 ** 40) return civil
  const first = zone.offsetSeconds(civil)
  return first === 0 ? civil : civil - zone.offsetSeconds(civil - first)
}

/** Years, months, days, hours, minutes and seconds between two times, as clocks of the first one's zone show them. */
function difference(args: readonly RegoValue[]): readonly number[] {
  const one = momentOperand(args, 1)
  const other = momentOperand(args, 2)
  const civil = ({ nanos }: Moment): CivilTime => toCivil(nanos, one.zone.offsetSeconds(secondsOf(nanos)))
  const [from, to] = one.nanos > other.nanos ? [civil(other), civil(one)] : [civil(one), civil(other)]
  // Each field borrows from the next larger one; a month lends as many days as the earlier date's month has.
  const daysOfMonth = daysSinceEpoch(from.year, from.month + 1, 1) - daysSinceEpoch(from.year, from.month, 1)
  const fields = [
    [to.second - from.second, 60],
    [to.minute - from.minute, 60],
    [to.hour - from.hour, 24],
    [to.day - from.day, daysOfMonth],
    [to.month - from.month, 12],
  ] as const
  let borrowed = 0
  const smallestFirst = fields.map(([span, size]) => {
    const value = span - borrowed
    borrowed = value < 0 ? 1 : 0
    return value < 0 ? value + size : value
  })
  return [to.year - from.year - borrowed, ...smallestFirst.toReversed()]
}
