const TWO_32 = 0x1_0000_0000

/** From this size on, a byte string is passed on as its own chunk instead of being copied. */
const CHUNK_BYTES = 4096

const FRAME_SIZE_BYTES = 4

/**
 * Writes Kafka's primitive types. The result is a list of chunks: small values are gathered in buffers of its own,
 * large byte strings (record batches) stand in the list as they were given, uncopied.
 */
export class Writer {
  #chunks: Buffer[] = []
  #buffer: Buffer
  #start = 0
  #position = 0
  #chunkBytes = 0

  constructor(initialBytes = 256) {
    this.#buffer = Buffer.allocUnsafe(initialBytes)
  }

  /** A writer whose result is a frame: see `frame`. */
  static ofFrame(): Writer {
    const writer = new Writer()
    writer.int32(0)
    return writer
  }

  /** Bytes written so far. */
  get size(): number {
    return this.#chunkBytes + this.#position - this.#start
  }

  #reserve(size: number): number {
    const at = this.#position
    if (at + size > this.#buffer.length) return this.#grow(size)
    this.#position = at + size
    return at
  }

  #grow(size: number): number {
    this.#closeChunk()
    this.#buffer = Buffer.allocUnsafe(Math.max(size, Math.min(this.#buffer.length * 2, 65_536)))
    this.#start = 0
    this.#position = size
    return 0
  }

  #closeChunk(): void {
    if (this.#position === this.#start) return
    this.#pushChunk(this.#buffer.subarray(this.#start, this.#position))
    this.#start = this.#position
  }

  #pushChunk(chunk: Buffer): void {
    this.#chunks.push(chunk)
    this.#chunkBytes += chunk.length
  }

  boolean(value: boolean): void {
    this.int8(value ? 1 : 0)
  }

  int8(value: number): void {
    const at = this.#reserve(1)
    this.#buffer.writeInt8(value, at)
  }

  int16(value: number): void {
    const at = this.#reserve(2)
    this.#buffer.writeInt16BE(value, at)
  }

  int32(value: number): void {
    const at = this.#reserve(4)
    this.#buffer.writeInt32BE(value, at)
  }

  int64(value: number): void {
    const at = this.#reserve(8)
    this.#buffer.writeInt32BE(Math.floor(value / TWO_32), at)
    this.#buffer.writeUInt32BE(value - Math.floor(value / TWO_32) * TWO_32, at + 4)
  }

  uuid(value: string): void {
    const at = this.#reserve(16)
    const written = this.#buffer.write(value.replaceAll('-', ''), at, 16, 'hex')
    if (written !== 16) throw new RangeError(`not a UUID: ${value}`)
  }

  unsignedVarint(value: number): void {
    let rest = value
    while (rest >= 0x80) {
      this.#byte((rest % 128) | 0x80)
      rest = Math.floor(rest / 128)
    }
    this.#byte(rest)
  }

  #byte(value: number): void {
    const at = this.#reserve(1)
    this.#buffer[at] = value
  }

  text(value: string, size: number): void {
    const at = this.#reserve(size)
    this.#buffer.write(value, at, size, 'utf8')
  }

  bytes(value: Uint8Array): void {
    if (value.length < CHUNK_BYTES) {
      const at = this.#reserve(value.length)
      this.#buffer.set(value, at)
      return
    }
    this.#closeChunk()
    this.#pushChunk(Buffer.isBuffer(value) ? value : Buffer.from(value.buffer, value.byteOffset, value.byteLength))
  }

  /** Everything written, in order. The writer must not be used afterwards. */
  chunks(): readonly Buffer[] {
    this.#closeChunk()
    return this.#chunks
  }

  /** As `chunks`; the first four bytes, which `ofFrame` has left free, say how many follow. */
  frame(): readonly Buffer[] {
    const chunks = this.chunks()
    chunks[0]?.writeInt32BE(this.size - FRAME_SIZE_BYTES)
    return chunks
  }

  /** Everything written, as one buffer. */
  toBuffer(): Buffer {
    const chunks = this.chunks()
    return chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks)
  }
}
