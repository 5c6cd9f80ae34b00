import { Environment } from '@marcbachmann/cel-js'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { createExpressions } from '../../../../processors/cel/expressions.ts'
import type { Json } from '../../../../schemas/json.ts'
import { StoplogError } from '../../../../schemas/stoplog-error.ts'
import { createEvent } from '../../../support/event.ts'

/*
 * cel-js evaluates by itself what we only let it parse. Where both dialects mean the same (doubles, no integers, no
 * hostile names), both must come to the same result, or both must fail.
 */

const oracle = new Environment({ enableOptionalTypes: true, homogeneousAggregateLiterals: false }).registerVariable(
  'value',
  'dyn',
)

const FIELDS = ['a', 'b', 'n', 's', 'list', 'o']

const number = fc.integer({ min: -20, max: 20 }).map((n) => (n < 0 ? `(${n / 2 - 0.25})` : `${n / 2}`))
const double = number.map((text) => (/\./.test(text) ? text : text.replace(/\d+/, '$&.0')))
const text = fc.constantFrom("'a'", "'b'", "'HIGH'", "''")
const path = fc
  .array(fc.constantFrom(...FIELDS), { minLength: 1, maxLength: 3 })
  .map((fields) => ['value', ...fields].join('.'))
const optionalPath = fc
  .array(fc.constantFrom(...FIELDS), { minLength: 1, maxLength: 3 })
  .map((fields) => ['value', ...fields].join('.?'))

const { condition } = fc.letrec<{ condition: string; number: string; text: string; list: string }>((tie) => ({
  number: fc.oneof(
    { maxDepth: 4 },
    double,
    path,
    fc.tuple(tie('number'), fc.constantFrom('+', '-', '*'), tie('number')).map(([a, op, b]) => `(${a} ${op} ${b})`),
    fc.tuple(tie('condition'), tie('number'), tie('number')).map(([c, a, b]) => `(${c} ? ${a} : ${b})`),
    fc.tuple(optionalPath, double).map(([a, b]) => `${a}.orValue(${b})`),
    tie('number').map((a) => `(-${a})`),
  ),
  text: fc.oneof(
    { maxDepth: 3 },
    text,
    path,
    fc.tuple(tie('text'), tie('text')).map(([a, b]) => `(${a} + ${b})`),
    fc.tuple(optionalPath, text).map(([a, b]) => `${a}.orValue(${b})`),
  ),
  list: fc.oneof(
    { maxDepth: 2 },
    path,
    fc.array(tie('number'), { maxLength: 3 }).map((items) => `[${items.join(', ')}]`),
    tie('list').map((list) => `dyn(${list}).filter(x, x > 1.0)`),
    tie('list').map((list) => `dyn(${list}).map(x, x * 2.0)`),
  ),
  condition: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom('true', 'false'),
    path,
    path.map((p) => `has(${p})`),
    optionalPath.map((p) => `${p}.hasValue()`),
    fc
      .tuple(tie('number'), fc.constantFrom('<', '<=', '>', '>='), tie('number'))
      .map(([a, op, b]) => `dyn(${a}) ${op} dyn(${b})`),
    fc.tuple(tie('number'), fc.constantFrom('==', '!='), path).map(([a, op, b]) => `dyn(${a}) ${op} ${b}`),
    fc
      .tuple(tie('text'), fc.constantFrom('==', '!=', '<'), tie('text'))
      .map(([a, op, b]) => `dyn(${a}) ${op} dyn(${b})`),
    fc.tuple(tie('text'), tie('text')).map(([a, b]) => `dyn(${a}).startsWith(dyn(${b}))`),
    fc.tuple(tie('number'), tie('list')).map(([a, list]) => `dyn(${a}) in dyn(${list})`),
    tie('list').map((list) => `dyn(${list}).all(x, x > 0.0)`),
    tie('list').map((list) => `dyn(${list}).exists(x, x > 1.0)`),
    tie('list').map((list) => `dyn(${list}).exists_one(x, x > 1.0)`),
    fc.tuple(tie('condition'), fc.constantFrom('&&', '||'), tie('condition')).map(([a, op, b]) => `(${a} ${op} ${b})`),
    tie('condition').map((a) => `!(${a})`),
  ),
}))

const leaf = fc.oneof(
  fc.integer({ min: -5, max: 5 }),
  fc.double({ min: -5, max: 5, noNaN: true }).map((n) => Math.round(n * 4) / 4),
  fc.constantFrom('a', 'b', 'HIGH', ''),
  fc.boolean(),
  fc.constant(null),
)
const fields = fc.constantFrom(...FIELDS)
const inner = fc.oneof(leaf, fc.array(leaf, { maxLength: 3 }), fc.dictionary(fields, leaf, { maxKeys: 3 }))
const value = fc.dictionary(fields, fc.oneof(inner, fc.dictionary(fields, inner, { maxKeys: 3 })), {
  maxKeys: 6,
  noNullPrototype: true,
})

const FAILED = Symbol('failed')

function ours(text: string, json: Json): unknown {
  try {
    return createExpressions().compile({ kind: 'expression', text })(createEvent({ value: json }))
  } catch (error) {
    if (error instanceof StoplogError && error.category !== 'bug') return FAILED
    throw error
  }
}

function theirs(text: string, json: Json): unknown {
  try {
    return oracle.evaluate(text, { value: json })
  } catch {
    return FAILED
  }
}

test('the evaluator agrees with cel-js where the dialects mean the same', () => {
  let computed = 0
  fc.assert(
    fc.property(condition, value, (text, json) => {
      const result = JSON.parse(JSON.stringify(json)) as Json
      const mine = ours(text, result)
      if (mine !== FAILED) computed += 1
      expect(mine, text).toEqual(theirs(text, result))
    }),
    { numRuns: 5_000 },
  )
  // Most cases fail on both sides for an absent field; enough must not.
  expect(computed).toBeGreaterThan(1_000)
})
