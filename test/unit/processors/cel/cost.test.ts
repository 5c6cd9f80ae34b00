import { expect, test } from 'vitest'
import { createExpressions } from '../../../../processors/cel/expressions.ts'
import { PROCESSOR_LIMITS } from '../../../../processors/limits.ts'
import type { Json } from '../../../../schemas/json.ts'
import { createEvent } from '../../../support/event.ts'

function evaluate(text: string, value: Json): Json {
  return createExpressions().compile({ kind: 'expression', text })(createEvent({ value }))
}

const hostile = { list: Array.from({ length: 2_000 }, (_, index) => index), text: 'x'.repeat(100_000) }

test.for([
  'value.list.all(a, value.list.all(b, true))',
  'value.list.map(a, value.list + value.list)',
  'value.list.map(a, value.text + value.text)',
  "value.list.map(a, replace(value.text, 'x', 'yy'))",
  "value.list.map(a, value.text.split(''))",
])('work on one event is bounded: %s', (text) => {
  expect(() => evaluate(text, hostile)).toThrow(expect.objectContaining({ code: 'E_EXPRESSION_COST' }))
})

test('an exhausted budget is not taken back by the other side of ||', () => {
  expect(() => evaluate('value.list.all(a, value.list.all(b, true)) || true', hostile)).toThrow(
    expect.objectContaining({ code: 'E_EXPRESSION_COST' }),
  )
})

test('the budget is that of one event', () => {
  const loop = createExpressions().compile({ kind: 'expression', text: 'value.list.all(x, x >= 0)' })
  const event = createEvent({ value: hostile })
  for (let round = 0; round * hostile.list.length <= PROCESSOR_LIMITS.maxExpressionWork.default; round += 1) {
    expect(loop(event)).toBe(true)
  }
})

test('a text cannot grow without end', () => {
  const long = { text: 'x'.repeat(10_000_000), part: 'y'.repeat(1_000) }
  expect(() => evaluate("replace(value.text, 'x', value.part)", long)).toThrow('the text would have more than')
  expect(() => evaluate("replace(value.text, '', value.part)", long)).toThrow('the text would have more than')
  expect(() => evaluate('value.text + value.text', long)).toThrow('the text would have more than')
  expect(() => evaluate('[value.text, value.text].join()', long)).toThrow('the text would have more than')
})

test('a value nested too deeply fails the event instead of ending the stack', () => {
  const depth = 100_000
  const bytes = `{"a":${'['.repeat(depth)}${']'.repeat(depth)},"b":${'['.repeat(depth)}${']'.repeat(depth)}}`
  const event = createEvent({ bytes })
  const equal = createExpressions().condition({ kind: 'expression', text: 'value.a == value.b' })
  expect(() => equal(event)).toThrow(expect.objectContaining({ code: 'E_VALUE_DEPTH' }))
  const rebuilt = createExpressions().compile({ kind: 'expression', text: 'dyn(value.a)' })
  expect(() => rebuilt(event)).toThrow(expect.objectContaining({ code: 'E_VALUE_DEPTH' }))
})

test('a long chain of operators is no problem for the stack', () => {
  const chain = Array.from({ length: 600 }, () => 'value.n').join(' + ')
  expect(evaluate(chain, { n: 1 })).toBe(600)
  const nested = `${'!'.repeat(900)}value.yes`
  expect(evaluate(nested, { yes: true })).toBe(true)
})

test('patterns and ranges that events bring are bounded', () => {
  const value = { pattern: 'yyyy'.repeat(60), ranges: Array.from({ length: 1_001 }, () => '10.0.0.0/8') }
  expect(() => evaluate('format(time, value.pattern)', value)).toThrow('format takes a string')
  expect(() => evaluate("'a'.matches(value.pattern)", value)).toThrow(
    'the pattern that the event brings cannot be used',
  )
  expect(() => evaluate("cidr(value.ranges, '10.1.2.3')", value)).toThrow('cidr takes')
  expect(evaluate("cidr(value.ranges.filter(r, r != ''), '10.1.2.3')", { ranges: value.ranges.slice(1) })).toBe(true)
})
