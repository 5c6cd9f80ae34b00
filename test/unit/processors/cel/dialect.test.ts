import { describe, expect, test } from 'vitest'
import { checkExpression, createExpressions } from '../../../../processors/cel/expressions.ts'
import type { Json } from '../../../../schemas/json.ts'
import { StoplogError } from '../../../../schemas/stoplog-error.ts'
import { event } from './dialect-event.ts'
import { FAILURES_OF_EVENTS } from './dialect-failure-cases.ts'
import { FAULTS_AT_LOAD } from './dialect-fault-cases.ts'
import { LANGUAGE_RESULTS } from './dialect-language-cases.ts'
import { LIBRARY_RESULTS } from './dialect-library-cases.ts'

const expressions = createExpressions()

function evaluate(text: string): Json {
  return expressions.compile({ kind: 'expression', text })(event)
}

function codeOf(run: () => unknown): string {
  try {
    run()
  } catch (error) {
    if (error instanceof StoplogError) return error.code
    throw error
  }
  return 'no error'
}

function rows<T extends readonly unknown[]>(table: Readonly<Record<string, readonly T[]>>): [string, ...T][] {
  return Object.entries(table).flatMap(([group, cases]) => cases.map((row): [string, ...T] => [group, ...row]))
}

describe('what expressions give', () => {
  test.for(rows({ ...LANGUAGE_RESULTS, ...LIBRARY_RESULTS }))('%s: %s', ([, expression, result]) => {
    expect(checkExpression({ kind: 'expression', text: expression })).toBeNull()
    // Through JSON: a bigint would throw, -0 and undefined would show.
    expect(JSON.parse(JSON.stringify(evaluate(expression)))).toEqual(result)
  })
})

describe('what fails an event', () => {
  test.for(rows(FAILURES_OF_EVENTS))('%s: %s', ([, expression, code]) => {
    expect(checkExpression({ kind: 'expression', text: expression })).toBeNull()
    expect(codeOf(() => evaluate(expression))).toBe(code)
  })
})

describe('what is refused at load', () => {
  test.for(rows(FAULTS_AT_LOAD))('%s: %s', ([, expression, code]) => {
    const problem = checkExpression({ kind: 'expression', text: expression })
    expect(problem).toMatchObject({ code })
    expect(problem!.fix).not.toBe('')
    expect(problem!.start).toBeGreaterThanOrEqual(0)
    expect(problem!.end).toBeGreaterThanOrEqual(problem!.start)
    expect(problem!.end).toBeLessThanOrEqual(expression.length)
    expect(codeOf(() => evaluate(expression))).toBe(code)
  })
})
