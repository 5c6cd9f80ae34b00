import { expect, test } from 'vitest'
import { createExpressions } from '../../../../processors/cel/expressions.ts'
import { CEL_REFERENCE } from '../../../../processors/cel/reference.ts'
import { createEvent } from '../../../support/event.ts'

const entries = CEL_REFERENCE.flatMap((section) => section.entries.map((entry) => ({ title: section.title, ...entry })))

test.for(entries)('the example of $title $name gives what it says', ({ signature, summary, example }) => {
  expect(signature).not.toBe('')
  expect(summary).toMatch(/^[A-Z].*\.$/)
  const evaluate = createExpressions().compile({ kind: 'expression', text: example.expression })
  expect(evaluate(createEvent({ value: {} }))).toEqual(example.result)
})

test('every name is described once in its section', () => {
  for (const { entries } of CEL_REFERENCE) {
    const names = entries.map((entry) => entry.name)
    expect(names).toEqual([...new Set(names)])
  }
})

test('all that the design names is there', () => {
  const names = entries.map((entry) => entry.name)
  expect(names).toEqual(
    expect.arrayContaining(['value', 'key', 'headers', 'time', 'topic', 'partition', 'offset', 'format', 'replace']),
  )
  expect(names).toEqual(
    expect.arrayContaining(['lower', 'upper', 'trim', 'split', 'join', 'coalesce', 'sha256', 'cidr']),
  )
})
