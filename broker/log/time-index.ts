const ENTRY_BYTES = 12
const TWO_32 = 0x1_0000_0000

interface TimeEntry {
  readonly maxTimestamp: number
  readonly relativeOffset: number
}

/**
 * The highest event time up to some of a segment's batches: an entry (time, offset of the batch that has it) for about
 * every 4 KiB in which the maximum rose. Kept as Kafka keeps its `.timeindex` files, 8 + 4 bytes big-endian.
 */
export class TimeIndex {
  readonly #entries: TimeEntry[] = []
  #maxTimestamp = Number.NEGATIVE_INFINITY

  get maxTimestamp(): number {
    return this.#maxTimestamp
  }

  add(maxTimestamp: number, relativeOffset: number): void {
    if (maxTimestamp <= this.#maxTimestamp) return
    this.#maxTimestamp = maxTimestamp
    this.#entries.push({ maxTimestamp, relativeOffset })
  }

  /** A relative offset before which no record of the segment has this time or a later one. */
  lowerBound(timestamp: number): number {
    let low = 0
    let high = this.#entries.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#entries[middle]?.maxTimestamp ?? 0) < timestamp) low = middle + 1
      else high = middle
    }
    return low === 0 ? 0 : (this.#entries[low - 1]?.relativeOffset ?? 0)
  }

  /** Forgets entries of batches at or behind the relative offset. */
  truncate(relativeOffset: number): void {
    while ((this.#entries.at(-1)?.relativeOffset ?? -1) >= relativeOffset) this.#entries.pop()
    this.#maxTimestamp = this.#entries.at(-1)?.maxTimestamp ?? Number.NEGATIVE_INFINITY
  }

  encode(): Buffer {
    const encoded = Buffer.allocUnsafe(this.#entries.length * ENTRY_BYTES)
    for (const [i, { maxTimestamp, relativeOffset }] of this.#entries.entries()) {
      const high = Math.floor(maxTimestamp / TWO_32)
      encoded.writeInt32BE(high, i * ENTRY_BYTES)
      encoded.writeUInt32BE(maxTimestamp - high * TWO_32, i * ENTRY_BYTES + 4)
      encoded.writeUInt32BE(relativeOffset, i * ENTRY_BYTES + 8)
    }
    return encoded
  }

  /** Null when the bytes are no time index: times and offsets must rise. */
  static decode(encoded: Buffer): TimeIndex | null {
    if (encoded.length % ENTRY_BYTES !== 0) return null
    const index = new TimeIndex()
    let lastOffset = -1
    for (let at = 0; at < encoded.length; at += ENTRY_BYTES) {
      const timestamp = encoded.readInt32BE(at) * TWO_32 + encoded.readUInt32BE(at + 4)
      const relativeOffset = encoded.readUInt32BE(at + 8)
      if (timestamp <= index.#maxTimestamp || relativeOffset <= lastOffset) return null
      index.add(timestamp, relativeOffset)
      lastOffset = relativeOffset
    }
    return index
  }
}
