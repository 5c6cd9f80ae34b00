import { expect, test } from 'vitest'
import { parseReferences, referenceKey } from '../../../../pipelines/config/references.ts'

/** Each part in a few letters: texts as they are, references in brackets, what is broken behind a `!`. */
function outline(text: string): string[] {
  return parseReferences(text).map((part) => {
    if (part.kind === 'literal') return part.text
    if (part.kind === 'broken') return `!${text.slice(part.start, part.end)}`
    const { fallback } = part.reference
    return `[${referenceKey(part.reference)}${fallback === undefined ? '' : ` or ${fallback}`}]`
  })
}

test.for<[text: string, parts: string[]]>([
  ['', []],
  ['plain', ['plain']],
  ['${env:A}', ['[env:A]']],
  ['a ${env:A_1} b', ['a ', '[env:A_1]', ' b']],
  ['${env:A}${var:b}', ['[env:A]', '[var:b]']],
  ['${env:A:-}', ['[env:A or ]']],
  ['${env:A:-x:-y}', ['[env:A or x:-y]']],
  ['${file:./a b.txt}', ['[file:./a b.txt]']],
  ['${file:C:\\x}', ['[file:C:\\x]']],
  ['$${env:A}', ['${', 'env:A}']],
  ['$$${env:A}', ['$', '${', 'env:A}']],
  ['a $5 }{ $', ['a $5 }{ $']],
  ['${env:A', ['!${env:A']],
  ['${}', ['!${}']],
  ['${A} ${env:B}', ['!${A}', ' ', '[env:B]']],
  ['${env:}', ['!${env:}']],
  ['${env:1A}', ['!${env:1A}']],
  ['${var:a:-b}', ['!${var:a:-b}']],
  ['${file:}', ['!${file:}']],
  ['${ENV:A}', ['!${ENV:A}']],
])('%s', ([text, parts]) => {
  expect(outline(text)).toEqual(parts)
})

test('the parts cover the text without gap or overlap', () => {
  const text = 'a ${env:A} $${b ${c} ${'
  let end = 0
  for (const part of parseReferences(text)) {
    expect(part.start).toBe(end)
    end = part.end
  }
  expect(end).toBe(text.length)
})
