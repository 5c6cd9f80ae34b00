import type { OutgoingRecord } from '../../broker/client/outgoing-batch.ts'
import { partitionOf, partitionOfText } from '../../broker/client/partitioner.ts'
import type { Producer } from '../../broker/client/producer.ts'
import { StoplogError } from '../../schemas/stoplog-error.ts'
import type { EventOrigin } from './event-origin.ts'
import type { TopicShape } from './topic-setup.ts'

/** A record takes no more than this on top of its key, value and headers, in a batch of its own. */
const OVERHEAD_BYTES = 128

/** Puts records into the partitions of one topic: by their key, as every Kafka client does. */
export class TopicWriter {
  readonly topic: string
  readonly #producer: Producer
  readonly #partitions: number
  readonly #maxBytes: number

  constructor(producer: Producer, topic: string, shape: TopicShape) {
    this.topic = topic
    this.#producer = producer
    this.#partitions = shape.partitions
    this.#maxBytes = shape.maxBytes
  }

  /** Throws E_EVENT_TOO_LARGE for a record that the topic would never take. */
  check({ key, value, headers }: OutgoingRecord): void {
    // A text of n units takes three bytes a unit at most: nearly all are known to fit without counting.
    const { head, text } = headers instanceof Uint8Array ? { head: headers, text: null } : headers
    const atMost = sizeAtMost(key) + sizeAtMost(value) + sizeAtMost(text) + head.length + OVERHEAD_BYTES
    if (atMost <= this.#maxBytes) return
    const bytes = sizeOf(key) + sizeOf(value) + sizeOf(text) + head.length + OVERHEAD_BYTES
    if (bytes <= this.#maxBytes) return
    throw new StoplogError('E_EVENT_TOO_LARGE', `the event takes ${bytes} bytes, ${this.topic} takes ${this.#maxBytes}`)
  }

  /** Appends a record; resolves when the broker has it. A record without a key stays in the partition it came from. */
  append(record: OutgoingRecord, origin?: EventOrigin): Promise<void> {
    return this.#producer.append(this.topic, this.#partitionOf(record.key, origin), record)
  }

  #partitionOf(key: Uint8Array | string | null, origin: EventOrigin | undefined): number {
    if (key === null) return Math.max(origin?.partition ?? 0, 0) % this.#partitions
    return typeof key === 'string' ? partitionOfText(key, this.#partitions) : partitionOf(key, this.#partitions)
  }
}

function sizeAtMost(bytes: Uint8Array | string | null): number {
  if (bytes === null) return 0
  return typeof bytes === 'string' ? bytes.length * 3 : bytes.length
}

function sizeOf(bytes: Uint8Array | string | null): number {
  if (bytes === null) return 0
  return typeof bytes === 'string' ? Buffer.byteLength(bytes) : bytes.length
}
