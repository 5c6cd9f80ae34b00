import { expect, test } from 'vitest'
import { printable, printableJson } from '../../../../pipelines/config/printable.ts'

const NEUTRALISED: readonly (readonly [what: string, first: number, last: number])[] = [
  ['control characters', 0x00, 0x1f],
  ['delete and the second block of control characters', 0x7f, 0x9f],
  ['marks of direction', 0x200e, 0x200f],
  ['separators of lines and paragraphs', 0x2028, 0x2029],
  ['embeddings and overrides of direction', 0x202a, 0x202e],
  ['isolates of direction', 0x2066, 0x2069],
]

test('what a terminal would act on becomes a dot each, and everything else stays', () => {
  const changed: number[] = []
  for (let unit = 0; unit <= 0xffff; unit += 1) {
    const letter = String.fromCharCode(unit)
    const shown = printable(letter)
    if (shown === letter) continue
    expect(shown).toBe('·')
    changed.push(unit)
  }
  const expected = NEUTRALISED.flatMap(([, first, last]) =>
    Array.from({ length: last - first + 1 }, (_, index) => first + index),
  )
  expect(changed).toEqual(expected)
})

test('in JSON they are escaped, so that the value stays what it is', () => {
  const value = { text: NEUTRALISED.map(([, first, last]) => String.fromCharCode(first, last)).join('x') }
  const json = printableJson(JSON.stringify(value))
  expect(printable(json)).toBe(json)
  expect(JSON.parse(json)).toEqual(value)
})
