import type { OutgoingRecord } from '../../broker/client/outgoing-batch.ts'
import { encodeHeaders, type RecordHeader } from '../../broker/protocol/record-headers.ts'
import type { EncodedHeaders } from '../../broker/protocol/record-batch-builder.ts'
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
  /** See SourceHeaders. */
  readonly #headers: Uint8Array
  /** The value, where it came as text. */
  readonly #json: JsonText | null
  #bytes: Uint8Array | null | undefined

  constructor(topic: string, event: NewEvent, headers: SourceHeaders, arrivedMs: number) {
    this.topic = topic
    this.#event = event
    this.time = event.time ?? arrivedMs
    const { value } = event
    this.#json = value instanceof Uint8Array ? { buffer: value, start: 0, end: value.length } : null
    this.parsed = value instanceof Uint8Array ? null : { value }
    this.#headers = headers.of(event)
  }

  get key(): string | null {
    return keyOf(this.#event)
  }

  get keyBytes(): string | null {
    return this.key
  }

  get bytes(): Uint8Array | null {
    if (this.#bytes === undefined) this.#bytes = bytesOf(this.#event)
    return this.#bytes
  }

  get encodedHeaders(): EncodedHeaders {
    return joinHeaders(this.#headers, this.#event.id)
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

  /** Up to the size of the last header's text, which is the id. */
  of(event: NewEvent): Uint8Array {
    const alike = this.#alike !== null && isAlike(this.#alike.event, event) ? this.#alike : this.#encodeAlike(event)
    return alike.head
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

/** The record of an event that no step looks at: what it would be made into by way of a SourceOrigin. */
export function toRecord(event: NewEvent, headers: SourceHeaders, arrivedMs: number): OutgoingRecord {
  const { id } = event
  return {
    timestamp: event.time ?? arrivedMs,
    key: keyOf(event),
    value: bytesOf(event),
    headers: headers.of(event),
    headersEnd: id,
  }
}

function keyOf({ key, id }: NewEvent): string | null {
  return key === undefined ? id : key
}

function bytesOf({ value }: NewEvent): Uint8Array | null {
  if (value instanceof Uint8Array) return value
  return value === null ? null : Buffer.from(JSON.stringify(value))
}

/** As `encodeHeaders` would have made them. */
function joinHeaders(head: Uint8Array, text: string): EncodedHeaders {
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
