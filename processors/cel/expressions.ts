import type { Event } from '../../schemas/event.ts'
import type { ExpressionSource, ExpressionType, TemplateSource } from '../../schemas/expression.ts'
import type { Json } from '../../schemas/json.ts'
import type { Expressions } from '../../schemas/runtime.ts'
import { StoplogError } from '../../schemas/stoplog-error.ts'
import type { Kind } from './cel-type.ts'
import { nounOf } from './cel-value.ts'
import { type CompiledExpression, compileExpression } from './expression-compiler.ts'
import { ExpressionFault, type ExpressionProblem } from './expression-problem.ts'
import { emptyFailure } from './json-result.ts'
import { EVENT_SCOPE } from './scope.ts'
import { compileTemplate } from './template-compiler.ts'
import { kindFailure } from './value-failure.ts'

const KINDS: Readonly<Record<ExpressionType, Kind>> = {
  boolean: 'bool',
  string: 'string',
  number: 'number',
  list: 'list',
  map: 'map',
}

/** Turns the expressions and templates of a document into functions; both are what `checkExpression` has let pass. */
export function createExpressions(): Expressions {
  const optional = (source: ExpressionSource): ((event: Event) => Json | undefined) => {
    const { evaluate } = compileChecked(source, source.expected)
    // Compiled as JSON: nothing else comes out of it, and undefined only from an empty optional.
    return (event) => evaluate(event) as Json | undefined
  }
  return {
    optional,
    compile(source) {
      const evaluate = optional(source)
      return (event) => {
        const result = evaluate(event)
        if (result === undefined) throw emptyFailure(source.text)
        return result
      }
    },
    condition(source) {
      const { evaluate } = compileChecked(source, 'boolean')
      return (event) => {
        const result = evaluate(event)
        if (typeof result === 'boolean') return result
        throw result === undefined ? emptyFailure(source.text) : kindFailure(source.text, 'true or false', result)
      }
    },
    template: (source) => asStoplogError(() => compileTemplate(source, EVENT_SCOPE)),
  }
}

/** What is wrong with an expression or template, found without an event; null when it can be used. */
export function checkExpression(
  source: ExpressionSource | TemplateSource,
  expected?: ExpressionType,
): ExpressionProblem | null {
  try {
    if (source.kind === 'template') compileTemplate(source, EVENT_SCOPE)
    else compileTyped(source, expected ?? source.expected)
    return null
  } catch (error) {
    if (error instanceof ExpressionFault) return error.problem
    throw error
  }
}

function compileChecked(source: ExpressionSource, expected: ExpressionType | undefined): CompiledExpression<Event> {
  return asStoplogError(() => compileTyped(source, expected))
}

function compileTyped(source: ExpressionSource, expected: ExpressionType | undefined): CompiledExpression<Event> {
  const compiled = compileExpression(source.text, EVENT_SCOPE, 'json')
  const { kind } = compiled.type
  if (expected === undefined || kind === 'any' || kind === 'optional' || kind === KINDS[expected]) return compiled
  throw new ExpressionFault(
    'E_EXPRESSION_TYPE',
    `${nounOf(KINDS[expected])} is needed here, the expression gives ${nounOf(kind)}`,
    expected === 'boolean' ? 'compare it with something, or write has(…)' : 'convert it, or choose another field',
    { start: 0, end: source.text.length },
  )
}

function asStoplogError<T>(compile: () => T): T {
  try {
    return compile()
  } catch (error) {
    if (!(error instanceof ExpressionFault)) throw error
    const { code, message, fix } = error.problem
    throw new StoplogError(code, message, { fix, cause: error })
  }
}
