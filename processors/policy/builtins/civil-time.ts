import { BuiltinFailure } from './builtin.ts'

/** A date and time of day on the proleptic Gregorian calendar, without a zone. `month` and `day` count from 1. */
export interface CivilTime {
  readonly year: number
  readonly month: number
  readonly day: number
  readonly hour: number
  readonly minute: number
  readonly second: number
  readonly nanosecond: number
}

const SECONDS_PER_DAY = 86_400
const NANOS_PER_SECOND = 1_000_000_000n
/** Rego's times are int64 nanoseconds since 1970: from 1677-09-21 to 2262-04-11. */
const MAX_NANOS = 2n ** 63n - 1n

export function isLeapYear(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)
}

export function daysInMonth(year: number, month: number): number {
  if (month === 2) return isLeapYear(year) ? 29 : 28
  return [4, 6, 9, 11].includes(month) ? 30 : 31
}

/** Days since 1970-01-01; a month or day beyond its range carries over, as in Go. */
export function daysSinceEpoch(year: number, month: number, day: number): number {
  const months = year * 12 + month - 1
  const civilYear = Math.floor(months / 12)
  // Years that begin in March put the leap day last.
  const marchMonth = (months - civilYear * 12 + 10) % 12
  const marchYear = civilYear - (marchMonth >= 10 ? 1 : 0)
  const era = Math.floor(marchYear / 400)
  const yearOfEra = marchYear - era * 400
  const dayOfYear = Math.floor((153 * marchMonth + 2) / 5)
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear
  return era * 146_097 + dayOfEra - 719_468 + day - 1
}

/** The weekday, 0 for Sunday, of a day counted from 1970-01-01. */
export function weekdayOf(days: number): number {
  return (((days + 4) % 7) + 7) % 7
}

/** The day's number within its year, from 1. */
export function dayOfYear(civil: CivilTime): number {
  return daysSinceEpoch(civil.year, civil.month, civil.day) - daysSinceEpoch(civil.year, 1, 1) + 1
}

/** Seconds since 1970 of a civil time read as UTC. */
export function civilSeconds(civil: CivilTime): number {
  const days = daysSinceEpoch(civil.year, civil.month, civil.day)
  return days * SECONDS_PER_DAY + civil.hour * 3600 + civil.minute * 60 + civil.second
}

/** What a clock that shows `offsetSeconds` more than UTC says. */
export function toCivil(nanos: bigint, offsetSeconds: number): CivilTime {
  const seconds = Number(floorDivide(nanos, NANOS_PER_SECOND))
  const nanosecond = Number(nanos - BigInt(seconds) * NANOS_PER_SECOND)
  const local = seconds + offsetSeconds
  const days = Math.floor(local / SECONDS_PER_DAY)
  const ofDay = local - days * SECONDS_PER_DAY
  const date = new Date(days * SECONDS_PER_DAY * 1000)
  return {
    year: date.getUTCFullYear(),
    month: date.getUTCMonth() + 1,
    day: date.getUTCDate(),
    hour: Math.floor(ofDay / 3600),
    minute: Math.floor((ofDay % 3600) / 60),
    second: ofDay % 60,
    nanosecond,
  }
}

/** Nanoseconds since 1970. Throws BuiltinFailure outside of the years that Rego's times can name. */
export function toNanos(seconds: number, nanosecond: number): bigint {
  if (!Number.isSafeInteger(seconds)) throw new BuiltinFailure('time outside of valid range')
  return checkNanos(BigInt(seconds) * NANOS_PER_SECOND + BigInt(nanosecond))
}

export function checkNanos(nanos: bigint): bigint {
  if (nanos > MAX_NANOS || nanos < -MAX_NANOS - 1n) throw new BuiltinFailure('time outside of valid range')
  return nanos
}

export function secondsOf(nanos: bigint): number {
  return Number(floorDivide(nanos, NANOS_PER_SECOND))
}

function floorDivide(value: bigint, by: bigint): bigint {
  const quotient = value / by
  return value < 0n && quotient * by !== value ? quotient - 1n : quotient
}
