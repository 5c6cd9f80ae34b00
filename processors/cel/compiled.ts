import type { ErrorCode } from '../../schemas/error-codes.ts'
import type { CelType } from './cel-type.ts'
import type { ExpressionFault, Span } from './expression-problem.ts'
import type { Node } from './syntax-tree.ts'

/** What an expression works on while it runs; one per expression, used again for each event. */
export interface Frame<S> {
  /** What the variables are read from: the event. */
  subject: S
  /** Variables of `map(x, …)`, `cel.bind(x, …)` and the like, by the slot that the compiler gave them. */
  readonly locals: unknown[]
  /** What is left of `maxExpressionWork` for this event. */
  workLeft: number
}

export type Evaluate<S> = (frame: Frame<S>) => unknown

/** A part of an expression, ready to run. `evaluate` throws a StoplogError for an event it cannot be computed for. */
export interface Compiled<S> {
  readonly type: CelType
  readonly evaluate: Evaluate<S>
  /** Its value, where it is the same for all events. */
  readonly constant?: { readonly value: unknown }
  /** It is JSON all through, such as what comes out of the event as it is; of an optional: its content is. */
  readonly json?: boolean
  /** Set where fields of it can be had without all of it. */
  readonly within?: Within<S>
}

/** A part of something whose fields can be had one by one. */
export interface Within<S> {
  /** The names that lead to the part. */
  readonly path: readonly string[]
  /** The field that names lead to; undefined says nothing, and all of the part has to be looked at. */
  readonly readField: (frame: Frame<S>, path: readonly string[]) => unknown
}

/** What the parts of the compiler share while they work on one expression. */
export interface Compiler<S> {
  /** @param chain the whole path that a field access is part of, for messages: `value.x.y` when `value.x` is compiled */
  compile(node: Node, chain?: Node): Compiled<S>
  /** As `compile`, for a place whose value becomes part of the result: the values are JSON. */
  compileJson(node: Node): Compiled<S>
  /** Compiles with one more variable and gives the slot of its value. */
  withLocal<T>(name: string, variable: LocalType, then: (slot: number) => T): T
  /** The names that an expression may use here, for suggestions. */
  isLocal(name: string): boolean
  /** The text of a part, shortened, as it is quoted in messages. */
  textOf(span: Span): string
  fault(code: ErrorCode, message: string, fix: string, span: Span): ExpressionFault
}

export interface LocalType {
  readonly type: CelType
  readonly json: boolean
}
