import type { TemplateSource } from '../../schemas/expression.ts'
import { ERRORS } from '../../schemas/error-codes.ts'
import { StoplogError } from '../../schemas/stoplog-error.ts'
import { kindOf, nounOf, Optional, Timestamp } from './cel-value.ts'
import { confined, confinedPrefix } from './confinement.ts'
import { compileExpression } from './expression-compiler.ts'
import { ExpressionFault } from './expression-problem.ts'
import { toTimestamp } from './functions/conversion.ts'
import { emptyFailure, toText } from './json-result.ts'
import type { Scope } from './scope.ts'
import { parseTemplate, type TemplatePart } from './template-parser.ts'
import { compileTimePattern } from './time-format.ts'
import { isExact, numberFailure, valueFailure } from './value-failure.ts'

type Fill<S> = (subject: S) => string

/** Compiles a template. Throws ExpressionFault whose offsets count in the whole template. */
export function compileTemplate<S>(source: TemplateSource, scope: Scope<S>): Fill<S> {
  const parts = parseTemplate(source.text)
  const prefixLength = source.confined === true ? confinedPrefix(parts, source.text) : undefined
  const fills = parts.map((part) => compilePart(part, scope))
  const fill: Fill<S> = (subject) => {
    let text = ''
    for (const part of fills) text += typeof part === 'string' ? part : part(subject)
    return text
  }
  return prefixLength === undefined ? fill : (subject) => confined(fill(subject), prefixLength, source.text)
}

function compilePart<S>(part: TemplatePart, scope: Scope<S>): string | Fill<S> {
  if (part.kind === 'text') return part.text
  const compiled = shifted(part.start, () => compileExpression(part.text, scope, 'value'))
  const at = part.text
  const kind = compiled.type.kind
  if (part.pattern !== undefined) {
    const format = compilePattern(part.pattern)
    return (subject) => format(Timestamp.toEpochMs(toTimestamp(present(compiled.evaluate(subject), at), at)))
  }
  if (kind === 'list' || kind === 'map' || kind === 'null') {
    throw new ExpressionFault(
      'E_EXPRESSION_TYPE',
      `{${at}} is ${nounOf(kind)}, which has no text`,
      kind === 'list' ? "write join(…, ',')" : 'name one of its fields',
      { start: part.start, end: part.start + part.text.length },
    )
  }
  return (subject) => textOf(compiled.evaluate(subject), at)
}

function compilePattern(pattern: { readonly text: string; readonly start: number }): (epochMs: number) => string {
  try {
    return compileTimePattern(pattern.text)
  } catch (error) {
    if (!(error instanceof StoplogError) || ERRORS[error.code].category !== 'config') throw error
    const span = { start: pattern.start, end: pattern.start + pattern.text.length }
    throw new ExpressionFault(error.code, error.message, error.fix, span)
  }
}

/** Text of what stands in braces. What is absent, null, a list or a map fails the event: it would be no name. */
function textOf(value: unknown, at: string): string {
  const content = present(value, at)
  if (typeof content === 'string') return content
  if (typeof content === 'boolean') return String(content)
  if (typeof content === 'number') {
    if (!isExact(content)) throw numberFailure(at, content)
    return String(content === 0 ? 0 : content)
  }
  const kind = kindOf(content)
  if (kind === 'null') throw valueFailure(`{${at}}`, 'null has no text', `write {coalesce(${at}, 'none')}`)
  if (kind === 'list' || kind === 'map') throw valueFailure(`{${at}}`, `${nounOf(kind)} has no text`)
  return toText(content, at)
}

function present(value: unknown, at: string): unknown {
  if (!(value instanceof Optional)) return value
  const content = Optional.toContent(value)
  if (content === undefined) throw emptyFailure(at)
  return content
}

/** Runs a compilation whose text stands within a larger one, and moves the place of a fault there. */
function shifted<T>(by: number, compile: () => T): T {
  try {
    return compile()
  } catch (error) {
    if (!(error instanceof ExpressionFault)) throw error
    const { code, message, fix, start, end } = error.problem
    throw new ExpressionFault(code, message, fix, { start: start + by, end: end + by })
  }
}
