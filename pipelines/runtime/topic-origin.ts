import type { BatchRecord } from '../../broker/protocol/record-reader.ts'
import { hasShortNumbers, isJsonMap, jsonField, type JsonText } from '../../processors/json-field.ts'
import type { Json } from '../../schemas/json.ts'
import type { EventOrigin } from './event-origin.ts'

/** A record that was read from a topic. */
export class TopicOrigin implements EventOrigin, JsonText {
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

  field(path: readonly string[]): Json | undefined {
    return jsonField(this, path)
  }

  isMap(): boolean {
    return isJsonMap(this)
  }

  hasShortNumbers(): boolean {
    return hasShortNumbers(this)
  }

  get encodedHeaders(): Uint8Array {
    return this.#record.encodedHeaders
  }

  get buffer(): Uint8Array {
    return this.#record.buffer
  }

  /** Each batch that is read has a buffer of its own, whose memory is used again when all of its records are done. */
  get hasNeighbours(): boolean {
    return true
  }

  get start(): number {
    return this.#record.valueStart
  }

  get end(): number {
    return this.#record.valueEnd
  }
}
