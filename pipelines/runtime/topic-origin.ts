import type { BatchRecord } from '../../broker/protocol/record-reader.ts'
import { jsonField } from '../../processors/json-field.ts'
import type { Json } from '../../schemas/json.ts'
import type { EventOrigin } from './event-origin.ts'
import { RuntimeEvent } from './runtime-event.ts'

/** The events of a stretch of records, made one at a time. */
export function* eventsOf(
  topic: string,
  partition: number,
  records: readonly BatchRecord[],
  node: string,
): Iterable<RuntimeEvent> {
  for (const record of records) yield new RuntimeEvent(new TopicOrigin(topic, partition, record), node)
}

/** A record that was read from a topic. */
export class TopicOrigin implements EventOrigin {
  readonly topic: string
  readonly partition: number
  readonly parsed = null
  readonly #record: BatchRecord

  constructor(topic: string, partition: number, record: BatchRecord) {
    this.topic = topic
    this.partition = partition
    this.#record = record
  }

  get offset(): number {
    return this.#record.offset
  }

  get time(): number {
    return this.#record.timestamp
  }

  get key(): string | null {
    return this.#record.keyText
  }

  get keyBytes(): Uint8Array | null {
    return this.#record.key
  }

  get bytes(): Uint8Array | null {
    return this.#record.value
  }

  get text(): string | null {
    return this.#record.valueText
  }

  field(name: string): Json | undefined {
    const { buffer, valueStart, valueEnd } = this.#record
    return jsonField(buffer, valueStart, valueEnd, name)
  }

  get encodedHeaders(): Uint8Array {
    return this.#record.encodedHeaders
  }
}
