import { isJsonObject, type Json } from '../../schemas/json.ts'
import { StoplogError } from '../../schemas/stoplog-error.ts'
import { PROCESSOR_LIMITS } from '../limits.ts'
import type { Store, StoreDefinition } from './store.ts'

/** One record for the changelog topic; a null value says that the key is gone. */
export interface StoreChange {
  readonly key: string
  readonly value: Json | null
}

/** A store in memory, with what the runtime needs to keep it: changes to write, and the way back from them. */
export interface MemoryStore<T> extends Store<T> {
  /** The last state of each key that has changed since the last call, in the order of their last changes. */
  drain(): readonly StoreChange[]
  /** Takes in one record of the changelog, in the order of the topic. What is restored counts as written. */
  restore(change: StoreChange): void
  /** Counts a key as changed, so that what it holds, or that it is not there, is written again. */
  touch(key: string): void
  /** Estimated memory of keys and values. */
  readonly bytes: number
}

export interface StoreLimits {
  readonly maxEntries: number
  readonly maxBytes: number
}

const DEFAULT_LIMITS: StoreLimits = {
  maxEntries: PROCESSOR_LIMITS.maxStoreEntries.default,
  maxBytes: PROCESSOR_LIMITS.maxStoreBytes.default,
}

/** Map entry, objects and pointers around a key and its value. */
const ENTRY_BYTES = 120

interface Entry<T> {
  readonly value: T
  readonly bytes: number
}

/** Creates an empty store. `set` throws E_STATE_FULL, and changes nothing, when an entry would go beyond a limit. */
export function createMemoryStore<T>(
  definition: StoreDefinition<T>,
  limits: StoreLimits = DEFAULT_LIMITS,
): MemoryStore<T> {
  return new MapStore(definition, limits)
}

class MapStore<T> implements MemoryStore<T> {
  readonly #definition: StoreDefinition<T>
  readonly #limits: StoreLimits
  readonly #entries = new Map<string, Entry<T>>()
  #changes = new Map<string, Json | null>()
  #bytes = 0

  constructor(definition: StoreDefinition<T>, limits: StoreLimits) {
    this.#definition = definition
    this.#limits = limits
  }

  get size(): number {
    return this.#entries.size
  }

  get bytes(): number {
    return this.#bytes
  }

  get(key: string): T | undefined {
    return this.#entries.get(key)?.value
  }

  set(key: string, value: T): void {
    const json = this.#definition.encode(value)
    const bytes = ENTRY_BYTES + 2 * key.length + estimatedBytes(json)
    const known = this.#entries.get(key)
    this.#checkRoom(known, bytes)
    this.#put(key, { value, bytes }, known)
    // The newest change goes to the end, so that a changelog is written in the order of last changes.
    this.#changes.delete(key)
    this.#changes.set(key, json)
  }

  delete(key: string): void {
    if (!this.#remove(key, this.#entries.get(key))) return
    this.#changes.delete(key)
    this.#changes.set(key, null)
  }

  *entries(): Iterable<readonly [key: string, value: T]> {
    for (const [key, { value }] of this.#entries) yield [key, value]
  }

  drain(): readonly StoreChange[] {
    const changes = [...this.#changes].map(([key, value]) => ({ key, value }))
    this.#changes = new Map()
    return changes
  }

  restore({ key, value }: StoreChange): void {
    const known = this.#entries.get(key)
    if (value === null) this.#remove(key, known)
    else {
      const bytes = ENTRY_BYTES + 2 * key.length + estimatedBytes(value)
      this.#put(key, { value: this.#definition.decode(value), bytes }, known)
    }
  }

  touch(key: string): void {
    const entry = this.#entries.get(key)
    this.#changes.delete(key)
    this.#changes.set(key, entry === undefined ? null : this.#definition.encode(entry.value))
  }

  /** The entry goes to the end, whether its key is new or not. */
  #put(key: string, entry: Entry<T>, known: Entry<T> | undefined): void {
    this.#remove(key, known)
    this.#entries.set(key, entry)
    this.#bytes += entry.bytes
  }

  #remove(key: string, known: Entry<T> | undefined): boolean {
    if (known === undefined) return false
    this.#entries.delete(key)
    this.#bytes -= known.bytes
    return true
  }

  #checkRoom(known: Entry<T> | undefined, bytes: number): void {
    const { maxEntries, maxBytes } = this.#limits
    const { name } = this.#definition
    if (known === undefined && this.#entries.size >= maxEntries) {
      throw new StoplogError('E_STATE_FULL', `the store "${name}" holds ${maxEntries} keys, which is its limit`)
    }
    if (this.#bytes - (known?.bytes ?? 0) + bytes > maxBytes) {
      throw new StoplogError('E_STATE_FULL', `the store "${name}" holds ${this.#bytes} bytes; its limit is ${maxBytes}`)
    }
  }
}

/** Memory of a value, roughly: two bytes a character, eight a number, a few words for each list and field. */
function estimatedBytes(json: Json): number {
  if (typeof json === 'string') return 16 + 2 * json.length
  if (typeof json !== 'object' || json === null) return 8
  if (!isJsonObject(json)) return json.reduce((bytes: number, item) => bytes + 8 + estimatedBytes(item), 24)
  let bytes = 24
  for (const name of Object.keys(json)) bytes += 8 + 2 * name.length + estimatedBytes(json[name] ?? null)
  return bytes
}
