import type { Json } from '../../schemas/json.ts'

/** How a step's state looks in its changelog topic. */
export interface StoreDefinition<T> {
  /** Unique within the node. */
  readonly name: string
  encode(value: T): Json
  decode(json: Json): T
}

/**
 * Keyed state of one step on one partition. Every change is also a record of the changelog topic, in the same commit
 * as the output that it belongs to; after a crash the store is rebuilt from there.
 */
export interface Store<T> {
  get(key: string): T | undefined
  set(key: string, value: T): void
  delete(key: string): void
  /** Oldest change first. */
  entries(): Iterable<readonly [key: string, value: T]>
  readonly size: number
}
