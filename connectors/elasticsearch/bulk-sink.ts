import type { Event } from '../../schemas/event.ts'
import { StoplogError } from '../../schemas/stoplog-error.ts'
import type { ConnectorContext, Sink } from '../connector.ts'
import { parseRetryAfter } from '../retry-after.ts'
import { WriteFailure, type FailedWrite } from '../write-failure.ts'
import {
  divideActions,
  joinActions,
  sizeOf,
  toBulkActions,
  type BulkAction,
  type BulkActionOptions,
} from './bulk-action.ts'
import { readBulkAnswer } from './bulk-answer.ts'
import type { BulkClient } from './bulk-client.ts'
import { toItemOutcome } from './item-outcome.ts'
import { toRequestRefusal } from './request-refusal.ts'
import { RequestSize } from './request-size.ts'

/** What has become of one bulk request. */
type PartOutcome =
  | { readonly kind: 'settled'; readonly failed: readonly FailedWrite[] }
  /** Nothing after it may be sent before it is. */
  | { readonly kind: 'again'; readonly failed: readonly FailedWrite[]; readonly retryAfterMs: number | undefined }
  | { readonly kind: 'too-large' }

/** Writes batches as bulk requests, one at a time, and says what has become of each event. */
export class BulkSink implements Sink {
  readonly #client: BulkClient
  readonly #options: BulkActionOptions
  readonly #context: ConnectorContext
  readonly #requestSize = new RequestSize()

  constructor(client: BulkClient, options: BulkActionOptions, context: ConnectorContext) {
    this.#client = client
    this.#options = options
    this.#context = context
  }

  async write(batch: readonly Event[], signal: AbortSignal): Promise<void> {
    signal.throwIfAborted()
    const { actions, failed } = toBulkActions(batch, this.#options)
    const failures = [...failed]
    const parts = divideActions(actions, this.#requestSize.maxBytes)
    let retryAfterMs: number | undefined
    for (let part = parts.shift(); part !== undefined; part = parts.shift()) {
      const outcome = await this.#send(part, signal)
      if (outcome.kind === 'too-large') {
        parts.unshift(...this.#halves(part, failures))
        continue
      }
      failures.push(...outcome.failed)
      if (outcome.kind === 'settled') continue
      retryAfterMs = outcome.retryAfterMs
      const error = outcome.failed.find(({ permanent }) => !permanent)?.error ?? new Error('not sent')
      failures.push(...parts.flat().map(({ index }) => ({ index, error, permanent: false })))
      break
    }
    if (failures.length === 0) return
    throw new WriteFailure(
      failures.sort((a, b) => a.index - b.index),
      retryAfterMs,
    )
  }

  async close(): Promise<void> {
    await this.#client.close()
  }

  /** Throws what concerns every event: wrong credentials, a wrong address. */
  async #send(part: readonly BulkAction[], signal: AbortSignal): Promise<PartOutcome> {
    const allAgain = (error: StoplogError, retryAfterMs?: number): PartOutcome => ({
      kind: 'again',
      failed: part.map(({ index }) => ({ index, error, permanent: false })),
      retryAfterMs,
    })
    try {
      const response = await this.#client.send(joinActions(part), signal)
      this.#context.metrics.count('stoplog_elasticsearch_requests_total', 1, { status: String(response.status) })
      if (response.status === 200) {
        const outcome = this.#settle(part, response.text)
        this.#requestSize.accepted()
        return outcome
      }
      if (response.status === 413) return { kind: 'too-large' }
      if (response.status === 429) this.#requestSize.overloaded(sizeOf(part))
      const refusal = toRequestRefusal(response)
      if (!refusal.retryable) throw refusal
      return allAgain(this.#located(refusal), parseRetryAfter(response.retryAfter, this.#context.clock.now()))
    } catch (error) {
      if (error instanceof StoplogError && error.retryable) return allAgain(this.#located(error))
      throw error instanceof StoplogError ? this.#located(error) : error
    }
  }

  #settle(part: readonly BulkAction[], answer: string): PartOutcome {
    const failed: FailedWrite[] = []
    const repeated = new Set<string>()
    let existing = 0
    let again = false
    for (const [at, result] of readBulkAnswer(answer, part).entries()) {
      const action = part[at]
      if (action === undefined) continue
      const { index, target, id } = action
      const outcome = toItemOutcome(action, result)
      const place = `${target}\n${id}`
      if (outcome.kind === 'existing') existing += 1
      if (outcome.kind === 'environment') throw outcome.error
      if (outcome.kind === 'permanent') failed.push({ index, error: outcome.error, permanent: true })
      if (outcome.kind === 'transient') {
        again = true
        repeated.add(place)
        failed.push({ index, error: outcome.error, permanent: false })
      } else if (action.verb !== 'create' && outcome.kind === 'written' && repeated.has(place)) {
        // An earlier state of this document will be written yet: this one has to come after it.
        const error = new StoplogError('E_OVERLOADED', `${id} waits for an earlier event of it`, { retryable: true })
        failed.push({ index, error, permanent: false })
      }
    }
    if (existing > 0) this.#context.metrics.count('stoplog_elasticsearch_existing_documents_total', existing)
    return again ? { kind: 'again', failed, retryAfterMs: undefined } : { kind: 'settled', failed }
  }

  /** What to send in place of a request that was too large; a document that is so by itself fails for good. */
  #halves(part: BulkAction[], failures: FailedWrite[]): BulkAction[][] {
    const [first] = part
    const bytes = sizeOf(part)
    if (part.length > 1) {
      this.#requestSize.tooLarge(bytes)
      const middle = Math.ceil(part.length / 2)
      return [part.slice(0, middle), part.slice(middle)]
    }
    if (first !== undefined) {
      const error = new StoplogError(
        'E_DOCUMENT_TOO_LARGE',
        `${this.#client.address} refuses a document of ${bytes} bytes`,
      )
      failures.push({ index: first.index, error, permanent: true })
    }
    return []
  }

  #located({ code, message, fix, retryable }: StoplogError): StoplogError {
    return new StoplogError(code, `${this.#client.address}: ${message}`, {
      fix,
      retryable,
      where: this.#client.address,
    })
  }
}
