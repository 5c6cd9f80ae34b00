import { ProtocolError } from '../protocol/protocol-error.ts'
import type { BatchHeader } from '../protocol/record-batch.ts'
import type { BatchRecord } from '../protocol/record-reader.ts'

export interface AbortedTransaction {
  readonly producerId: number
  readonly firstOffset: number
}

/** Type of a control record, by the second int16 of its key. */
const ABORT = 0

/**
 * Tells which batches of one fetched stretch belong to aborted transactions (`read_committed`): from the first offset
 * of an aborted transaction to its producer's next abort marker, the producer's transactional batches are dropped
 * (apache/kafka `CompletedFetch`). Batches must be shown in order.
 */
export class AbortedTransactions {
  readonly #upcoming: AbortedTransaction[]
  readonly #aborted = new Set<number>()

  constructor(transactions: readonly AbortedTransaction[]) {
    this.#upcoming = [...transactions].sort((a, b) => a.firstOffset - b.firstOffset)
  }

  /** True when a reader of committed records must not see the batch. Control batches are nobody's to see. */
  drops(header: BatchHeader, records: () => readonly BatchRecord[]): boolean {
    const lastOffset = header.baseOffset + header.lastOffsetDelta
    while ((this.#upcoming[0]?.firstOffset ?? Number.POSITIVE_INFINITY) <= lastOffset) {
      const begun = this.#upcoming.shift()
      if (begun !== undefined) this.#aborted.add(begun.producerId)
    }
    if (header.isControl) {
      if (isAbortMarker(records())) this.#aborted.delete(header.producerId)
      return true
    }
    return header.isTransactional && this.#aborted.has(header.producerId)
  }
}

function isAbortMarker(records: readonly BatchRecord[]): boolean {
  const key = records[0]?.key
  if (key === undefined || key === null || key.length < 4)
    throw new ProtocolError('bad-batch', 'a control batch without a key')
  return key.readInt16BE(2) === ABORT
}
