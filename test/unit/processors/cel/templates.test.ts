import { describe, expect, test } from 'vitest'
import { checkExpression, createExpressions } from '../../../../processors/cel/expressions.ts'
import { createEvent } from '../../../support/event.ts'

const event = createEvent({
  value: {
    s: 'HIGH',
    n: 7,
    yes: true,
    nil: null,
    list: [1],
    created: '2026-08-21',
    big: 1e19,
    up: '../../etc',
    dot: '.',
    ctl: 'a\u0000b',
    rtl: 'a\u202Eb',
    half: '\uD800',
    long: 'x'.repeat(2_000),
    o: { a: 'deep' },
  },
  key: 'k-1',
  time: Date.UTC(2026, 7, 21, 10, 20, 30),
})

function fill(text: string): string {
  return createExpressions().template({ kind: 'template', text })(event)
}

function fillConfined(text: string): string {
  return createExpressions().template({ kind: 'template', text, confined: true })(event)
}

test.for([
  ['plain', 'plain'],
  ['findings-{time:yyyy.MM}', 'findings-2026.08'],
  ["findings-{format(time, 'yyyy-MM')}", 'findings-2026-08'],
  ['{value.created:yyyy}', '2026'],
  ["{timestamp(value.created) + duration('1d'):dd}", '22'],
  ["{time:yyyy-MM-dd'T'HH}", '2026-08-21T10'],
  ["{time:'}'yyyy}", '}2026'],
  ['{key}/{value.s}', 'k-1/HIGH'],
  ['{value.n}', '7'],
  ['{value.yes}', 'true'],
  ['{timestamp(value.created)}', '2026-08-21T00:00:00Z'],
  ["{duration('90m')}", '1h30m'],
  ['{{{value.n}}}', '{7}'],
  ['{{literal}}', '{literal}'],
  ["{'}'}", '}'],
  ["{'{'}", '{'],
  ['{"it\'s}"}', "it's}"],
  ["{'a\\'}'}", "a'}"],
  ["{r'\\d'}", '\\d'],
  ["{'''}'''}", '}'],
  ["{ {'a': '}'}.a }", '}'],
  ["{ {'a': {'b': 1}}['a'].b }", '1'],
  ["{value.yes ? 'a' : 'b'}", 'a'],
  ['{value.yes ? time : 0:yyyy}', '2026'],
  ["{value.?missing.orValue('none')}", 'none'],
  ["{value.?list[?0].orValue('none')}", '1'],
  ['{value.list.map(x, string(x)).join("-")}', '1'],
  ['{value.s // a comment with }\n}', 'HIGH'],
  ['a{value.o.a}b{value.o["a"]}c', 'adeepbdeepc'],
  ['ü😀{value.n}', 'ü😀7'],
])('%s gives %s', ([text, filled]) => {
  expect(checkExpression({ kind: 'template', text: text! })).toBeNull()
  expect(fill(text!)).toBe(filled)
})

test.for([
  ['{value.missing}', 'E_FIELD_MISSING'],
  ['{value.?missing}', 'E_FIELD_MISSING'],
  ['{value.?missing:yyyy}', 'E_FIELD_MISSING'],
  ['{value.nil}', 'E_EXPRESSION_VALUE'],
  ['{value.list}', 'E_EXPRESSION_VALUE'],
  ['{value.o}', 'E_EXPRESSION_VALUE'],
  ['{value.big}', 'E_NUMBER_UNSAFE'],
  ['{value.s:yyyy}', 'E_EXPRESSION_VALUE'],
])('%s fails the event with %s', ([text, code]) => {
  expect(checkExpression({ kind: 'template', text: text! })).toBeNull()
  expect(() => fill(text!)).toThrow(expect.objectContaining({ code }))
})

describe('what is wrong with a template is found at load, with its place', () => {
  test.for([
    ['{', 'E_TEMPLATE', '{'],
    ['a{value.s', 'E_TEMPLATE', '{value.s'],
    ['a}', 'E_TEMPLATE', '}'],
    ['a{}', 'E_TEMPLATE', '{}'],
    ['a{ }', 'E_TEMPLATE', '{ }'],
    ["a{'open}", 'E_TEMPLATE', "'open}"],
    ['a{time:}', 'E_TEMPLATE', '{time:}'],
    ['a{:yyyy}', 'E_TEMPLATE', '{:'],
    ['a{time:yyyy', 'E_TEMPLATE', '{time:yyyy'],
    ['abc{valeu.s}', 'E_EXPRESSION_NAME', 'valeu'],
    ['{value.s}{value.}', 'E_EXPRESSION_SYNTAX', ''],
    ['{time:YYYY}', 'E_EXPRESSION_TYPE', 'YYYY'],
    ['{[1]}', 'E_EXPRESSION_TYPE', '[1]'],
    ['{null}', 'E_EXPRESSION_TYPE', 'null'],
  ])('%s: %s', ([text, code, at]) => {
    const problem = checkExpression({ kind: 'template', text: text! })
    expect(problem).toMatchObject({ code })
    expect(text!.slice(problem!.start, problem!.end)).toBe(at)
    expect(() => fill(text!)).toThrow(expect.objectContaining({ code }))
  })
})

describe('a confined name', () => {
  test.for([
    ['findings-{time:yyyy.MM}', 'findings-2026.08'],
    ['scans/{value.s}/{key}.json', 'scans/HIGH/k-1.json'],
    ['plain', 'plain'],
    ['../out/{value.s}', '../out/HIGH'],
  ])('%s may be used', ([text, filled]) => {
    expect(fillConfined(text!)).toBe(filled)
  })

  test.for([
    'a-{value.up}',
    'a-{value.dot}.',
    'a.{value.dot}',
    'a-{value.ctl}',
    'a-{value.rtl}',
    'a-{value.half}',
    'a-{value.long}',
  ])('%s fails the event', (text) => {
    expect(checkExpression({ kind: 'template', text, confined: true })).toBeNull()
    expect(() => fillConfined(text)).toThrow(expect.objectContaining({ code: 'E_NAME_UNSAFE' }))
  })

  test.for(['{value.s}', '{value.s}-a', '/{value.s}', './{value.s}', '-{value.s}', 'a/{value.s}/../b'])(
    '%s is refused at load',
    (text) => {
      expect(checkExpression({ kind: 'template', text, confined: true })).toMatchObject({ code: 'E_TEMPLATE' })
    },
  )
})
