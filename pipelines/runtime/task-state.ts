import type { Cluster } from '../../broker/client/cluster.ts'
import type { TopicPartition } from '../../broker/client/consumer-protocol.ts'
import type { Producer } from '../../broker/client/producer.ts'
import { readPartition } from '../../broker/client/read-partition.ts'
import { createMemoryStore, type MemoryStore, type StoreChange } from '../../processors/state/memory-store.ts'
import type { Store, StoreDefinition } from '../../processors/state/store.ts'
import type { Json } from '../../schemas/json.ts'
import { encodeInputOffsets, type InputOffsets, InputOffsetsReader, isAhead } from './input-offsets.ts'

/** Stands between the name of a store and the key in it. */
const SEPARATOR = '\n'

/** What the runtime does with a store, whatever it holds. */
type KeptStore = Pick<MemoryStore<unknown>, 'drain' | 'restore' | 'touch'>

/**
 * The stores of one task: read back from its partition of the node's changelog topic before the first event, and
 * written there with every commit.
 *
 * Each record says up to where the input was processed by then. One that is ahead of the offsets that were committed
 * comes from a commit that was broken off, and is left out: the state is that of the committed offsets, however much of
 * that commit was written, and what is processed again has the same outcome again. Such a record would count once the
 * offsets have got there, so the next commit writes over its key. Invariants 4 and 8.
 */
export class TaskState {
  readonly #topic: string
  readonly #partition: number
  readonly #stores = new Map<string, KeptStore>()
  /** What the changelog says of stores that no step has asked for yet: steps are made after the reading. */
  #restored = new Map<string, StoreChange[]>()
  /** Keys of records that were left out, by the name of their store. */
  readonly #leftOut = new Map<string, Set<string>>()

  private constructor(topic: string, partition: number) {
    this.#topic = topic
    this.#partition = partition
  }

  /** The state as it was at these offsets of the input. */
  static async restore(
    cluster: Cluster,
    changelog: TopicPartition,
    input: InputOffsets,
    signal: AbortSignal,
  ): Promise<TaskState> {
    const { topic, partition } = changelog
    const state = new TaskState(topic, partition)
    const reader = new InputOffsetsReader()
    for await (const record of readPartition(cluster, topic, partition, signal)) {
      const [name = '', ...rest] = (record.keyText ?? '').split(SEPARATOR)
      const key = rest.join(SEPARATOR)
      if (isAhead(reader.read(record), input)) listOf(state.#leftOut, name, () => new Set<string>()).add(key)
      else {
        const { valueText } = record
        const value = valueText === null ? null : (JSON.parse(valueText) as Json)
        listOf(state.#restored, name, (): StoreChange[] => []).push({ key, value })
      }
    }
    return state
  }

  /** The store of a step; what the changelog says of it is in it already. */
  store<T>(step: number, definition: StoreDefinition<T>): Store<T> {
    const name = `${step}.${definition.name}`
    const store = createMemoryStore(definition)
    for (const change of this.#restored.get(name) ?? []) store.restore(change)
    for (const key of this.#leftOut.get(name) ?? []) store.touch(key)
    this.#restored.delete(name)
    this.#leftOut.delete(name)
    this.#stores.set(name, store)
    return store
  }

  /**
   * Writes what has changed since the last call, by which the input was processed up to these offsets; durable with the
   * next flush of the producer.
   */
  write(producer: Producer, input: InputOffsets, nowMs: number): void {
    const headers = encodeInputOffsets(input)
    for (const [name, store] of this.#stores) {
      for (const { key, value } of store.drain()) {
        void producer.append(this.#topic, this.#partition, {
          timestamp: nowMs,
          key: `${name}${SEPARATOR}${key}`,
          value: value === null ? null : JSON.stringify(value),
          headers,
        })
      }
    }
  }
}

function listOf<T>(lists: Map<string, T>, name: string, create: () => T): T {
  const list = lists.get(name) ?? create()
  lists.set(name, list)
  return list
}
