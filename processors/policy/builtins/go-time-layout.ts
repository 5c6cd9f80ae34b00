/** One element of a layout of Go's `time` package: text to be matched, or a field named by its reference value. */
export type LayoutToken = { readonly literal: string } | { readonly field: string }

/**
 * The reference time is Mon Jan 2 15:04:05 MST 2006: a layout shows how that moment would be written. `Jan` and `Mon`
 * followed by a small letter are the beginning of some other word; digits after `.000` make it no fraction.
 */
const FIELD = new RegExp(
  [
    'January|Jan(?![a-z])|Monday|Mon(?![a-z])|MST',
    '0[1-6]|002|15|1|2006|2|__2|_2(?!006)|3|4|5|PM|pm',
    '-070000|-07:00:00|-0700|-07:00|-07|Z070000|Z07:00:00|Z0700|Z07:00|Z07',
    String.raw`[.,](?:0+|9+)(?!\d)`,
  ].join('|'),
  'g',
)

const NAMED_LAYOUTS: ReadonlyMap<string, string> = new Map([
  ['ANSIC', 'Mon Jan _2 15:04:05 2006'],
  ['UnixDate', 'Mon Jan _2 15:04:05 MST 2006'],
  ['RubyDate', 'Mon Jan 02 15:04:05 -0700 2006'],
  ['RFC822', '02 Jan 06 15:04 MST'],
  ['RFC822Z', '02 Jan 06 15:04 -0700'],
  ['RFC850', 'Monday, 02-Jan-06 15:04:05 MST'],
  ['RFC1123', 'Mon, 02 Jan 2006 15:04:05 MST'],
  ['RFC1123Z', 'Mon, 02 Jan 2006 15:04:05 -0700'],
  ['RFC3339', '2006-01-02T15:04:05Z07:00'],
  ['RFC3339Nano', '2006-01-02T15:04:05.999999999Z07:00'],
])

export const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
] as const
export const WEEKDAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'] as const

/** Splits a layout, or one of OPA's names for layouts such as `RFC1123`. */
export function readLayout(nameOrLayout: string): readonly LayoutToken[] {
  const layout = NAMED_LAYOUTS.get(nameOrLayout) ?? nameOrLayout
  const tokens: LayoutToken[] = []
  let at = 0
  for (const match of layout.matchAll(FIELD)) {
    if (match.index > at) tokens.push({ literal: layout.slice(at, match.index) })
    tokens.push({ field: match[0] })
    at = match.index + match[0].length
  }
  if (at < layout.length) tokens.push({ literal: layout.slice(at) })
  return tokens
}

/** A field such as `.000` or `,999`. */
export function isFraction(token: LayoutToken | undefined): boolean {
  return token !== undefined && 'field' in token && /^[.,]/.test(token.field)
}

/** A field such as `-07:00` or `Z0700`. */
export function isNumericZone(field: string): boolean {
  return field.startsWith('-') || field.startsWith('Z')
}
