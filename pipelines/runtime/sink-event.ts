import type { Event, EventHeaders } from '../../schemas/event.ts'
import type { Json } from '../../schemas/json.ts'
import type { RuntimeEvent } from './runtime-event.ts'

/** An event as the steps of a sink have left it: `bytes` are what is to be delivered. */
export class SinkEvent implements Event {
  /** Where it came from, for what has to be said about it. */
  readonly event: RuntimeEvent
  readonly bytes: Uint8Array | null

  /** Throws StoplogError when the value cannot be written without changing a number. */
  constructor(event: RuntimeEvent) {
    this.event = event
    const serialized = event.serialize()
    this.bytes = typeof serialized === 'string' ? Buffer.from(serialized) : serialized
  }

  get topic(): string {
    return this.event.topic
  }

  get partition(): number {
    return this.event.partition
  }

  get offset(): number {
    return this.event.offset
  }

  get key(): string | null {
    return this.event.key
  }

  get value(): Json {
    return this.event.value
  }

  field(path: readonly string[]): Json | undefined {
    return this.event.field(path)
  }

  isMap(): boolean {
    return this.event.isMap()
  }

  get headers(): EventHeaders {
    return this.event.headers
  }

  get time(): number {
    return this.event.time
  }

  get id(): string {
    return this.event.id
  }
}
