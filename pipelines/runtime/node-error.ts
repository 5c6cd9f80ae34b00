import { StoplogError, toStoplogError } from '../../schemas/stoplog-error.ts'

/** Failures of the broker are named as such; what has no name is a defect. */
export function toNodeError(thrown: unknown): StoplogError {
  if (thrown instanceof Error && ['WireFailure', 'ConnectionLost', 'ApiNotSupported'].includes(thrown.name)) {
    return new StoplogError('E_BROKER', thrown.message, { cause: thrown, retryable: true })
  }
  return toStoplogError(thrown)
}
