import type { ErrorCode } from '../../schemas/error-codes.ts'

/** What is wrong with an expression, and where in its text. */
export interface ExpressionProblem {
  readonly code: ErrorCode
  readonly message: string
  readonly fix: string
  /** Offsets in the text, in UTF-16 units; the end is exclusive. */
  readonly start: number
  readonly end: number
}

/** A stretch of an expression's text. */
export interface Span {
  readonly start: number
  readonly end: number
}

/** Thrown while an expression is compiled; it leaves this folder as an ExpressionProblem or as a StoplogError. */
export class ExpressionFault extends Error {
  override readonly name = 'ExpressionFault'
  readonly problem: ExpressionProblem

  constructor(code: ErrorCode, message: string, fix: string, span: Span) {
    super(message)
    this.problem = { code, message, fix, start: span.start, end: span.end }
  }
}
