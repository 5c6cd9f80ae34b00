const SURROGATE = /[\uD800-\uDFFF]/

/** Count of characters (code points), not of UTF-16 units. */
export function characterCount(text: string): number {
  if (!SURROGATE.test(text)) return text.length
  let count = 0
  for (const _ of text) count += 1
  return count
}

/** Place in UTF-16 units of a place in characters. */
export function unitIndex(text: string, characters: number): number {
  if (!SURROGATE.test(text)) return characters
  let units = 0
  let seen = 0
  for (const character of text) {
    if (seen === characters) break
    units += character.length
    seen += 1
  }
  return units
}

/** Place in characters of a place in UTF-16 units; -1 stays -1. */
export function characterIndex(text: string, units: number): number {
  return units <= 0 || !SURROGATE.test(text) ? units : characterCount(text.slice(0, units))
}

export function sliceCharacters(text: string, start: number, end: number): string {
  return text.slice(unitIndex(text, start), unitIndex(text, end))
}
