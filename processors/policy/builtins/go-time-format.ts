import { daysSinceEpoch, dayOfYear, weekdayOf, type CivilTime } from './civil-time.ts'
import { isNumericZone, MONTHS, readLayout, WEEKDAYS } from './go-time-layout.ts'

/** What the offset and abbreviation of a zone are at the instant to be shown. */
export interface ZoneAtInstant {
  readonly offsetSeconds: number
  readonly abbreviation: string
}

/** Writes a time in a layout of Go's `time` package, or in one of OPA's named ones. */
export function formatGoTime(civil: CivilTime, zone: ZoneAtInstant, layout: string): string {
  let text = ''
  for (const token of readLayout(layout))
    text += 'literal' in token ? token.literal : fieldText(civil, zone, token.field)
  return text
}

function fieldText(civil: CivilTime, zone: ZoneAtInstant, field: string): string {
  if (isNumericZone(field)) return offsetText(zone.offsetSeconds, field)
  if (/^[.,]/.test(field)) return fractionText(civil.nanosecond, field)
  const hour12 = civil.hour % 12 === 0 ? 12 : civil.hour % 12
  switch (field) {
    case 'January':
      return MONTHS[civil.month - 1] ?? ''
    case 'Jan':
      return (MONTHS[civil.month - 1] ?? '').slice(0, 3)
    case 'Monday':
      return weekdayName(civil)
    case 'Mon':
      return weekdayName(civil).slice(0, 3)
    case 'MST':
      return zone.abbreviation
    case '2006':
      return padded(civil.year, 4)
    case '06':
      return padded(civil.year % 100, 2)
    case '01':
      return padded(civil.month, 2)
    case '1':
      return String(civil.month)
    case '002':
      return padded(dayOfYear(civil), 3)
    case '__2':
      return String(dayOfYear(civil)).padStart(3)
    case '02':
      return padded(civil.day, 2)
    case '_2':
      return String(civil.day).padStart(2)
    case '2':
      return String(civil.day)
    case '15':
      return padded(civil.hour, 2)
    case '03':
      return padded(hour12, 2)
    case '3':
      return String(hour12)
    case '04':
      return padded(civil.minute, 2)
    case '4':
      return String(civil.minute)
    case '05':
      return padded(civil.second, 2)
    case '5':
      return String(civil.second)
    default: {
      const half = civil.hour < 12 ? 'AM' : 'PM'
      return field === 'pm' ? half.toLowerCase() : half
    }
  }
}

function weekdayName(civil: CivilTime): string {
  return WEEKDAYS[weekdayOf(daysSinceEpoch(civil.year, civil.month, civil.day))] ?? ''
}

function padded(value: number, width: number): string {
  return String(value).padStart(width, '0')
}

/** `.000` shows exactly three digits, `.999` at most three and none that are zero at the end. */
function fractionText(nanosecond: number, field: string): string {
  const digits = padded(nanosecond, 9)
    .slice(0, field.length - 1)
    .padEnd(field.length - 1, '0')
  if (field[1] === '0') return `${field[0]}${digits}`
  const significant = digits.replace(/0+$/, '')
  return significant === '' ? '' : `${field[0]}${significant}`
}

/** `-07:00` and its like; with `Z` in front, UTC is written as that letter. */
function offsetText(offsetSeconds: number, field: string): string {
  if (field.startsWith('Z') && offsetSeconds === 0) return 'Z'
  const seconds = Math.abs(offsetSeconds)
  const parts = [Math.floor(seconds / 3600), Math.floor((seconds % 3600) / 60), seconds % 60]
  const shown = (field.length - 1 - (field.includes(':') ? field.split(':').length - 1 : 0)) / 2
  const text = parts
    .slice(0, shown)
    .map((part) => padded(part, 2))
    .join(field.includes(':') ? ':' : '')
  return `${offsetSeconds < 0 ? '-' : '+'}${text}`
}
