/** Why one event of a batch was not written. */
export interface FailedWrite {
  /** Index in the batch given to `write`. */
  readonly index: number
  readonly error: Error
  /** True when the outside system will never take this event: it becomes a dead letter. False: it is tried again. */
  readonly permanent: boolean
}

/** What `Sink.write` rejects with when it knows the fate of each event; every event that is not named was written. */
export class WriteFailure extends Error {
  override readonly name = 'WriteFailure'
  readonly failed: readonly FailedWrite[]
  /** The wait that the outside system asked for (Retry-After). */
  readonly retryAfterMs: number | undefined

  constructor(failed: readonly FailedWrite[], retryAfterMs?: number) {
    super(`${failed.length} events were not written: ${failed[0]?.error.message ?? ''}`)
    this.failed = failed
    this.retryAfterMs = retryAfterMs
  }
}
