import type { OutgoingRecord } from '../../broker/client/outgoing-batch.ts'
import type { EventOrigin } from './event-origin.ts'
import type { TopicWriter } from './topic-writer.ts'

/** What has come out of the steps for a stretch of events, held back until it is certain that the node may go on. */
export class WrittenRecords {
  readonly #writer: TopicWriter
  readonly #records: { readonly record: OutgoingRecord; readonly origin: EventOrigin }[] = []

  constructor(writer: TopicWriter) {
    this.#writer = writer
  }

  get count(): number {
    return this.#records.length
  }

  /** Throws StoplogError for a record that would never be taken. */
  add(record: OutgoingRecord, origin: EventOrigin): void {
    this.#writer.check(record)
    this.#records.push({ record, origin })
  }

  /** Hands all of them to the producer. The result resolves when the broker has them, and rejects when it never will. */
  append(): () => Promise<void> {
    const batches: Promise<void>[] = []
    for (const { record, origin } of this.#records) {
      const batch = this.#writer.append(record, origin)
      // Records share the promise of their batch, and there are few batches.
      if (!batches.includes(batch)) batches.push(batch)
    }
    return async () => void (await Promise.all(batches))
  }
}
