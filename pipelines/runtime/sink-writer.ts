import { Backoff } from '../../broker/client/backoff.ts'
import type { Sink } from '../../connectors/connector.ts'
import { WriteFailure } from '../../connectors/write-failure.ts'
import type { Clock, Logger } from '../../schemas/runtime.ts'
import { StoplogError, toStoplogError } from '../../schemas/stoplog-error.ts'
import { PIPELINE_LIMITS } from '../limits.ts'
import type { NodeStatus } from './node-status.ts'
import { NodeStop } from './node-stop.ts'
import type { SinkEvent } from './sink-event.ts'
import type { FailedEvent } from './step-chain.ts'

/** Longest wait between two attempts to write the same batch. */
const MAX_BACKOFF_MS = 60_000

/**
 * Delivers batches to the outside system until each event of them is settled: confirmed, or refused for good. Nothing
 * later is written before that, so a refused batch is never passed by. Invariants 3 and 5.
 */
export class SinkWriter {
  readonly #sink: Sink
  readonly #clock: Clock
  readonly #logger: Logger
  readonly #status: NodeStatus

  constructor(sink: Sink, parts: { clock: Clock; logger: Logger; status: NodeStatus }) {
    this.#sink = sink
    this.#clock = parts.clock
    this.#logger = parts.logger
    this.#status = parts.status
  }

  /**
   * Resolves with the events that were refused for good. Rejects with NodeStop when the outside system refuses
   * everything, and with the signal's reason when it aborts before all is settled.
   */
  async write(batch: readonly SinkEvent[], signal: AbortSignal): Promise<readonly FailedEvent[]> {
    const refused: FailedEvent[] = []
    const backoff = new Backoff(this.#clock, { firstMs: 200, maxMs: MAX_BACKOFF_MS })
    let refusals = 0
    let rest = batch
    while (rest.length > 0) {
      signal.throwIfAborted()
      try {
        await this.#sink.write(rest, signal)
        break
      } catch (error) {
        signal.throwIfAborted()
        if (error instanceof WriteFailure) {
          const left = remaining(rest, error, refused)
          // What is settled now was progress: the next attempt may come soon.
          if (left.length < rest.length) backoff.reset()
          rest = left
          if (rest.length > 0)
            await this.#waitBefore(error.failed[0]?.error ?? error, backoff, signal, error.retryAfterMs)
          continue
        }
        if (isRefusal(error)) refusals += 1
        if (refusals >= PIPELINE_LIMITS.sinkRefusals.default) throw new NodeStop(toSinkStopped(error))
        await this.#waitBefore(error, backoff, signal)
      }
    }
    this.#status.state = 'running'
    this.#status.error = null
    return refused
  }

  async #waitBefore(thrown: unknown, backoff: Backoff, signal: AbortSignal, atLeastMs = 0): Promise<void> {
    const error = thrown instanceof StoplogError ? thrown : toStoplogError(thrown)
    // Said once, not with every attempt.
    if (this.#status.state !== 'retrying') {
      const fields = { node: this.#status.name, code: error.code, reason: error.message }
      this.#logger.warn('a sink cannot deliver and tries again', fields)
    }
    this.#status.state = 'retrying'
    this.#status.error = error
    await backoff.wait(signal, atLeastMs)
  }
}

/** What is to be tried again, in its order; what was refused for good is added to the list. */
function remaining(batch: readonly SinkEvent[], failure: WriteFailure, refused: FailedEvent[]): readonly SinkEvent[] {
  const again = new Set<number>()
  for (const { index, error, permanent } of failure.failed) {
    const event = batch[index]?.event
    if (event === undefined) continue
    if (permanent) refused.push({ event, error: toStoplogError(error), step: null })
    else again.add(index)
  }
  return batch.filter((_, index) => again.has(index))
}

/** True for what waiting does not mend by itself: wrong credentials, missing rights, a wrong address of an index. */
function isRefusal(error: unknown): boolean {
  return error instanceof StoplogError && !error.retryable && error.category === 'environment'
}

function toSinkStopped(error: unknown): StoplogError {
  const cause = toStoplogError(error)
  return new StoplogError('E_SINK_STOPPED', `${cause.code}: ${cause.message}`, { cause, fix: cause.fix })
}
