import { ERRORS, type ErrorCode } from './error-codes.ts'
import type { ErrorCategory } from './errors/error-entry.ts'

export interface StoplogErrorOptions {
  /** What to do, when the place that raises the error knows more than the table. */
  readonly fix?: string
  /** Where: a path of the document (`streams.findings.steps[0].filter`), a file, an address. */
  readonly where?: string
  /** True when the same attempt may succeed later without anyone changing anything. */
  readonly retryable?: boolean
  readonly cause?: unknown
}

/** An expected failure with a stable code. Anything else that is thrown is a defect. */
export class StoplogError extends Error {
  override readonly name = 'StoplogError'
  readonly code: ErrorCode
  readonly fix: string
  readonly where: string | undefined
  readonly retryable: boolean

  constructor(code: ErrorCode, message: string, options: StoplogErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.fix = options.fix ?? ERRORS[code].fix
    this.where = options.where
    this.retryable = options.retryable ?? false
  }

  get category(): ErrorCategory {
    return ERRORS[this.code].category
  }
}

/** The error itself when it is expected, otherwise a `E_BUG` that carries it as cause. */
export function toStoplogError(thrown: unknown): StoplogError {
  if (thrown instanceof StoplogError) return thrown
  return new StoplogError('E_BUG', thrown instanceof Error ? thrown.message : String(thrown), { cause: thrown })
}
