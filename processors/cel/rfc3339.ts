const RFC_3339 = /^(\d{4})-(\d{2})-(\d{2})(?:[Tt ](\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,12}))?([Zz]|[+-]\d{2}:\d{2}))?$/

/** Years 1 to 9999: what a timestamp can be. */
export const MIN_EPOCH_MS = -62_135_596_800_000
export const MAX_EPOCH_MS = 253_402_300_799_999

/**
 * Milliseconds since the epoch of an RFC 3339 time or of a plain date, which means its beginning in UTC; undefined for
 * anything else, times without an offset included. Digits beyond the milliseconds are cut off.
 */
export function parseRfc3339(text: string): number | undefined {
  const [match, year, month, day, hour = '0', minute = '0', second = '0', fraction = '', offset = 'Z'] =
    RFC_3339.exec(text) ?? []
  if (match === undefined) return undefined
  const fields = [year, month, day, hour, minute, second].map(Number)
  const [y = 0, mo = 0, d = 0, h = 0, mi = 0, s = 0] = fields
  if (y < 1 || mo < 1 || mo > 12 || d < 1 || d > daysInMonth(y, mo) || h > 23 || mi > 59 || s > 59) return undefined
  const offsetMs = toOffsetMs(offset)
  if (offsetMs === undefined) return undefined
  const date = new Date(0)
  date.setUTCFullYear(y, mo - 1, d)
  date.setUTCHours(h, mi, s, Number(fraction.padEnd(3, '0').slice(0, 3)))
  const epochMs = date.getTime() - offsetMs
  return epochMs >= MIN_EPOCH_MS && epochMs <= MAX_EPOCH_MS ? epochMs : undefined
}

/** `2026-08-21T10:00:00Z`, with milliseconds only where there are any. */
export function formatRfc3339(epochMs: number): string {
  const text = new Date(epochMs).toISOString()
  return text.endsWith('.000Z') ? `${text.slice(0, -5)}Z` : text
}

function daysInMonth(year: number, month: number): number {
  const date = new Date(0)
  date.setUTCFullYear(year, month, 0)
  return date.getUTCDate()
}

function toOffsetMs(offset: string): number | undefined {
  if (offset === 'Z' || offset === 'z') return 0
  const hours = Number(offset.slice(1, 3))
  const minutes = Number(offset.slice(4, 6))
  if (hours > 23 || minutes > 59) return undefined
  return (offset.startsWith('-') ? -1 : 1) * (hours * 60 + minutes) * 60_000
}
