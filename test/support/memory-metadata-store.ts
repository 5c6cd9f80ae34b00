import type { Json } from '../../schemas/json.ts'
import type { MetadataChange, MetadataStore } from '../../broker/log/metadata-store.ts'

interface HeldWrite {
  readonly changes: readonly MetadataChange[]
  readonly resolve: () => void
  readonly reject: (error: Error) => void
}

/**
 * A metadata store in memory with a disk that can be watched and disturbed: writes may be held back until they are let
 * go, and may fail. `crash` gives the store that a restart would find: only what had become durable.
 */
export class MemoryMetadataStore implements MetadataStore {
  readonly #visible: Map<string, Json>
  readonly #durable: Map<string, Json>
  readonly #held: HeldWrite[] = []
  #isHolding = false
  #failures = 0

  constructor(durable: ReadonlyMap<string, Json> = new Map()) {
    this.#visible = new Map(durable)
    this.#durable = new Map(durable)
  }

  get(key: string): Json | undefined {
    return this.#visible.get(key)
  }

  *entries(prefix: string): Iterable<readonly [key: string, value: Json]> {
    for (const entry of this.#visible) if (entry[0].startsWith(prefix)) yield entry
  }

  write(changes: readonly MetadataChange[]): Promise<void> {
    // As the journal does: what cannot be written as JSON text is noticed here.
    const copies = JSON.parse(JSON.stringify(changes)) as MetadataChange[]
    apply(this.#visible, copies)
    if (this.#failures > 0) {
      this.#failures -= 1
      return Promise.reject(new Error('the disk is full'))
    }
    const written = new Promise<void>((resolve, reject) => this.#held.push({ changes: copies, resolve, reject }))
    if (!this.#isHolding) this.release()
    return written
  }

  /** From now on writes wait for `release`. */
  hold(): void {
    this.#isHolding = true
  }

  get heldWrites(): number {
    return this.#held.length
  }

  /** Makes the first `count` waiting writes durable, in order; all of them, and those to come, without a count. */
  release(count?: number): void {
    if (count === undefined) this.#isHolding = false
    for (const { changes, resolve } of this.#held.splice(0, count ?? this.#held.length)) {
      apply(this.#durable, changes)
      resolve()
    }
  }

  /** The newest waiting write is reported first, as nothing forbids a disk to do. */
  releaseNewest(): void {
    const newest = this.#held.pop()
    if (newest === undefined) return
    apply(this.#durable, newest.changes)
    newest.resolve()
  }

  /** The first waiting write fails. */
  failHeld(): void {
    this.#held.shift()?.reject(new Error('the disk is full'))
  }

  /** The next `count` writes fail at once. */
  failNext(count = 1): void {
    this.#failures = count
  }

  durable(key: string): Json | undefined {
    return this.#durable.get(key)
  }

  get durableKeys(): readonly string[] {
    return [...this.#durable.keys()].sort()
  }

  /** What is on the disk now. Writes that still wait are lost, and nobody ever hears of them. */
  crash(): MemoryMetadataStore {
    this.#held.length = 0
    return new MemoryMetadataStore(this.#durable)
  }
}

function apply(entries: Map<string, Json>, changes: readonly MetadataChange[]): void {
  for (const { key, value } of changes) {
    if (value === null) entries.delete(key)
    else entries.set(key, value)
  }
}
