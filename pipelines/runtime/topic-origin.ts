import type { BatchRecord } from '../../broker/protocol/record-reader.ts'
import { hasShortNumbers, isJsonMap, jsonField, type JsonText } from '../../processors/json-field.ts'
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
  #jsonText: JsonText | null = null

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

  field(path: readonly string[]): Json | undefined {
    return jsonField(this.#json, path)
  }

  isMap(): boolean {
    return isJsonMap(this.#json)
  }

  hasShortNumbers(): boolean {
    return this.#jsonText !== null && hasShortNumbers(this.#jsonText)
  }

  get encodedHeaders(): Uint8Array {
    return this.#record.encodedHeaders
  }

  get #json(): JsonText {
    const { buffer, valueStart, valueEnd } = this.#record
    this.#jsonText ??= { bytes: buffer, start: valueStart, end: valueEnd }
    return this.#jsonText
  }
}
