import { createHash } from 'node:crypto'
import type { EncodedRecord } from '../../broker/client/outgoing-batch.ts'
import { decodeHeaders, encodeHeaders, type RecordHeader } from '../../broker/protocol/record-headers.ts'
import { holdsUnsafeNumber } from '../../processors/json-numbers.ts'
import { HEADER } from '../../schemas/event-header-names.ts'
import type { EventHeaders, WorkingEvent } from '../../schemas/event.ts'
import type { Json } from '../../schemas/json.ts'
import { StoplogError } from '../../schemas/stoplog-error.ts'
import type { EventOrigin } from './event-origin.ts'

const ID_HEADER = Buffer.from(HEADER.id)

/** An event on its way through one node. See WorkingEvent; what nobody changes is passed on as the bytes that came. */
export class RuntimeEvent implements WorkingEvent {
  readonly origin: EventOrigin
  readonly #node: string
  #key: string | null | undefined
  #value: Json | undefined
  #valueChanged = false
  #time: number | undefined
  #headers: EventHeaders | undefined
  #headerChanges: Map<string, string | null> | null = null
  #id: string | undefined

  constructor(origin: EventOrigin, node: string) {
    this.origin = origin
    this.#node = node
  }

  get topic(): string {
    return this.origin.topic
  }

  get partition(): number {
    return this.origin.partition
  }

  get offset(): number {
    return this.origin.offset
  }

  get key(): string | null {
    return this.#key === undefined ? this.origin.key : this.#key
  }

  set key(key: string | null) {
    this.#key = key
  }

  get time(): number {
    return this.#time ?? this.origin.time
  }

  set time(time: number) {
    this.#time = time
  }

  get value(): Json {
    if (this.#value === undefined) {
      const { parsed } = this.origin
      this.#value = parsed === null ? parseText(this.origin.text) : parsed.value
    }
    return this.#value
  }

  set value(value: Json) {
    this.#value = value
    this.#valueChanged = true
  }

  field(path: readonly string[]): Json | undefined {
    return this.#value === undefined ? this.origin.field(path) : undefined
  }

  isMap(): boolean {
    return this.#value === undefined && this.origin.isMap()
  }

  get valueChanged(): boolean {
    return this.#valueChanged
  }

  get bytes(): Uint8Array | null {
    return this.origin.bytes
  }

  get id(): string {
    this.#id ??= this.headers[HEADER.id] ?? `${this.topic}-${this.partition}-${this.offset}`
    return this.#id
  }

  get headers(): EventHeaders {
    this.#headers ??= readHeaders(this.origin.encodedHeaders, this.#headerChanges)
    return this.#headers
  }

  setHeader(name: string, text: string | null): void {
    this.#headerChanges ??= new Map()
    this.#headerChanges.set(name, text)
    this.#headers = undefined
  }

  derive(value: Json, index: number): RuntimeEvent {
    const derived = new RuntimeEvent(this.origin, this.#node)
    derived.#key = this.#key
    derived.#time = this.#time
    derived.#headerChanges = new Map(this.#headerChanges)
    derived.value = value
    const id = createHash('sha256').update(`${this.id}\n${this.#node}\n${index}`).digest('hex').slice(0, 32)
    derived.setHeader(HEADER.id, id)
    return derived
  }

  /** True for a child that a step has made of another event: it has bytes of its own. */
  get isDerived(): boolean {
    return this.#headerChanges?.has(HEADER.id) === true
  }

  /** The value as it would be written now. Throws StoplogError when it cannot be written without changing a number. */
  serialize(): Uint8Array | string | null {
    if (!this.#valueChanged) return this.origin.bytes
    const value = this.#value ?? null
    if (value === null) return null
    const bytes = this.origin.parsed === null ? this.origin.bytes : null
    if (bytes !== null && !this.origin.hasShortNumbers() && holdsUnsafeNumber(bytes, value)) {
      throw new StoplogError('E_NUMBER_UNSAFE', 'the new value holds a number that would be rounded')
    }
    return JSON.stringify(value)
  }

  /** The record that this event has become. */
  toRecord(): EncodedRecord {
    return {
      timestamp: this.time,
      key: this.#key === undefined ? this.origin.keyBytes : this.#key,
      value: this.serialize(),
      headers: this.#outgoingHeaders(),
    }
  }

  #outgoingHeaders(): Uint8Array {
    const encoded = this.origin.encodedHeaders
    // Searching the bytes is cheaper than decoding them, and a false alarm in some other header does no harm.
    const hasId = toBuffer(encoded).includes(ID_HEADER)
    if (this.#headerChanges === null && hasId) return encoded
    const changes = new Map(this.#headerChanges)
    if (!hasId && !changes.has(HEADER.id)) changes.set(HEADER.id, this.id)
    const kept = decodeHeaders(toBuffer(encoded)).filter(({ name }) => !changes.has(name))
    const set = [...changes].filter(([, text]) => text !== null)
    return encodeHeaders([
      ...kept,
      ...set.map(([name, text]): RecordHeader => ({ name, value: Buffer.from(text ?? '') })),
    ])
  }
}

function parseText(text: string | null): Json {
  if (text === null) return null
  try {
    return JSON.parse(text) as Json
  } catch (error) {
    throw new StoplogError('E_VALUE_JSON', `the value is not JSON: ${reasonOf(error)}`, { cause: error })
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

function readHeaders(encoded: Uint8Array, changes: ReadonlyMap<string, string | null> | null): EventHeaders {
  // No prototype: a header may be called anything.
  const headers = Object.create(null) as Record<string, string>
  for (const { name, value } of decodeHeaders(toBuffer(encoded))) {
    if (value !== null) headers[name] = toBuffer(value).toString('utf8')
  }
  for (const [name, text] of changes ?? []) {
    if (text === null) delete headers[name]
    else headers[name] = text
  }
  return headers
}

function toBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
