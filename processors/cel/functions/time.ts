import { type CelFunction, defineFunction, type Parameter } from '../cel-function.ts'
import { NUMBER, STRING } from '../cel-type.ts'
import { Duration, Timestamp } from '../cel-value.ts'
import { anyOf, timestamp, timestampOrDuration } from '../parameters.ts'
import { compileTimePattern, type TimeFormat } from '../time-format.ts'
import { BoundedCache } from '../../bounded-cache.ts'
import { PROCESSOR_LIMITS } from '../../limits.ts'
import { toTimestamp } from './conversion.ts'

const formats = new BoundedCache<string, TimeFormat>(PROCESSOR_LIMITS.maxCachedPatterns.default)

function pattern(name: string): Parameter<TimeFormat> {
  return {
    name,
    kinds: ['string'],
    optional: false,
    read: (value) => {
      const isShort = typeof value === 'string' && value.length <= PROCESSOR_LIMITS.maxEventPatternLength.default
      return isShort ? formats.get(value, compileTimePattern) : undefined
    },
  }
}

function calendar(name: string, summary: string, result: number, read: (date: Date) => number): CelFunction {
  return defineFunction({
    name,
    form: 'method',
    parameters: [timestamp('time')],
    result: NUMBER,
    summary,
    example: { expression: `timestamp('2026-08-21T10:20:30Z').${name}()`, result },
    compute: ([time]) => read(new Date(Timestamp.toEpochMs(time))),
  })
}

function clock(
  name: string,
  unit: string,
  result: number,
  msPerUnit: number,
  read: (date: Date) => number,
): CelFunction {
  return defineFunction({
    name,
    form: 'method',
    parameters: [timestampOrDuration('time')],
    result: NUMBER,
    summary: `The ${unit} of a time in UTC, or a whole duration in ${unit}.`,
    example: { expression: `timestamp('2026-08-21T10:20:30Z').${name}()`, result },
    compute: ([time]) =>
      time instanceof Duration
        ? Math.trunc(Duration.toMs(time) / msPerUnit)
        : read(new Date(Timestamp.toEpochMs(time))),
  })
}

const DAY_MS = 86_400_000

/** Functions on times; all in UTC, and none reads a clock. */
export const TIME_FUNCTIONS: readonly CelFunction[] = [
  defineFunction({
    name: 'format',
    form: 'call',
    parameters: [anyOf('time', ['number', 'timestamp', 'string']), pattern('pattern')],
    result: STRING,
    summary: "A time in UTC by a pattern of yyyy MM dd HH mm ss SSS; letters that are meant as text stand in '…'.",
    example: { expression: "format(timestamp('2026-08-21'), 'yyyy-MM')", result: '2026-08' },
    compute: ([time, format], at) => format(Timestamp.toEpochMs(toTimestamp(time, at))),
  }),
  calendar('getFullYear', 'The year.', 2026, (date) => date.getUTCFullYear()),
  calendar('getMonth', 'The month, counted from 0.', 7, (date) => date.getUTCMonth()),
  calendar('getDate', 'The day of the month, counted from 1.', 21, (date) => date.getUTCDate()),
  calendar('getDayOfMonth', 'The day of the month, counted from 0.', 20, (date) => date.getUTCDate() - 1),
  calendar('getDayOfWeek', 'The day of the week; Sunday is 0.', 5, (date) => date.getUTCDay()),
  calendar('getDayOfYear', 'The day of the year, counted from 0.', 232, dayOfYear),
  clock('getHours', 'hours', 10, 3_600_000, (date) => date.getUTCHours()),
  clock('getMinutes', 'minutes', 20, 60_000, (date) => date.getUTCMinutes()),
  clock('getSeconds', 'seconds', 30, 1_000, (date) => date.getUTCSeconds()),
  clock('getMilliseconds', 'milliseconds', 0, 1, (date) => date.getUTCMilliseconds()),
]

function dayOfYear(date: Date): number {
  const start = new Date(0)
  start.setUTCFullYear(date.getUTCFullYear(), 0, 1)
  return Math.floor((date.getTime() - start.getTime()) / DAY_MS)
}
