import type { ErrorCode } from '../../schemas/error-codes.ts'
import { StoplogError } from '../../schemas/stoplog-error.ts'
import { CONNECTOR_LIMITS } from '../limits.ts'

/** An answer other than 2xx: nothing of the request was taken. */
export class Refusal extends Error {
  override readonly name = 'Refusal'
  readonly status: number
  readonly code: ErrorCode
  readonly headers: Readonly<Record<string, string>>

  constructor(status: number, code: ErrorCode, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message)
    this.status = status
    this.code = code
    this.headers = headers
  }
}

/** 503 with the advice to come back soon. */
export function busy(message: string): Refusal {
  return new Refusal(503, 'E_HTTP_BUSY', message, { 'retry-after': retryAfterSeconds() })
}

export function tooLarge(maxBytes: number): Refusal {
  return new Refusal(413, 'E_HTTP_TOO_LARGE', `the body is larger than ${maxBytes} bytes`)
}

/**
 * What the sender is told of a failure. Causes inside are told in the log and not to the sender, who only has to know
 * whether to send again.
 */
export function toRefusal(error: unknown): Refusal {
  if (error instanceof Refusal) return error
  if (error instanceof StoplogError && error.retryable) return busy('there is no room for more events now')
  if (error instanceof StoplogError && error.code === 'E_EVENT_TOO_LARGE') {
    return new Refusal(413, error.code, 'an event of the body is larger than can be kept')
  }
  return new Refusal(500, 'E_HTTP_FAILED', 'the events could not be taken')
}

function retryAfterSeconds(): string {
  return String(Math.ceil(CONNECTOR_LIMITS.httpRetryAfterMs.default / 1_000))
}
