import type { BatchHeader } from '../protocol/record-batch.ts'
import type { WireErrorName } from '../protocol/error-codes.ts'
import type { Json } from '../../schemas/json.ts'

/** As many as a producer may have in flight: a retry of any of them is recognised. */
const BATCHES_REMEMBERED = 5
const MAX_SEQUENCE = 0x7fff_ffff

/** What is remembered of one batch of a producer. */
interface WrittenBatch {
  readonly firstSequence: number
  readonly lastSequence: number
  readonly baseOffset: number
  readonly lastOffset: number
  readonly timestamp: number
}

interface ProducerEntry {
  epoch: number
  /** The last five, oldest first. */
  batches: WrittenBatch[]
  /** By the broker's clock; an entry unused for `producer.id.expiration.ms` is forgotten. */
  usedMs: number
}

/** What to do with a batch: append it, answer as when it was written before, or refuse it. */
export type SequenceCheck =
  | { readonly verdict: 'append' }
  | { readonly verdict: 'duplicate'; readonly baseOffset: number; readonly timestamp: number }
  | { readonly verdict: 'refuse'; readonly error: WireErrorName }

/**
 * What one partition knows of the idempotent producers that write to it (KIP-98): so that a batch that is sent again
 * because its answer was lost is not written again, and none is left out. Pure: the caller says what time it is.
 */
export class ProducerState {
  readonly #producers = new Map<number, ProducerEntry>()

  get size(): number {
    return this.#producers.size
  }

  /** Kafka's rules, in Kafka's order (apache/kafka `ProducerAppendInfo`, `ProducerStateEntry`). Changes nothing. */
  check(header: BatchHeader): SequenceCheck {
    const entry = this.#producers.get(header.producerId)
    if (entry === undefined) return { verdict: 'append' }
    const { producerEpoch, baseSequence } = header
    if (producerEpoch < entry.epoch) return { verdict: 'refuse', error: 'INVALID_PRODUCER_EPOCH' }
    if (producerEpoch > entry.epoch) {
      return baseSequence === 0 ? { verdict: 'append' } : { verdict: 'refuse', error: 'OUT_OF_ORDER_SEQUENCE_NUMBER' }
    }
    const lastSequence = advance(baseSequence, header.lastOffsetDelta)
    const written = entry.batches.find((b) => b.firstSequence === baseSequence && b.lastSequence === lastSequence)
    if (written !== undefined) {
      return { verdict: 'duplicate', baseOffset: written.baseOffset, timestamp: written.timestamp }
    }
    const newest = entry.batches.at(-1)
    if (newest === undefined || baseSequence === advance(newest.lastSequence, 1)) return { verdict: 'append' }
    return { verdict: 'refuse', error: 'OUT_OF_ORDER_SEQUENCE_NUMBER' }
  }

  /** Notes that the batch stands in the log. */
  record(header: BatchHeader, nowMs: number): void {
    const { producerId, producerEpoch, baseSequence, baseOffset } = header
    let entry = this.#producers.get(producerId)
    if (entry === undefined || entry.epoch !== producerEpoch) {
      entry = { epoch: producerEpoch, batches: [], usedMs: nowMs }
      this.#producers.set(producerId, entry)
    }
    entry.usedMs = nowMs
    entry.batches.push({
      firstSequence: baseSequence,
      lastSequence: advance(baseSequence, header.lastOffsetDelta),
      baseOffset,
      lastOffset: baseOffset + header.lastOffsetDelta,
      timestamp: header.isLogAppendTime ? header.maxTimestamp : -1,
    })
    if (entry.batches.length > BATCHES_REMEMBERED) entry.batches.shift()
  }

  /** As `record`, for a batch that may have been noted already. */
  restore(header: BatchHeader, nowMs: number): void {
    const newest = this.#producers.get(header.producerId)?.batches.at(-1)
    if (newest === undefined || newest.baseOffset < header.baseOffset) this.record(header, nowMs)
  }

  /** Forgets the producers that have not written since. */
  expire(usedBeforeMs: number): void {
    for (const [producerId, { usedMs }] of this.#producers) {
      if (usedMs < usedBeforeMs) this.#producers.delete(producerId)
    }
  }

  toJson(): Json {
    return [...this.#producers].map(([producerId, { epoch, usedMs, batches }]) => [
      producerId,
      epoch,
      usedMs,
      batches.map((b) => [b.firstSequence, b.lastSequence, b.baseOffset, b.lastOffset, b.timestamp]),
    ])
  }

  /** Reads what `toJson` gave. */
  static fromJson(json: Json): ProducerState {
    const state = new ProducerState()
    for (const row of Array.isArray(json) ? json : []) {
      const [producerId, epoch, usedMs, batches] = Array.isArray(row) ? row : []
      if (typeof producerId !== 'number' || typeof epoch !== 'number' || typeof usedMs !== 'number') continue
      const rows: readonly Json[] = Array.isArray(batches) ? batches : []
      state.#producers.set(producerId, { epoch, usedMs, batches: rows.map(toWrittenBatch) })
    }
    return state
  }
}

function toWrittenBatch(row: Json): WrittenBatch {
  const numbers = (Array.isArray(row) ? row : []).map(Number)
  const [firstSequence = -1, lastSequence = -1, baseOffset = -1, lastOffset = -1, timestamp = -1] = numbers
  return { firstSequence, lastSequence, baseOffset, lastOffset, timestamp }
}

/** Sequences count to 2^31 - 1 and begin again at 0. */
function advance(sequence: number, by: number): number {
  return sequence <= MAX_SEQUENCE - by ? sequence + by : by - (MAX_SEQUENCE - sequence) - 1
}
