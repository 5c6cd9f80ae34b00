import { WIRE_ERRORS, wireErrorName, type WireErrorName } from '../protocol/error-codes.ts'

/** An error code that a broker has answered. */
export class WireFailure extends Error {
  override readonly name = 'WireFailure'
  readonly error: WireErrorName
  /** The same request may succeed later. */
  readonly retriable: boolean

  constructor(error: WireErrorName, about: string, detail?: string | null) {
    super(`${about}: ${error} (${detail ?? WIRE_ERRORS[error].text})`)
    this.error = error
    this.retriable = WIRE_ERRORS[error].retriable
  }
}

/** Why a request has got no answer. Whether it took effect is unknown. */
export class ConnectionLost extends Error {
  override readonly name = 'ConnectionLost'
}

/** The broker does not speak a version of an API that we do. */
export class ApiNotSupported extends Error {
  override readonly name = 'ApiNotSupported'
}

/** Throws a WireFailure unless the code means that all is well. */
export function expectSuccess(errorCode: number, about: string, detail?: string | null): void {
  if (errorCode !== 0) throw new WireFailure(wireErrorName(errorCode), about, detail)
}

/** True when trying again, after a while and perhaps elsewhere, may help. */
export function isRetriable(error: unknown): boolean {
  return error instanceof ConnectionLost || (error instanceof WireFailure && error.retriable)
}
