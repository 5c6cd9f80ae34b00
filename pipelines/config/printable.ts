// Everything that could move the cursor, change the direction of a text, or end a line.
// oxlint-disable-next-line no-control-regex -- control characters are what is looked for
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g

/** The text with a dot for each character that a terminal would act on: what events hold is never to be trusted. */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, '·')
}

/** JSON text with such characters escaped, which leaves its value what it is. */
export function printableJson(json: string): string {
  return json.replace(UNPRINTABLE, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`)
}
