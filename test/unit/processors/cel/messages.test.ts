import { describe, expect, test } from 'vitest'
import { checkExpression, createExpressions } from '../../../../processors/cel/expressions.ts'
import { toStoplogError, type StoplogError } from '../../../../schemas/stoplog-error.ts'
import { createEvent } from '../../../support/event.ts'

const SECRET = 'hunter2-secret'

function failureOf(text: string, value: object): StoplogError {
  try {
    createExpressions().compile({ kind: 'expression', text })(createEvent({ value: JSON.parse(JSON.stringify(value)) }))
  } catch (error) {
    return toStoplogError(error)
  }
  throw new Error(`${text} did not fail`)
}

test.for([
  {
    text: 'value.x.y',
    value: {},
    message: 'value.x.y is missing: value has no field `x`',
    fix: 'write value.?x.y.orValue(null), or test has(value.x) before',
  },
  {
    text: 'value.a.b.c + 1',
    value: { a: {} },
    message: 'value.a.b.c is missing: value.a has no field `b`',
    fix: 'write value.a.?b.c.orValue(null), or test has(value.a.b) before',
  },
  {
    text: 'value.a.b',
    value: { a: null },
    message: 'value.a.b is missing: value.a is null',
    fix: 'write value.a.?b.orValue(null), or test has(value.a.b) before',
  },
  {
    text: 'value.list[4].id',
    value: { list: [1] },
    message: 'value.list[4].id is missing: value.list has 1 elements',
    fix: 'write value.list[?4].id.orValue(null)',
  },
  {
    text: 'value.list.id',
    value: { list: [1] },
    message: 'value.list.id is missing: value.list is a list, and `id` is no place in it',
    fix: 'write value.list.?id.orValue(null), or test has(value.list.id) before',
  },
])('an absent field names the whole path and the way out: $text', ({ text, value, message, fix }) => {
  expect(failureOf(text, value)).toMatchObject({ code: 'E_FIELD_MISSING', message, fix })
})

test.for([
  'value.s + 1',
  'value.s > 1',
  'int(value.s)',
  'timestamp(value.s)',
  'duration(value.s)',
  "cidr('10.0.0.0/8', value.s)",
  'cidr(value.s, "10.0.0.1")',
  "'a'.matches('(?=' + value.s)",
  'bool(value.s)',
  'value.o.all(k, k > 1)',
  'value.s.missing',
  'format(time, value.s)',
  '{value.s: 1}.x',
  'lower(value.o)',
  'value[value.s]',
  '!value.s',
])('a failure never quotes what the event holds: %s', (text) => {
  const { message, fix } = failureOf(text, { s: SECRET, o: { [SECRET]: SECRET } })
  expect(`${message} ${fix}`).not.toContain(SECRET)
})

describe('what is found at load is told with its place', () => {
  test.for([
    { text: 'valeu.n > 1', at: 'valeu', fix: 'did you mean value?' },
    { text: 'severity_id >= 3', at: 'severity_id', fix: 'value.severity_id' },
    { text: "value.s.includes('x')", at: "value.s.includes('x')", fix: 'write contains(…)' },
    { text: 'lowr(value.s)', at: 'lowr(value.s)', fix: 'did you mean lower?' },
    { text: 'now() > time', at: 'now()', fix: 'time, the time of the event' },
    { text: 'value.n = 1', at: '=', fix: 'write ==' },
    { text: 'value.a and value.b', at: 'and', fix: 'write &&' },
    { text: 'value.n === 1', at: '===', fix: 'write ==' },
    { text: "value.s.matches('(?=a)')", at: "'(?=a)'", fix: 'RE2' },
    { text: "'a' + 1", at: "'a' + 1", fix: 'string(…)' },
    { text: "time > timestamp('2026-01-01')", at: "time > timestamp('2026-01-01')", fix: 'timestamp(time)' },
    { text: 'value.a.orValue(1)', at: 'value.a.orValue(1)', fix: 'value.?a.orValue(…)' },
    { text: "value.?s == 'a'", at: "value.?s == 'a'", fix: '.orValue(…)' },
    { text: "format(time, 'YYYY')", at: "'YYYY'", fix: 'yyyy' },
    { text: 'value.s.getHours()', at: undefined, fix: '' },
    { text: "replace('a', 'b')", at: "replace('a', 'b')", fix: 'replace(text: string, search: string, with: string)' },
    { text: 'value.in', at: 'in', fix: "value['in']" },
  ])('$text', ({ text, at, fix }) => {
    const problem = checkExpression({ kind: 'expression', text })
    if (at === undefined) {
      expect(problem).toBeNull()
      return
    }
    expect(text.slice(problem!.start, problem!.end)).toBe(at)
    expect(problem!.fix).toContain(fix)
  })

  test('the type that the place needs is checked', () => {
    const source = { kind: 'expression', text: 'size(value.list)' } as const
    expect(checkExpression(source, 'boolean')).toMatchObject({
      code: 'E_EXPRESSION_TYPE',
      message: 'a boolean is needed here, the expression gives a number',
    })
    expect(checkExpression(source, 'number')).toBeNull()
    expect(checkExpression({ ...source, expected: 'list' })).toMatchObject({ code: 'E_EXPRESSION_TYPE' })
    expect(checkExpression({ kind: 'expression', text: 'value.yes' }, 'boolean')).toBeNull()
  })
})

test('a condition that is neither true nor false fails the event', () => {
  const condition = createExpressions().condition({ kind: 'expression', text: 'value.n' })
  expect(() => condition(createEvent({ value: { n: 1 } }))).toThrow('expected true or false, got a number')
  expect(condition(createEvent({ value: { n: true } }))).toBe(true)
  const optional = createExpressions().condition({ kind: 'expression', text: 'value.?n' })
  expect(() => optional(createEvent({ value: {} }))).toThrow('value.?n is missing')
})

test('an empty optional as the whole result is left to the place', () => {
  const optional = createExpressions().optional({ kind: 'expression', text: 'value.n > 1 ? value.?a : value.?b' })
  expect(optional(createEvent({ value: { n: 1, a: 1 } }))).toBeUndefined()
  expect(optional(createEvent({ value: { n: 2, a: 1 } }))).toBe(1)
  expect(optional(createEvent({ value: { n: 2, a: null } }))).toBeNull()
})

test('a value that is not JSON fails the event, whatever the expression', () => {
  const condition = createExpressions().condition({ kind: 'expression', text: 'value.n == 1 || true' })
  expect(() => condition(createEvent({ bytes: '{"broken' }))).toThrow('not JSON')
})

test('one compiled expression serves many events, failed ones in between', () => {
  const double = createExpressions().compile({ kind: 'expression', text: 'value.list.map(x, x * 2)' })
  expect(double(createEvent({ value: { list: [1, 2] } }))).toEqual([2, 4])
  expect(() => double(createEvent({ value: { list: ['a'] } }))).toThrow('* does not go with a string and a number')
  expect(double(createEvent({ value: { list: [3] } }))).toEqual([6])
})
