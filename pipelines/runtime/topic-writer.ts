import type { OutgoingRecord } from '../../broker/client/outgoing-batch.ts'
import { partitionOf, partitionOfText } from '../../broker/client/partitioner.ts'
import type { Producer } from '../../broker/client/producer.ts'
import { StoplogError } from '../../schemas/stoplog-error.ts'
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
  check({ key, value, headers, headersEnd = '' }: OutgoingRecord): void {
    // A text of n units takes three bytes a unit at most: nearly all are known to fit without counting.
    const atMost = sizeAtMost(key) + sizeAtMost(value) + headers.length + sizeAtMost(headersEnd) + OVERHEAD_BYTES
    if (atMost <= this.#maxBytes) return
    const bytes = sizeOf(key) + sizeOf(value) + headers.length + sizeOf(headersEnd) + OVERHEAD_BYTES
    if (bytes <= this.#maxBytes) return
    throw new StoplogError('E_EVENT_TOO_LARGE', `the event takes ${bytes} bytes, ${this.topic} takes ${this.#maxBytes}`)
  }

  /** Appends a record; resolves when the broker has it. Without a key it stays in the partition it came from, if any. */
  append(record: OutgoingRecord, cameFrom = 0): Promise<void> {
    return this.#producer.append(this.topic, this.#partitionOf(record.key, cameFrom), record)
  }

  #partitionOf(key: Uint8Array | string | null, cameFrom: number): number {
    if (key === null) return Math.max(cameFrom, 0) % this.#partitions
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
