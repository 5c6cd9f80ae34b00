import type { Cluster } from '../../broker/client/cluster.ts'
import type { Producer } from '../../broker/client/producer.ts'
import { readPartition } from '../../broker/client/read-partition.ts'
import { NO_HEADERS } from '../../broker/protocol/record-batch-builder.ts'
import { createMemoryStore, type MemoryStore, type StoreChange } from '../../processors/state/memory-store.ts'
import type { Store, StoreDefinition } from '../../processors/state/store.ts'
import type { Json } from '../../schemas/json.ts'

/** Stands between the name of a store and the key in it. */
const SEPARATOR = '\n'

/** What the runtime does with a store, whatever it holds. */
type KeptStore = Pick<MemoryStore<unknown>, 'drain' | 'restore'>

/**
 * The stores of one task: read back from its partition of the node's changelog topic before the first event, and
 * written there with every commit.
 */
export class TaskState {
  readonly #topic: string
  readonly #partition: number
  readonly #stores = new Map<string, KeptStore>()
  /** What the changelog says of stores that no step has asked for yet: steps are made after the reading. */
  #restored = new Map<string, StoreChange[]>()

  private constructor(topic: string, partition: number) {
    this.#topic = topic
    this.#partition = partition
  }

  static async restore(cluster: Cluster, topic: string, partition: number, signal: AbortSignal): Promise<TaskState> {
    const state = new TaskState(topic, partition)
    for await (const record of readPartition(cluster, topic, partition, signal)) {
      const [name = '', ...key] = (record.keyText ?? '').split(SEPARATOR)
      const { valueText } = record
      const value = valueText === null ? null : (JSON.parse(valueText) as Json)
      const changes = state.#restored.get(name) ?? []
      changes.push({ key: key.join(SEPARATOR), value })
      state.#restored.set(name, changes)
    }
    return state
  }

  /** The store of a step; what the changelog says of it is in it already. */
  store<T>(step: number, definition: StoreDefinition<T>): Store<T> {
    const name = `${step}.${definition.name}`
    const store = createMemoryStore(definition)
    for (const change of this.#restored.get(name) ?? []) store.restore(change)
    this.#restored.delete(name)
    this.#stores.set(name, store)
    return store
  }

  /** Writes what has changed since the last call; durable with the next flush of the producer. */
  write(producer: Producer, nowMs: number): void {
    for (const [name, store] of this.#stores) {
      for (const { key, value } of store.drain()) {
        void producer.append(this.#topic, this.#partition, {
          timestamp: nowMs,
          key: `${name}${SEPARATOR}${key}`,
          value: value === null ? null : JSON.stringify(value),
          headers: NO_HEADERS,
        })
      }
    }
  }
}
