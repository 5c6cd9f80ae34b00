import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { createExpressions } from '../../../../processors/cel/expressions.ts'
import type { Json } from '../../../../schemas/json.ts'
import { StoplogError } from '../../../../schemas/stoplog-error.ts'
import { createEvent } from '../../../support/event.ts'

const NAMES = ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'length', 'valueOf', 'a', 'b']

const name = fc.constantFrom(...NAMES)
const { json } = fc.letrec<{ json: string }>((tie) => ({
  // As text: an object of ours could not hold an own `__proto__` as easily as a parsed one.
  json: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom('null', 'true', '1', '"constructor"', '"a"'),
    fc.array(tie('json'), { maxLength: 3 }).map((items) => `[${items.join(',')}]`),
    fc
      .uniqueArray(fc.tuple(name, tie('json')), { maxLength: 4, selector: ([key]) => key })
      .map((fields) => `{${fields.map(([key, content]) => `"${key}":${content}`).join(',')}}`),
  ),
}))

/** What JSON says is there: own fields of maps, nothing of lists and texts. */
function ownField(container: unknown, key: string): unknown {
  if (typeof container !== 'object' || container === null || Array.isArray(container)) return undefined
  return Object.getOwnPropertyDescriptor(container, key)?.value
}

const expressions = createExpressions()

function run(text: string, bytes: string): { result: Json } | { code: string } {
  try {
    return { result: expressions.compile({ kind: 'expression', text })(createEvent({ bytes })) }
  } catch (error) {
    if (error instanceof StoplogError) return { code: error.code }
    throw error
  }
}

test('a path finds exactly the own fields, written in any way', () => {
  fc.assert(
    fc.property(json, fc.array(name, { minLength: 1, maxLength: 3 }), (bytes, path) => {
      let expected: unknown = JSON.parse(bytes)
      for (const key of path) expected = ownField(expected, key)
      // `prototype` and `__proto__` after a dot are names like any other.
      const dotted = run(`value.${path.join('.')}`, bytes)
      const indexed = run(`value['${path.join("']['")}']`, bytes)
      const optional = run(`value.?${path.join('.?')}.orValue('absent')`, bytes)
      const present = run(
        `has(value.?${path.slice(0, -1).join('.?') || 'x'}${path.length > 1 ? '.' : '.x.'}${path.at(-1)})`,
        bytes,
      )
      if (expected === undefined) {
        expect(dotted).toEqual({ code: 'E_FIELD_MISSING' })
        expect(indexed).toEqual({ code: 'E_FIELD_MISSING' })
        expect(optional).toEqual({ result: 'absent' })
      } else {
        for (const found of [dotted, indexed, optional])
          expect(JSON.stringify(found)).toBe(JSON.stringify({ result: expected }))
      }
      if (path.length > 1) expect(present).toEqual({ result: expected !== undefined })
    }),
    { numRuns: 2_000 },
  )
})

test('a value goes through a copy, a comparison and a loop unchanged, and pollutes nothing', () => {
  const before = Object.getOwnPropertyNames(Object.prototype)
  fc.assert(
    fc.property(json, name, (bytes, key) => {
      const value = JSON.parse(bytes) as Json
      expect(JSON.stringify(run('dyn(value)', bytes))).toBe(JSON.stringify({ result: value }))
      expect(run('dyn(value) == value', bytes)).toEqual({ result: true })
      const built = run(`{'${key}': value, 'x' + '${key}': 1}`, bytes)
      expect(JSON.stringify(built)).toBe(`{"result":{"${key}":${JSON.stringify(value)},"x${key}":1}}`)
      const size = run('type(value) == map ? size(value.map(k, k)) : 0', bytes)
      const isMap = typeof value === 'object' && value !== null && !Array.isArray(value)
      expect(size).toEqual({ result: isMap ? Object.keys(value).length : 0 })
    }),
    { numRuns: 1_000 },
  )
  expect(Object.getOwnPropertyNames(Object.prototype)).toEqual(before)
  expect(Object.getPrototypeOf({})).toBe(Object.prototype)
})
