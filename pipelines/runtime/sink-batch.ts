import type { BatchLimits } from '../../connectors/connector.ts'
import type { InputPosition } from './input-positions.ts'
import type { SinkEvent } from './sink-event.ts'

/**
 * What a sink will write next: events in their order, and where each partition is settled once they are written, events
 * included that were filtered on the way.
 */
export class SinkBatch {
  readonly events: SinkEvent[] = []
  readonly #limits: BatchLimits
  readonly #positions = new Map<string, InputPosition>()
  #openedMs: number | null = null
  #bytes = 0

  constructor(limits: BatchLimits) {
    this.#limits = limits
  }

  add(event: SinkEvent, nowMs: number): void {
    this.#openedMs ??= nowMs
    this.events.push(event)
    this.#bytes += event.bytes?.length ?? 0
  }

  /** Once the batch is written, everything before the offset is settled. */
  coverUpTo(position: InputPosition): void {
    this.#positions.set(`${position.topic}-${position.partition}`, position)
  }

  /** Up to where the batch covers a partition; undefined when it does not. */
  coveredUpTo(topic: string, partition: number): number | undefined {
    return this.#positions.get(`${topic}-${partition}`)?.offset
  }

  get positions(): readonly InputPosition[] {
    return [...this.#positions.values()]
  }

  get isEmpty(): boolean {
    return this.events.length === 0 && this.#positions.size === 0
  }

  get isFull(): boolean {
    return this.events.length >= this.#limits.records || this.#bytes >= this.#limits.bytes
  }

  /** When the batch has to be written even if nothing more comes; at once when there is nothing to write. */
  get dueMs(): number {
    return this.#openedMs === null ? 0 : this.#openedMs + this.#limits.ageMs
  }
}
