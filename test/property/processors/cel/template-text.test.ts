import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { checkExpression, createExpressions } from '../../../../processors/cel/expressions.ts'
import { createEvent } from '../../../support/event.ts'

const piece = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 6 }),
  fc.constantFrom('{', '}', "'", '"', '\\', ':', '//', '{{', "'''"),
)

function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'").replaceAll('\n', '\\n').replaceAll('\r', '\\r')}'`
}

test('text with doubled braces and quoted texts in braces come out as they were meant', () => {
  fc.assert(
    fc.property(fc.array(fc.record({ literal: piece, quoted: piece }), { maxLength: 4 }), (parts) => {
      const template = parts
        .map((part) => `${part.literal.replaceAll('{', '{{').replaceAll('}', '}}')}{${quoted(part.quoted)}}`)
        .join('')
      const filled = createExpressions().template({ kind: 'template', text: template })(createEvent())
      expect(filled).toBe(parts.map((part) => part.literal + part.quoted).join(''))
    }),
    { numRuns: 2_000 },
  )
})

const TOKENS =
  `value x has map lower timestamp optional cel bind orValue matches coalesce . .? [ [? ] ( ) , ? : == < && || ! - + / ` +
  `% in 1 0 1.5 1u 'a' b'a' null true 99999999999999999999 format cidr size`

const token = fc.constantFrom(...TOKENS.split(' '))

test('any text is a template or a fault with a place within it, never another error', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(piece, token, token), { maxLength: 14 }), (pieces) => {
      const text = pieces.join('')
      for (const source of [
        { kind: 'template', text },
        { kind: 'template', text, confined: true },
        { kind: 'expression', text },
      ] as const) {
        const problem = checkExpression(source)
        if (problem === null) continue
        expect(problem.start).toBeGreaterThanOrEqual(0)
        expect(problem.end).toBeLessThanOrEqual(text.length)
        expect(problem.start).toBeLessThanOrEqual(problem.end)
      }
    }),
    { numRuns: 5_000 },
  )
})
