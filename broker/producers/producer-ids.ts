import type { MetadataStore } from '../log/metadata-store.ts'

const KEY = 'next-producer-id'
/** Ids that are made durable at once; a crash wastes the rest of its block. */
const BLOCK = 1000

/** Gives out producer ids that no producer has ever had, nor will have. */
export class ProducerIds {
  readonly #store: MetadataStore
  #next: number
  #reserved: number
  #reserving: Promise<void> | null = null

  constructor(store: MetadataStore) {
    this.#store = store
    this.#next = Number(store.get(KEY) ?? 1)
    this.#reserved = this.#next
  }

  /** Resolves with an id when it is durable that it is taken. */
  async allocate(): Promise<number> {
    while (this.#next >= this.#reserved) {
      this.#reserving ??= this.#reserve()
      await this.#reserving
    }
    const id = this.#next
    this.#next += 1
    return id
  }

  async #reserve(): Promise<void> {
    const reserved = this.#reserved + BLOCK
    try {
      await this.#store.write([{ key: KEY, value: reserved }])
      this.#reserved = reserved
    } finally {
      this.#reserving = null
    }
  }
}
