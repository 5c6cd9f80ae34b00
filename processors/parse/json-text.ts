import type { Json } from '../../schemas/json.ts'
import { StoplogError } from '../../schemas/stoplog-error.ts'
import { unsafeNumbers, withUnsafeNumbersAsText } from '../json-numbers.ts'

/** What happens to numbers that a double cannot carry. */
export type BigNumbers = 'fail' | 'string'

/** Reads one JSON value. Throws E_VALUE_JSON with the place, never with the text, and E_NUMBER_UNSAFE. */
export function parseJson(text: string, bigNumbers: BigNumbers): Json {
  return parseAt(text, bigNumbers, '')
}

/** Reads lines of JSON, blank ones left out. One broken line fails all, with its number. */
export function parseJsonLines(text: string, bigNumbers: BigNumbers): readonly Json[] {
  const values: Json[] = []
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() !== '') values.push(parseAt(line, bigNumbers, `line ${index + 1}: `))
  }
  return values
}

function parseAt(text: string, bigNumbers: BigNumbers, where: string): Json {
  const value = parseText(text, where)
  const [unsafe] = unsafeNumbers(text)
  if (unsafe === undefined) return value
  if (bigNumbers === 'string') return parseText(withUnsafeNumbersAsText(text), where)
  throw new StoplogError('E_NUMBER_UNSAFE', `${where}the number at character ${unsafe.start + 1} would be rounded`, {
    fix: 'keep such numbers as text: parse: { format: json, big_numbers: string }',
  })
}

function parseText(text: string, where: string): Json {
  try {
    // JSON.parse gives JSON.
    return JSON.parse(text) as Json
  } catch (error) {
    // The engine's message quotes the text, which may hold a secret; only the place is taken from it.
    const [, position] = /at position (\d+)/.exec(error instanceof Error ? error.message : '') ?? []
    const place = position === undefined ? '' : `, from character ${Number(position) + 1} on`
    throw new StoplogError('E_VALUE_JSON', `${where}the text is not JSON${place}`)
  }
}
