import { ProtocolError } from './protocol-error.ts'

const SIZE_BYTES = 4
/** Pieces are joined up to this size. */
const SMALL_BYTES = 4096

/**
 * Cuts the bytes of a connection into frames: a 32-bit size, then so many bytes. Memory is taken for what has arrived,
 * never for what a size announces. A frame that came in one piece is a view of it.
 */
export class FrameReader {
  readonly #maxBytes: number
  #chunks: Buffer[] = []
  #bytes = 0

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes
  }

  /** Bytes of a frame that has not ended yet. */
  get pendingBytes(): number {
    return this.#bytes
  }

  push(chunk: Buffer): void {
    this.#chunks.push(chunk)
    this.#bytes += chunk.length
    this.#joinSmall()
  }

  /** Joins pieces of like size, so that there are few of them however a client cuts its bytes, and each is copied little. */
  #joinSmall(): void {
    for (;;) {
      const [before, last] = this.#chunks.slice(-2)
      if (before === undefined || last === undefined) return
      if (before.length > SMALL_BYTES || last.length < before.length) return
      this.#chunks.splice(-2, 2, Buffer.concat([before, last]))
    }
  }

  /** The next whole frame, without its size, or null. Throws ProtocolError when the size cannot be right. */
  next(): Buffer | null {
    if (this.#bytes < SIZE_BYTES) return null
    const size = this.#peekSize()
    if (size < 0 || size > this.#maxBytes) {
      throw new ProtocolError('frame-too-large', `a frame of ${size} bytes, the limit is ${this.#maxBytes}`)
    }
    if (this.#bytes < SIZE_BYTES + size) return null
    return this.#take(SIZE_BYTES + size).subarray(SIZE_BYTES)
  }

  #peekSize(): number {
    const first = this.#chunks[0]
    if (first !== undefined && first.length >= SIZE_BYTES) return first.readInt32BE(0)
    const joined = Buffer.concat(this.#chunks)
    this.#chunks = [joined]
    return joined.readInt32BE(0)
  }

  #take(size: number): Buffer {
    const first = this.#chunks[0] ?? Buffer.alloc(0)
    const whole = first.length >= size ? first : Buffer.concat(this.#chunks)
    const rest = whole.subarray(size)
    this.#bytes -= size
    if (whole === first) this.#chunks.shift()
    else this.#chunks = []
    if (rest.length > 0) this.#chunks.unshift(rest)
    return whole.subarray(0, size)
  }
}
