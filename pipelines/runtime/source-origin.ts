import type { OutgoingRecord } from '../../broker/client/outgoing-batch.ts'
import { encodeHeaders, type RecordHeader } from '../../broker/protocol/record-headers.ts'
import type { EncodedHeaders, HeadersEndingIn } from '../../broker/protocol/record-batch-builder.ts'
import { varintSize, writeVarint } from '../../broker/protocol/varint.ts'
import { HEADER } from '../../schemas/event-header-names.ts'
import type { NewEvent } from '../../schemas/event.ts'
import type { Json } from '../../schemas/json.ts'
import { hasShortNumbers, isJsonMap, jsonField, type JsonText } from '../../processors/json-field.ts'
import type { EventOrigin } from './event-origin.ts'

const OWN_HEADERS = 'stoplog_'
const JSON_CONTENT = 'application/json'

/** An event that a source hands over, before it has a place in a topic: its offset is -1. */
export class SourceOrigin implements EventOrigin {
  readonly topic: string
  readonly partition = -1
  readonly offset = -1
  readonly time: number
  readonly parsed: { readonly value: Json } | null
  readonly #event: NewEvent
  readonly #headers: HeadersEndingIn
  /** The value, where it came as text. */
  readonly #json: JsonText | null
  #bytes: Uint8Array | null | undefined

  constructor(topic: string, event: NewEvent, headers: SourceHeaders, arrivedMs: number) {
    this.topic = topic
    this.#event = event
    this.time = event.time ?? arrivedMs
    const { value } = event
    this.#json = value instanceof Uint8Array ? { bytes: value, start: 0, end: value.length } : null
    this.parsed = value instanceof Uint8Array ? null : { value }
    this.#headers = headers.of(event)
  }

  get key(): string | null {
    return this.#event.key === undefined ? this.#event.id : this.#event.key
  }

  get keyBytes(): string | null {
    return this.key
  }

  get bytes(): Uint8Array | null {
    if (this.#bytes === undefined) {
      const { value } = this.#event
      if (value instanceof Uint8Array) this.#bytes = value
      else this.#bytes = value === null ? null : Buffer.from(JSON.stringify(value))
    }
    return this.#bytes
  }

  /** The record of an event that no step has looked at. */
  toRecord(): OutgoingRecord {
    return { timestamp: this.time, key: this.key, value: this.bytes, headers: this.#headers }
  }

  get encodedHeaders(): EncodedHeaders {
    return joinHeaders(this.#headers)
  }

  field(path: readonly string[]): Json | undefined {
    return this.#json === null ? undefined : jsonField(this.#json, path)
  }

  isMap(): boolean {
    return this.#json !== null && isJsonMap(this.#json)
  }

  hasShortNumbers(): boolean {
    return this.#json !== null && hasShortNumbers(this.#json)
  }

  get text(): string | null {
    const { bytes } = this
    return bytes === null ? null : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8')
  }
}

/**
 * Writes the CloudEvents headers of a source's events. Nearly all of them are alike but for the id, so what is alike is
 * encoded once and the id is put behind it.
 */
export class SourceHeaders {
  readonly #source: string
  #alike: { readonly event: NewEvent; readonly head: Buffer } | null = null

  /** `source` is the CloudEvents source: who produced the event, as far as we know. */
  constructor(source: string) {
    this.#source = source
  }

  /** They end in the id. */
  of(event: NewEvent): HeadersEndingIn {
    const alike = this.#alike !== null && isAlike(this.#alike.event, event) ? this.#alike : this.#encodeAlike(event)
    return { head: alike.head, text: event.id }
  }

  #encodeAlike(event: NewEvent): { readonly event: NewEvent; readonly head: Buffer } {
    const headers = headersOf(event, this.#source).map(([name, text]): RecordHeader => ({
      name,
      value: Buffer.from(text),
    }))
    // The number of headers includes the id's, which stands last.
    const encoded = encodeHeaders([...headers, { name: HEADER.id, value: Buffer.alloc(0) }])
    this.#alike = { event, head: Buffer.from(encoded.subarray(0, encoded.length - 1)) }
    return this.#alike
  }
}

/** As `encodeHeaders` would have made them. */
function joinHeaders({ head, text }: HeadersEndingIn): EncodedHeaders {
  const size = Buffer.byteLength(text)
  const encoded = Buffer.allocUnsafe(head.length + varintSize(size) + size)
  encoded.set(head)
  encoded.write(text, writeVarint(encoded, head.length, size), 'utf8')
  return encoded
}

function isAlike(a: NewEvent, b: NewEvent): boolean {
  return (
    a.type === b.type &&
    a.subject === b.subject &&
    a.dataSchema === b.dataSchema &&
    a.time === b.time &&
    a.headers === b.headers
  )
}

function headersOf(event: NewEvent, source: string): (readonly [name: string, text: string])[] {
  const { type, subject, dataSchema, time, headers } = event
  return [
    [HEADER.specVersion, '1.0'],
    [HEADER.source, source],
    [HEADER.type, type],
    ...(subject === undefined ? [] : [[HEADER.subject, subject] as const]),
    // Without a time of its own the record carries the time of arrival, and says so.
    time === undefined ? [HEADER.timeOrigin, 'arrival'] : [HEADER.time, new Date(time).toISOString()],
    ...(dataSchema === undefined ? [] : [[HEADER.dataSchema, dataSchema] as const]),
    [HEADER.contentType, JSON_CONTENT],
    // What the runtime says of an event is not for others to say.
    ...Object.entries(headers ?? {}).filter(([name]) => !name.startsWith(OWN_HEADERS)),
  ]
}
