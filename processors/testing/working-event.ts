import { createHash } from 'node:crypto'
import type { EventHeaders, WorkingEvent } from '../../schemas/event.ts'
import type { Json } from '../../schemas/json.ts'
import { StoplogError } from '../../schemas/stoplog-error.ts'

export interface EventFields {
  readonly topic?: string
  readonly partition?: number
  readonly offset?: number
  readonly key?: string | null
  /** Left out: null, unless there are bytes. */
  readonly value?: Json
  /** The value as stored, where it matters how it is written or that it is no JSON. */
  readonly bytes?: string | Uint8Array | null
  readonly headers?: EventHeaders
  readonly time?: number
  readonly id?: string
}

/** A working event without a runtime: value and bytes as in the contract, ids of children derived from the parent's. */
export function createWorkingEvent(fields: EventFields = {}): WorkingEvent {
  return new MemoryEvent(fields)
}

class MemoryEvent implements WorkingEvent {
  readonly topic: string
  readonly partition: number
  readonly offset: number
  readonly bytes: Uint8Array | null
  readonly id: string
  key: string | null
  time: number
  valueChanged = false
  #headers: EventHeaders
  #value: Json | undefined

  constructor(fields: EventFields) {
    this.topic = fields.topic ?? 'pipeline.scans'
    this.partition = fields.partition ?? 0
    this.offset = fields.offset ?? 0
    this.key = fields.key === undefined ? 'key-1' : fields.key
    this.time = fields.time ?? Date.UTC(2026, 7, 21, 10, 0, 0)
    this.#headers = fields.headers ?? {}
    this.bytes = toBytes(fields)
    this.id = fields.id ?? `${this.topic}-${this.partition}-${this.offset}`
  }

  get value(): Json {
    if (this.#value === undefined) this.#value = this.bytes === null ? null : parse(this.bytes)
    return this.#value
  }

  set value(value: Json) {
    this.#value = value
    this.valueChanged = true
  }

  get headers(): EventHeaders {
    return this.#headers
  }

  setHeader(name: string, text: string | null): void {
    const others = Object.entries(this.#headers).filter(([other]) => other !== name)
    this.#headers = Object.fromEntries(text === null ? others : [...others, [name, text]])
  }

  derive(value: Json, index: number): WorkingEvent {
    const id = createHash('sha256').update(`${this.id}\n${index}`).digest('hex').slice(0, 32)
    const { topic, partition, offset, key, headers, time } = this
    const child = new MemoryEvent({ topic, partition, offset, key, headers, time, id, bytes: null })
    child.value = value
    return child
  }
}

function toBytes({ bytes, value }: EventFields): Uint8Array | null {
  if (typeof bytes === 'string') return Buffer.from(bytes)
  if (bytes !== undefined) return bytes
  return value === undefined || value === null ? null : Buffer.from(JSON.stringify(value))
}

function parse(bytes: Uint8Array): Json {
  try {
    // JSON.parse gives JSON.
    return JSON.parse(Buffer.from(bytes).toString()) as Json
  } catch (error) {
    throw new StoplogError('E_VALUE_JSON', 'the value is not JSON', { cause: error })
  }
}
