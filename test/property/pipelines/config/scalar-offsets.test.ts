import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { stringify } from 'yaml'
import { locate } from '../../../../pipelines/config/document-tree.ts'
import { Findings } from '../../../../pipelines/config/findings.ts'
import { parseDocument } from '../../../../pipelines/config/parse-document.ts'
import { documentOffset } from '../../../../pipelines/config/scalar-offsets.ts'
import { SourceText } from '../../../../pipelines/config/source-text.ts'

const STYLES = ['PLAIN', 'QUOTE_SINGLE', 'QUOTE_DOUBLE', 'BLOCK_LITERAL', 'BLOCK_FOLDED'] as const

/** Texts in which every letter stands for itself and is there once, so that each place is known. */
const texts = fc
  .array(fc.constantFrom(' ', '  ', '\n', '\n\n', "'", '"', '\\', '\t', '#', ': ', '漢', '😀', 'é', '$'), {
    maxLength: 40,
  })
  .map((gaps) => gaps.map((gap, index) => `${String.fromCodePoint(0x4e00 + index)}${gap}`).join(''))

test('every letter of a text is found where it stands, however the text is written', () => {
  fc.assert(
    fc.property(texts, fc.constantFrom(...STYLES), fc.integer({ min: 20, max: 80 }), (text, style, lineWidth) => {
      const yaml = stringify(
        { a: { b: text } },
        { defaultStringType: style, lineWidth, blockQuote: style.startsWith('BLOCK') },
      )
      const source = new SourceText('p.yaml', yaml)
      const root = parseDocument(new Findings(source))
      if (root === null) return
      const { node } = locate(root, ['a', 'b'])
      if (node.kind !== 'scalar' || typeof node.value !== 'string') return
      const { value } = node
      for (let index = 0; index < value.length; index++) {
        const letter = value[index] ?? ''
        if (letter < '\u4e00' || letter > '\u4e40') continue
        expect(source.text[documentOffset(source, node, index)]).toBe(letter)
      }
    }),
    { numRuns: 2_000 },
  )
})

test('offsets never go backwards and stay within the text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.constantFrom(...STYLES), (text, style) => {
      const source = new SourceText('p.yaml', stringify({ a: text }, { defaultStringType: style }))
      const root = parseDocument(new Findings(source))
      if (root === null) return
      const { node } = locate(root, ['a'])
      if (node.kind !== 'scalar' || typeof node.value !== 'string') return
      let last = node.range.start
      for (let index = 0; index <= node.value.length; index++) {
        const offset = documentOffset(source, node, index)
        expect(offset).toBeGreaterThanOrEqual(last)
        expect(offset).toBeLessThanOrEqual(node.range.end)
        last = offset
      }
    }),
    { numRuns: 1_000 },
  )
})
