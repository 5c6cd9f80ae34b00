/** Grows in steps; two unsigned 32-bit numbers per entry. */
const INITIAL_ENTRIES = 64
const ENTRY_BYTES = 8

/**
 * Where in a segment's file some of its batches begin: for about every 4 KiB an entry (offset relative to the
 * segment's base, position). Kept as Kafka keeps its `.index` files, 4 + 4 bytes big-endian, without a checksum: it is
 * rebuilt from the log whenever it does not make sense.
 */
export class SparseIndex {
  #entries = new Uint32Array(INITIAL_ENTRIES * 2)
  #count = 0

  get count(): number {
    return this.#count
  }

  add(relativeOffset: number, position: number): void {
    if (this.#count * 2 === this.#entries.length) {
      const grown = new Uint32Array(this.#entries.length * 2)
      grown.set(this.#entries)
      this.#entries = grown
    }
    this.#entries[this.#count * 2] = relativeOffset
    this.#entries[this.#count * 2 + 1] = position
    this.#count += 1
  }

  /** Position of the last indexed batch that begins at or before the offset; 0 when there is none. */
  floor(relativeOffset: number): number {
    let low = 0
    let high = this.#count
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#entries[middle * 2] ?? 0) <= relativeOffset) low = middle + 1
      else high = middle
    }
    return low === 0 ? 0 : (this.#entries[low * 2 - 1] ?? 0)
  }

  /** Relative offset of the batch that an entry says begins at the position; 0 for the beginning of the file. */
  offsetAt(position: number): number {
    for (let entry = this.#count - 1; entry >= 0; entry -= 1) {
      if (this.#entries[entry * 2 + 1] === position) return this.#entries[entry * 2] ?? 0
    }
    return 0
  }

  /** Position of the last entry that lies at or before the position; from there the log can be read again. */
  lastPositionBefore(position: number): number {
    for (let entry = this.#count - 1; entry >= 0; entry -= 1) {
      const at = this.#entries[entry * 2 + 1] ?? 0
      if (at <= position) return at
    }
    return 0
  }

  /** Forgets entries at or behind the position. */
  truncate(position: number): void {
    while (this.#count > 0 && (this.#entries[this.#count * 2 - 1] ?? 0) >= position) this.#count -= 1
  }

  encode(): Buffer {
    const encoded = Buffer.allocUnsafe(this.#count * ENTRY_BYTES)
    for (let i = 0; i < this.#count * 2; i += 1) encoded.writeUInt32BE(this.#entries[i] ?? 0, i * 4)
    return encoded
  }

  /** Null when the bytes are no index of a file of this size: entries must rise and stay inside. */
  static decode(encoded: Buffer, fileBytes: number): SparseIndex | null {
    if (encoded.length % ENTRY_BYTES !== 0) return null
    const index = new SparseIndex()
    let lastOffset = -1
    let lastPosition = -1
    for (let at = 0; at < encoded.length; at += ENTRY_BYTES) {
      const offset = encoded.readUInt32BE(at)
      const position = encoded.readUInt32BE(at + 4)
      if (offset <= lastOffset || position <= lastPosition) return null
      if (position >= fileBytes) break
      index.add(offset, position)
      lastOffset = offset
      lastPosition = position
    }
    return index
  }
}
