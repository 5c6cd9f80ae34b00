import type { Cluster } from '../../broker/client/cluster.ts'
import type { Producer } from '../../broker/client/producer.ts'
import { readPartition } from '../../broker/client/read-partition.ts'
import { NO_HEADERS } from '../../broker/protocol/record-batch-builder.ts'
import type { Clock } from '../../schemas/runtime.ts'
import { isJsonObject, type Json } from '../../schemas/json.ts'

/** The topic has one partition: positions are few, and their order is that in which they were taken. */
const PARTITION = 0

/**
 * Where the sources of a pipeline have got to: records of `<pipeline>._positions`, by (source, partition). The last one
 * of a key counts; an empty one forgets it.
 */
export class Positions {
  readonly #topic: string
  readonly #clock: Clock
  readonly #known = new Map<string, Json>()

  private constructor(topic: string, clock: Clock) {
    this.#topic = topic
    this.#clock = clock
  }

  /** Reads the topic to its end. */
  static async read(cluster: Cluster, topic: string, signal: AbortSignal): Promise<Positions> {
    const positions = new Positions(topic, cluster.clock)
    for await (const record of readPartition(cluster, topic, PARTITION, signal)) {
      positions.#apply(record.keyText, record.valueText)
    }
    return positions
  }

  get(source: string, partition: string): Json {
    return this.#known.get(keyOf(source, partition)) ?? null
  }

  /** Forgets where a source is, so that all of its input is read again. Not durable: the next positions are. */
  forget(source: string): void {
    for (const key of this.#known.keys()) {
      const [name] = JSON.parse(key) as readonly [string, string]
      if (name === source) this.#known.delete(key)
    }
  }

  /** Writes positions; null forgets one. Durable when the producer has been flushed. */
  write(producer: Producer, source: string, positions: ReadonlyMap<string, Json>): void {
    for (const [partition, position] of positions) {
      const key = keyOf(source, partition)
      const value = position === null ? null : JSON.stringify({ position })
      void producer.append(this.#topic, PARTITION, { timestamp: this.#clock.now(), key, value, headers: NO_HEADERS })
      this.#apply(key, value)
    }
  }

  #apply(key: string | null, value: string | null): void {
    if (key === null) return
    const json = value === null ? null : (JSON.parse(value) as Json)
    const position = isJsonObject(json) ? (json['position'] ?? null) : null
    if (position === null) this.#known.delete(key)
    else this.#known.set(key, position)
  }
}

function keyOf(source: string, partition: string): string {
  return JSON.stringify([source, partition])
}
