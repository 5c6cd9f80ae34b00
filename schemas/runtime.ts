import type { Event } from './event.ts'
import type { ExpressionSource, TemplateSource } from './expression.ts'
import type { Json } from './json.ts'

/** Structured log. Fields are data; a message is the same text every time. Nothing is logged in normal operation. */
export interface Logger {
  info(message: string, fields?: LogFields): void
  warn(message: string, fields?: LogFields): void
  error(message: string, fields?: LogFields): void
}

export type LogFields = Readonly<Record<string, unknown>>

/** The only source of wall-clock time and timers; tests pass one that they move by hand. */
export interface Clock {
  /** ms since the epoch. */
  now(): number
  /** Resolves after `delayMs`, or rejects with the signal's reason as soon as it aborts. */
  sleep(delayMs: number, signal?: AbortSignal): Promise<void>
}

/** Counters by name and bounded labels. Names follow Prometheus: `stoplog_<noun>_<unit>_total`. */
export interface Metrics {
  count(name: string, amount?: number, labels?: Readonly<Record<string, string>>): void
}

/** Names an expression may use: `event` for steps and sinks, `join` for the condition and result of a join. */
export type CompiledExpression<T = Json> = (event: Event) => T

/** Turns the expressions of a config into functions. Everything was compiled once at load, so this does not fail. */
export interface Expressions {
  /** The result is JSON; throws StoplogError (E_FIELD_MISSING, E_EXPRESSION_VALUE) for an event it cannot be computed for. */
  compile(source: ExpressionSource): CompiledExpression
  /** As `compile`; undefined where the result is an empty optional (`value.?a`): the field it is for is left out. */
  optional(source: ExpressionSource): CompiledExpression<Json | undefined>
  /** As `compile`, for conditions: a result that is no boolean fails the event. */
  condition(source: ExpressionSource): CompiledExpression<boolean>
  /** Fills the braces of a template with text. A confined one fails the event with E_NAME_UNSAFE rather than stray. */
  template(source: TemplateSource): CompiledExpression<string>
}
