import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { ANY, DEEP, type PathSegment, parseFieldPattern } from '../../../processors/field-path.ts'
import { createRewriter } from '../../../processors/field-rewrite.ts'
import type { Json } from '../../../schemas/json.ts'

const name = fc.constantFrom('a', 'b', '__proto__')
const { json } = fc.letrec<{ json: string }>((tie) => ({
  json: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom('1', '"x"', 'null'),
    fc.array(tie('json'), { maxLength: 3 }).map((items) => `[${items.join(',')}]`),
    fc
      .uniqueArray(fc.tuple(name, tie('json')), { maxLength: 3, selector: ([key]) => key })
      .map((fields) => `{${fields.map(([key, content]) => `"${key}":${content}`).join(',')}}`),
  ),
}))

const segment = fc.oneof(
  name,
  fc.integer({ min: 0, max: 2 }).map((index) => `[${index}]`),
  fc.constantFrom('*', '**'),
)
const pattern = fc
  .array(segment, { minLength: 1, maxLength: 4 })
  .map((segments) => segments.map((text, index) => (index === 0 || text.startsWith('[') ? text : `.${text}`)).join(''))

/** Whether a pattern names exactly this place, by trying all that `**` can stand for. */
function names(segments: readonly PathSegment[], place: readonly (string | number)[]): boolean {
  const [first, ...rest] = segments
  if (first === undefined) return place.length === 0
  const [key, ...below] = place
  if (first === DEEP) {
    if (rest.length === 0) return place.length > 0
    return names(rest, place) || (key !== undefined && names(segments, below))
  }
  return key !== undefined && (first === ANY || first === key) && names(rest, below)
}

/** The value without all that the patterns name, written down place by place. */
function without(
  value: Json,
  patterns: readonly (readonly PathSegment[])[],
  place: readonly (string | number)[] = [],
): string {
  const isGone = (key: string | number): boolean => patterns.some((segments) => names(segments, [...place, key]))
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  if (Array.isArray(value)) {
    const kept = (value as readonly Json[]).flatMap((item, index) =>
      isGone(index) ? [] : [without(item, patterns, [...place, index])],
    )
    return `[${kept.join(',')}]`
  }
  const kept = Object.entries(value as object).flatMap(([key, content]) =>
    isGone(key) ? [] : [`${JSON.stringify(key)}:${without(content as Json, patterns, [...place, key])}`],
  )
  return `{${kept.join(',')}}`
}

test('what patterns name is removed, and nothing else', () => {
  fc.assert(
    fc.property(json, fc.array(pattern, { minLength: 1, maxLength: 3 }), (text, written) => {
      const value = JSON.parse(text) as Json
      const patterns = written.map(parseFieldPattern)
      const rest = createRewriter(patterns)(value, () => undefined)
      const segments = patterns.map((one) => one.segments)
      expect(JSON.stringify(rest)).toBe(without(value, segments))
      expect(JSON.stringify(value)).toBe(JSON.stringify(JSON.parse(text)))
      if (JSON.stringify(rest) === JSON.stringify(value)) expect(rest).toBe(value)
    }),
    { numRuns: 5_000 },
  )
})

test('a path that is read is the path that was written', () => {
  const odd = fc.string({ unit: 'binary', maxLength: 8 })
  fc.assert(
    fc.property(fc.array(odd, { minLength: 1, maxLength: 4 }), (written) => {
      const text = written.map((part) => `['${part.replaceAll(/[\\']/g, '\\$&')}']`).join('')
      expect(parseFieldPattern(text).segments).toEqual(written)
    }),
  )
})
