import type { FrameMemory } from '../protocol/frame-memory.ts'
import type { PartitionLog } from './partition-log.ts'
import type { TailBatch } from './tail.ts'

interface TailMemoryOptions {
  readonly maxBytes: number
  readonly memory: FrameMemory
  /** Moves durable batches of the log to its segments. */
  flush(log: PartitionLog): Promise<void>
  /** Resolves when everything appended so far is durable, so that it can be moved. */
  untilDurable(): Promise<void>
  onError(error: Error): void
}

/**
 * Keeps the tails of all logs together within a bound: the oldest batch of all goes first, and where it stands nowhere
 * but in the journal yet, its log is flushed before.
 *
 * Batches are views of the requests that brought them, so what counts is the memory that they keep alive: all of a
 * request for as long as one of its batches is here.
 */
export class TailMemory {
  readonly #options: TailMemoryOptions
  /** One entry per batch in memory, oldest first. */
  #queue: (PartitionLog | undefined)[] = []
  #head = 0
  #bytes = 0
  /** How many batches keep a piece of memory alive. */
  readonly #keepers = new Map<ArrayBufferLike, number>()
  #isReclaiming = false
  readonly #forgotten = new WeakSet<PartitionLog>()

  constructor(options: TailMemoryOptions) {
    this.#options = options
  }

  /** True when the disk is so far behind that memory would grow without bound. */
  get isOverCommitted(): boolean {
    return this.#bytes > this.#options.maxBytes * 2
  }

  /** Counts a batch that was just added to the log's tail. */
  add(log: PartitionLog, batch: TailBatch): void {
    this.#queue.push(log)
    this.#keep(batch)
    if (this.#bytes > this.#options.maxBytes && !this.#isReclaiming) void this.#reclaim()
  }

  /** Counts what a log brings with it from recovery. */
  adopt(log: PartitionLog): void {
    for (const batch of log.tail.batches()) this.add(log, batch)
  }

  forget(log: PartitionLog): void {
    this.#forgotten.add(log)
    for (const batch of log.tail.batches()) {
      // The disk may be at work on it still, whoever else lets go: this is memory that is not used again.
      this.#options.memory.keep(batch.bytes)
      this.#discount(batch)
    }
  }

  async #reclaim(): Promise<void> {
    this.#isReclaiming = true
    try {
      while (this.#bytes > this.#options.maxBytes && this.#head < this.#queue.length) await this.#dropOne()
    } catch (error) {
      this.#options.onError(error instanceof Error ? error : new Error(String(error)))
    } finally {
      this.#isReclaiming = false
    }
  }

  async #dropOne(): Promise<void> {
    const log = this.#queue[this.#head]
    if (log !== undefined && !this.#forgotten.has(log)) {
      let dropped = log.tail.dropOldest()
      if (dropped === null) {
        await this.#options.untilDurable()
        await this.#options.flush(log)
        dropped = log.tail.dropOldest()
      }
      if (this.#forgotten.has(log)) return
      if (dropped !== null && this.#discount(dropped)) this.#options.memory.letGo(dropped.bytes)
    }
    this.#queue[this.#head] = undefined
    this.#head += 1
    if (this.#head > 1024 && this.#head * 2 > this.#queue.length) {
      this.#queue = this.#queue.slice(this.#head)
      this.#head = 0
    }
  }

  #keep({ bytes }: TailBatch): void {
    const keepers = this.#keepers.get(bytes.buffer) ?? 0
    if (keepers === 0) {
      this.#bytes += bytes.buffer.byteLength
      this.#options.memory.keep(bytes)
    }
    this.#keepers.set(bytes.buffer, keepers + 1)
  }

  /** True when it was the last batch that lies in its piece of memory. */
  #discount({ bytes: { buffer } }: TailBatch): boolean {
    const keepers = this.#keepers.get(buffer) ?? 1
    if (keepers > 1) {
      this.#keepers.set(buffer, keepers - 1)
      return false
    }
    this.#keepers.delete(buffer)
    this.#bytes -= buffer.byteLength
    return true
  }
}
