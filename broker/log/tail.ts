import type { BatchHeader } from '../protocol/record-batch.ts'

/** A batch in memory. */
export interface TailBatch {
  readonly header: BatchHeader
  readonly bytes: Buffer
  readonly lastOffset: number
  readonly appendedMs: number
}

/**
 * The newest batches of a partition, in memory: first those that stand in a segment as well and are kept for readers,
 * then those that so far stand only in the journal.
 */
export class Tail {
  #batches: (TailBatch | undefined)[] = []
  /** Batches before this index were dropped; the array is shortened now and then. */
  #head = 0
  #flushed = 0
  #unflushedBytes = 0

  /** Bytes that stand only in the journal. */
  get unflushedBytes(): number {
    return this.#unflushedBytes
  }

  get isEmpty(): boolean {
    return this.#head === this.#batches.length
  }

  /** The first offset that can be read from memory, or null. */
  get firstOffset(): number | null {
    return this.#batches[this.#head]?.header.baseOffset ?? null
  }

  push(batch: TailBatch): void {
    this.#batches.push(batch)
    this.#unflushedBytes += batch.bytes.length
  }

  /** All batches in memory, oldest first. */
  batches(): readonly TailBatch[] {
    return this.#slice(this.#head, this.#batches.length)
  }

  /** Batches that stand only in the journal, up to the first that reaches `limitOffset`. */
  unflushed(limitOffset: number): readonly TailBatch[] {
    let end = this.#flushed
    while (end < this.#batches.length && (this.#batches[end]?.lastOffset ?? limitOffset) < limitOffset) end += 1
    return this.#slice(this.#flushed, end)
  }

  /** The first `count` of the unflushed batches stand in a segment now. */
  markFlushed(count: number): void {
    for (const batch of this.#slice(this.#flushed, this.#flushed + count)) this.#unflushedBytes -= batch.bytes.length
    this.#flushed += count
  }

  /** Drops the oldest batch; null when it stands nowhere else yet, or there is none. */
  dropOldest(): TailBatch | null {
    const oldest = this.#batches[this.#head]
    if (oldest === undefined || this.#head >= this.#flushed) return null
    this.#batches[this.#head] = undefined
    this.#head += 1
    if (this.#head > 64 && this.#head * 2 > this.#batches.length) {
      this.#batches = this.#batches.slice(this.#head)
      this.#flushed -= this.#head
      this.#head = 0
    }
    return oldest
  }

  /** Batches from the one that holds `offset` on, below `limitOffset`, of about `maxBytes`; at least one if there is. */
  read(offset: number, limitOffset: number, maxBytes: number): readonly TailBatch[] {
    const start = this.#indexOf(offset)
    let end = start
    let bytes = 0
    for (; end < this.#batches.length; end += 1) {
      const batch = this.#batches[end]
      if (batch === undefined || batch.lastOffset >= limitOffset) break
      if (end > start && bytes + batch.bytes.length > maxBytes) break
      bytes += batch.bytes.length
    }
    return this.#slice(start, end)
  }

  #slice(start: number, end: number): readonly TailBatch[] {
    return this.#batches.slice(start, end).filter((batch) => batch !== undefined)
  }

  #indexOf(offset: number): number {
    let low = this.#head
    let high = this.#batches.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#batches[middle]?.lastOffset ?? 0) < offset) low = middle + 1
      else high = middle
    }
    return low
  }
}
