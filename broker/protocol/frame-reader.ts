import type { FrameMemory } from './frame-memory.ts'
import { ProtocolError } from './protocol-error.ts'

const SIZE_BYTES = 4
/** A frame gets its memory at once up to so many times what has come of it, and up to a least size. */
const AHEAD_OF_ARRIVAL = 8
const LEAST_BYTES = 16_384

/**
 * Cuts the bytes of a connection into frames: a 32-bit size, then so many bytes. Every byte is copied to its place in
 * the frame, so whoever hands over a chunk may use its memory again. Memory is taken for what has arrived, never for
 * what a size announces.
 */
export class FrameReader {
  readonly #maxBytes: number
  readonly #memory: FrameMemory | null
  readonly #ready: Buffer[] = []
  readonly #size = Buffer.alloc(SIZE_BYTES)
  #sizeFilled = 0
  #announcedBytes = 0
  /** Of the frame that has begun; null between two frames. */
  #frame: Buffer | null = null
  #filled = 0
  #pendingBytes = 0
  #failure: ProtocolError | null = null

  /** Without a memory, frames get new memory each. */
  constructor(maxBytes: number, memory: FrameMemory | null = null) {
    this.#maxBytes = maxBytes
    this.#memory = memory
  }

  /** Bytes of frames that were not taken yet, whole or not. */
  get pendingBytes(): number {
    return this.#pendingBytes
  }

  push(chunk: Buffer): void {
    this.#pendingBytes += chunk.length
    let at = 0
    while (at < chunk.length && this.#failure === null) {
      at += this.#frame === null ? this.#takeSize(chunk, at) : this.#takeContent(this.#frame, chunk, at)
    }
  }

  /** The next whole frame, without its size, or null. Throws ProtocolError when the size cannot be right. */
  next(): Buffer | null {
    const frame = this.#ready.shift()
    if (frame === undefined) {
      if (this.#failure !== null) throw this.#failure
      return null
    }
    this.#pendingBytes -= SIZE_BYTES + frame.length
    return frame
  }

  #takeSize(chunk: Buffer, at: number): number {
    const taken = chunk.copy(this.#size, this.#sizeFilled, at, at + SIZE_BYTES - this.#sizeFilled)
    this.#sizeFilled += taken
    if (this.#sizeFilled < SIZE_BYTES) return taken
    this.#sizeFilled = 0
    this.#announcedBytes = this.#size.readInt32BE(0)
    if (this.#announcedBytes < 0 || this.#announcedBytes > this.#maxBytes) {
      const message = `a frame of ${this.#announcedBytes} bytes, the limit is ${this.#maxBytes}`
      this.#failure = new ProtocolError('frame-too-large', message)
    } else this.#begin(chunk.length - at - taken)
    return taken
  }

  #begin(arrivedBytes: number): void {
    this.#filled = 0
    this.#frame = this.#take(this.#roomFor(arrivedBytes))
    if (this.#announcedBytes === 0) this.#end(this.#frame)
  }

  #takeContent(begun: Buffer, chunk: Buffer, at: number): number {
    let frame = begun
    if (this.#filled === frame.length) {
      frame = this.#take(this.#roomFor(this.#filled + chunk.length - at))
      begun.copy(frame)
      this.#memory?.letGo(begun)
      this.#frame = frame
    }
    const taken = chunk.copy(frame, this.#filled, at)
    this.#filled += taken
    if (this.#filled === this.#announcedBytes) this.#end(frame)
    return taken
  }

  #take(bytes: number): Buffer {
    return this.#memory === null ? Buffer.allocUnsafe(bytes) : this.#memory.take(bytes)
  }

  #roomFor(arrivedBytes: number): number {
    return Math.min(this.#announcedBytes, Math.max(arrivedBytes * AHEAD_OF_ARRIVAL, LEAST_BYTES))
  }

  #end(frame: Buffer): void {
    this.#ready.push(frame)
    this.#frame = null
  }
}
