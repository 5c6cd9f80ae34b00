import { BoundedCache } from '../../bounded-cache.ts'
import { PROCESSOR_LIMITS } from '../../limits.ts'
import { BuiltinFailure } from './builtin.ts'
import { civilSeconds } from './civil-time.ts'

/** Offsets and abbreviations of a place over time. */
export interface TimeZone {
  /** Seconds ahead of UTC at an instant, given in seconds since 1970. */
  offsetSeconds(atSeconds: number): number
  /** What the zone is called at that instant: `UTC`, `CET`, or `+03` where it has no name. */
  abbreviation(atSeconds: number): string
}

export const UTC: TimeZone = { offsetSeconds: () => 0, abbreviation: () => 'UTC' }

/** Node's own copy of the tz database gives no abbreviations in a locale that does not use them. */
const LOCALES = ['en-US', 'en-GB', 'en-AU', 'en-IN', 'en-ZA', 'en-NZ']

/** Names may come with the input, in small and capital letters as one likes. */
const zones = new BoundedCache<string, TimeZone>(PROCESSOR_LIMITS.policyTimeZones.default)

/**
 * The zone of an IANA name such as `Europe/Berlin`. An empty name, `UTC` and `Local` are UTC: what a policy decides must
 * not depend on the machine. Throws BuiltinFailure for an unknown name.
 */
export function findTimeZone(name: string): TimeZone {
  if (name === '' || name === 'UTC' || name === 'Local') return UTC
  return zones.get(name, loadZone)
}

function loadZone(name: string): TimeZone {
  // Newer Nodes also take offsets such as +01:00, which are no names.
  if (!/^[A-Za-z]/.test(name)) throw new BuiltinFailure(`unknown time zone ${name}`)
  try {
    const clock = new Intl.DateTimeFormat('en-US', {
      timeZone: name,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    })
    return {
      offsetSeconds: (atSeconds) => offsetFrom(clock, atSeconds),
      abbreviation: (atSeconds) => abbreviationOf(name, atSeconds, offsetFrom(clock, atSeconds)),
    }
  } catch (cause) {
    throw new BuiltinFailure(`unknown time zone ${name}`, { cause })
  }
}

function offsetFrom(clock: Intl.DateTimeFormat, atSeconds: number): number {
  const parts = new Map(clock.formatToParts(atSeconds * 1000).map(({ type, value }) => [type, Number(value)]))
  const [year, month, day, hour, minute, second] = (['year', 'month', 'day', 'hour', 'minute', 'second'] as const).map(
    (type) => parts.get(type) ?? 0,
  )
  if (year === undefined || month === undefined || day === undefined) return 0
  const local = civilSeconds({
    year,
    month,
    day,
    hour: hour ?? 0,
    minute: minute ?? 0,
    second: second ?? 0,
    nanosecond: 0,
  })
  return local - atSeconds
}

function abbreviationOf(name: string, atSeconds: number, offset: number): string {
  for (const locale of LOCALES) {
    const parts = new Intl.DateTimeFormat(locale, { timeZone: name, timeZoneName: 'short' }).formatToParts(
      atSeconds * 1000,
    )
    const text = parts.find(({ type }) => type === 'timeZoneName')?.value ?? ''
    if (/^[A-Z]{3,5}$/.test(text) && (text !== 'GMT' || offset === 0)) return text
  }
  const minutes = Math.floor(Math.abs(offset) / 60)
  const digits = String(Math.floor(minutes / 60)).padStart(2, '0')
  const rest = minutes % 60 === 0 ? '' : String(minutes % 60).padStart(2, '0')
  return `${offset < 0 ? '-' : '+'}${digits}${rest}`
}
