import type { OutgoingRecord } from '../../broker/client/outgoing-batch.ts'
import type { TopicWriter } from './topic-writer.ts'

/** What has come out of the steps for a stretch of events, held back until it is certain that the node may go on. */
export class WrittenRecords {
  readonly #writer: TopicWriter
  readonly #cameFrom: number
  readonly #records: OutgoingRecord[] = []

  /** `cameFrom` is the partition that the stretch was read from, if it was read from one. */
  constructor(writer: TopicWriter, cameFrom = 0) {
    this.#writer = writer
    this.#cameFrom = cameFrom
  }

  get count(): number {
    return this.#records.length
  }

  /** Throws StoplogError for a record that would never be taken. */
  add(record: OutgoingRecord): void {
    this.#writer.check(record)
    this.#records.push(record)
  }

  /** Hands all of them to the producer. The result resolves when the broker has them, and rejects when it never will. */
  append(): () => Promise<void> {
    const batches: Promise<void>[] = []
    for (const record of this.#records) {
      const batch = this.#writer.append(record, this.#cameFrom)
      // Records share the promise of their batch, and there are few batches.
      if (!batches.includes(batch)) batches.push(batch)
    }
    return async () => void (await Promise.all(batches))
  }
}
