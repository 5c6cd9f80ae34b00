import { PROTOCOL_LIMITS } from './limits.ts'

/** Sizes are rounded up to steps, so that frames of about one size share their memory. Smaller ones are Node's. */
const STEP_BYTES = 16_384

/**
 * Memory of frames that is used again, because the runtime would go through all of the heap each time that 40 MB of
 * them have passed. Whoever looks at a piece keeps it (`keep`, `letGo`); when the last one has let go, the next frame is
 * read into it.
 *
 * To forget to let go is no fault: such memory is not used again, and is collected as any other. To let go too early
 * would give somebody the bytes of another frame; a count below zero throws.
 */
export class FrameMemory {
  readonly #maxFreeBytes: number
  /** What nobody keeps, by size. */
  readonly #free = new Map<number, ArrayBufferLike[]>()
  #freeBytes = 0
  /** How many keep a piece; only of the pieces that are used again. */
  readonly #keepers = new WeakMap<ArrayBufferLike, number>()

  /** Told of memory that nobody keeps any more; a test writes over it, and so sees who still looks at it. */
  onFree: (memory: ArrayBufferLike) => void = () => undefined

  constructor(maxFreeBytes: number = PROTOCOL_LIMITS.freeFrameBytes.default) {
    this.#maxFreeBytes = maxFreeBytes
  }

  /** Bytes that wait to be used again. */
  get freeBytes(): number {
    return this.#freeBytes
  }

  /** Memory of this length with whatever stands in it, kept by the caller. */
  take(bytes: number): Buffer {
    if (bytes < STEP_BYTES) return Buffer.allocUnsafe(bytes)
    const size = Math.ceil(bytes / STEP_BYTES) * STEP_BYTES
    const used = this.#free.get(size)?.pop()
    if (used !== undefined) this.#freeBytes -= size
    const memory = used ?? Buffer.allocUnsafeSlow(size).buffer
    this.#keepers.set(memory, 1)
    return Buffer.from(memory, 0, bytes)
  }

  /** Keeps the piece that the bytes lie in, for one more. */
  keep({ buffer }: Uint8Array): void {
    const keepers = this.#keepers.get(buffer)
    if (keepers === undefined) return
    if (keepers === 0) throw new Error('memory of a frame was kept after everybody had let go of it')
    this.#keepers.set(buffer, keepers + 1)
  }

  /** One that kept the piece that the bytes lie in does not look at it any more. */
  letGo({ buffer }: Uint8Array): void {
    const keepers = this.#keepers.get(buffer)
    if (keepers === undefined) return
    if (keepers === 0) throw new Error('memory of a frame was let go more often than it was kept')
    this.#keepers.set(buffer, keepers - 1)
    if (keepers > 1) return
    this.onFree(buffer)
    this.#giveBack(buffer)
  }

  #giveBack(memory: ArrayBufferLike): void {
    const size = memory.byteLength
    if (size > this.#maxFreeBytes) return
    if (this.#freeBytes + size > this.#maxFreeBytes) {
      // Most of it is of sizes that nobody asks for now.
      this.#free.clear()
      this.#freeBytes = 0
    }
    this.#freeBytes += size
    const alike = this.#free.get(size)
    if (alike === undefined) this.#free.set(size, [memory])
    else alike.push(memory)
  }
}
