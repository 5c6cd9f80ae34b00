import type { Json } from '../../schemas/json.ts'

const RFC3339 = /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:[Zz]|[+-]\d\d:\d\d)$/

/** Years 0 to 9999. */
const EARLIEST_MS = Date.UTC(0, 0, 1) - 1_900 * 365.2425 * 86_400_000
const LATEST_MS = Date.UTC(10_000, 0, 1) - 1

/** Milliseconds since the epoch of an RFC 3339 text or a whole number of them; undefined for anything else. */
export function toEventTime(value: Json | undefined): number | undefined {
  const time = typeof value === 'string' && RFC3339.test(value) ? Date.parse(value.replace(' ', 'T')) : value
  const isTime = typeof time === 'number' && Number.isSafeInteger(time) && time >= EARLIEST_MS && time <= LATEST_MS
  return isTime ? time : undefined
}
