import { lastOffsetOf, placeBatch, readBatchHeader, type BatchHeader } from '../protocol/record-batch.ts'
import type { FrameMemory } from '../protocol/frame-memory.ts'
import type { ProducerState } from './producer-state.ts'
import { LEADER_EPOCH, type SegmentFault } from './segment-recovery.ts'
import { Segment, segmentFileName } from './segment.ts'
import { SparseIndex } from './sparse-index.ts'
import type { Storage } from './storage.ts'
import { Tail, type TailBatch } from './tail.ts'
import { TimeIndex } from './time-index.ts'

/** The part of a topic's configuration that its logs act on. */
export interface LogConfig {
  readonly segmentBytes: number
  readonly segmentMs: number
  /** Infinity: kept for ever. */
  readonly retentionMs: number
  readonly retentionBytes: number
}

interface PartitionLogParts {
  readonly storage: Storage
  /** What appended batches may lie in. */
  readonly memory: FrameMemory
}

/** Batches as they were read, in order. */
export interface LogReading {
  readonly chunks: readonly Buffer[]
  /** Nobody looks at the chunks any more: their memory may be used again. At most once; without it, it never is. */
  readonly release: () => void
}

export interface PartitionLogStart {
  readonly logId: number
  readonly folder: string
  readonly segments: readonly Segment[]
  readonly startOffset: number
  readonly fault: SegmentFault | null
  readonly producers: ProducerState
}

/**
 * The records of one partition: segments on disk, and the newest batches in memory. Offsets are given out by `append`;
 * readers see what is below `highWatermark`, which moves when the journal says that a batch is durable. Invariant 1.
 */
export class PartitionLog {
  readonly logId: number
  readonly folder: string
  readonly producers: ProducerState
  readonly tail = new Tail()
  config: LogConfig
  readonly #storage: Storage
  readonly #memory: FrameMemory
  readonly #watchers = new Set<() => void>()
  #segments: Segment[]
  #startOffset: number
  #nextOffset: number
  #highWatermark: number
  #fault: SegmentFault | null
  #work: Promise<void> = Promise.resolve()

  constructor({ storage, memory }: PartitionLogParts, config: LogConfig, start: PartitionLogStart) {
    this.#storage = storage
    this.#memory = memory
    this.config = config
    this.logId = start.logId
    this.folder = start.folder
    this.producers = start.producers
    this.#segments = [...start.segments]
    this.#nextOffset = Math.max(start.segments.at(-1)?.nextOffset ?? 0, start.startOffset)
    this.#highWatermark = this.#nextOffset
    this.#startOffset = start.startOffset
    this.#fault = start.fault
  }

  /** The first offset that can still be read. */
  get startOffset(): number {
    return this.#startOffset
  }

  /** The offset that the next record will have. */
  get nextOffset(): number {
    return this.#nextOffset
  }

  /** The offset after the last durable record: as far as readers may read. */
  get highWatermark(): number {
    return this.#highWatermark
  }

  /** What recovery found at the end of the log, if it was not whole. */
  get fault(): SegmentFault | null {
    return this.#fault
  }

  /** Damage to acknowledged records: the partition is served up to there and takes no writes. */
  get damage(): SegmentFault | null {
    return this.#fault?.action === 'damaged' ? this.#fault : null
  }

  /** The offset below which the segments alone hold everything, whatever becomes of the journal. */
  get syncedOffset(): number {
    return this.#segments.at(-1)?.syncedOffset ?? this.#startOffset
  }

  get segments(): readonly Segment[] {
    return this.#segments
  }

  get sizeBytes(): number {
    return this.#segments.reduce((sum, segment) => sum + segment.sizeBytes, 0) + this.tail.unflushedBytes
  }

  /** Gives a verified batch its offsets and keeps it in memory, as the view that it is. The caller writes it to the journal. */
  append(bytes: Buffer, nowMs: number): TailBatch {
    placeBatch(bytes, 0, this.#nextOffset, LEADER_EPOCH)
    return this.#take(readBatchHeader(bytes), bytes, nowMs)
  }

  /**
   * Takes back a batch that the journal has; one that already stands in a segment is passed over. A gap before it is
   * damage.
   */
  restore(bytes: Buffer, nowMs: number): void {
    const header = readBatchHeader(bytes)
    if (this.damage !== null) return
    if (header.baseOffset < this.#nextOffset) {
      if (header.producerId >= 0) this.producers.restore(header, nowMs)
      return
    }
    if (header.baseOffset > this.#nextOffset) {
      const reason = `records ${this.#nextOffset} to ${header.baseOffset - 1} are missing`
      this.#fault = { ...NO_FILE, offset: this.#nextOffset, reason, action: 'damaged' }
      return
    }
    this.#take(header, bytes, nowMs)
    this.markDurable(this.#nextOffset)
  }

  #take(header: BatchHeader, bytes: Buffer, nowMs: number): TailBatch {
    const batch: TailBatch = { header, bytes, lastOffset: lastOffsetOf(header), appendedMs: nowMs }
    this.tail.push(batch)
    this.#nextOffset = batch.lastOffset + 1
    if (header.producerId >= 0) this.producers.record(header, nowMs)
    return batch
  }

  /** Everything below the offset is on the disk, in the journal at least. */
  markDurable(nextOffset: number): void {
    if (nextOffset <= this.#highWatermark) return
    this.#highWatermark = nextOffset
    for (const watcher of this.#watchers) watcher()
  }

  /** Calls back whenever there is more to read. Returns how to stop that. */
  watch(watcher: () => void): () => void {
    this.#watchers.add(watcher)
    return () => void this.#watchers.delete(watcher)
  }

  /**
   * Whole batches from the one that holds `offset` on, below the high watermark, of about `maxBytes`, the first one
   * even when it is larger. The offset must lie between `startOffset` and `highWatermark`.
   */
  async read(offset: number, maxBytes: number, limitOffset = this.#highWatermark): Promise<LogReading> {
    if (offset >= limitOffset) return readingOf([])
    const firstInMemory = this.tail.firstOffset
    if (firstInMemory !== null && offset >= firstInMemory) {
      return this.#readTail(offset, maxBytes, limitOffset)
    }
    const segment = this.#segmentOf(offset)
    if (segment === undefined) return readingOf([])
    const bytes = await segment.read(offset, limitOffset, maxBytes)
    return readingOf(bytes.length === 0 ? [] : [bytes])
  }

  #readTail(offset: number, maxBytes: number, limitOffset: number): LogReading {
    const chunks = this.tail.read(offset, limitOffset, maxBytes).map(({ bytes }) => bytes)
    for (const chunk of chunks) this.#memory.keep(chunk)
    return readingOf(chunks, () => {
      for (const chunk of chunks) this.#memory.letGo(chunk)
    })
  }

  #segmentOf(offset: number): Segment | undefined {
    return this.#segments.findLast((segment) => segment.baseOffset <= offset && offset < segment.nextOffset)
  }

  /**
   * A durable offset at or before the first record whose time is not before `timestamp`; reading from there finds it.
   * The high watermark when there is none.
   */
  offsetBefore(timestamp: number): number {
    const segment = this.#segments.find(({ maxTimestamp }) => maxTimestamp >= timestamp)
    if (segment !== undefined) return Math.max(segment.offsetBefore(timestamp), this.#startOffset)
    return Math.min(this.tail.firstOffset ?? this.#highWatermark, this.#highWatermark)
  }

  /** Moves durable batches of memory into the segments. They stay readable from memory until they are dropped. */
  flush(nowMs: number): Promise<void> {
    return this.#exclusive(async () => {
      const batches = this.tail.unflushed(this.#highWatermark)
      let run: TailBatch[] = []
      let runBytes = 0
      for (const batch of batches) {
        runBytes += batch.bytes.length
        if (run.length > 0 && this.#wouldRoll(runBytes)) {
          await this.#appendRun(run, nowMs)
          run = []
          runBytes = batch.bytes.length
        }
        run.push(batch)
      }
      if (run.length > 0) await this.#appendRun(run, nowMs)
    })
  }

  #wouldRoll(bytes: number): boolean {
    return (this.#segments.at(-1)?.sizeBytes ?? 0) + bytes > this.config.segmentBytes
  }

  async #appendRun(run: readonly TailBatch[], nowMs: number): Promise<void> {
    const first = run[0]
    if (first === undefined) return
    let active = this.#segments.at(-1)
    const bytes = run.reduce((sum, batch) => sum + batch.bytes.length, 0)
    const isFull = active !== undefined && active.sizeBytes > 0 && active.sizeBytes + bytes > this.config.segmentBytes
    const isOld = active !== undefined && active.sizeBytes > 0 && nowMs - active.firstAppendedMs > this.config.segmentMs
    // After a loss the next offset may lie beyond the end of the last segment; offsets within one have no gaps.
    const isGap = active !== undefined && active.nextOffset !== first.header.baseOffset
    if (active === undefined || isFull || isOld || isGap) active = await this.#roll(first.header.baseOffset)
    await active.append(run, nowMs)
    this.tail.markFlushed(run.length)
  }

  async #roll(baseOffset: number): Promise<Segment> {
    await this.#segments.at(-1)?.seal()
    await this.#storage.makeFolder(this.folder)
    const file = await this.#storage.open(`${this.folder}/${segmentFileName(baseOffset, 'log')}`, 'create')
    await this.#storage.syncFolder(this.folder)
    const segment = new Segment(this.#storage, file, {
      folder: this.folder,
      baseOffset,
      nextOffset: baseOffset,
      sizeBytes: 0,
      index: new SparseIndex(),
      timeIndex: new TimeIndex(),
      firstAppendedMs: 0,
      lastAppendedMs: 0,
      isSynced: true,
    })
    this.#segments.push(segment)
    return segment
  }

  /** Makes durable, in the segments themselves, what `flush` has written. */
  sync(): Promise<void> {
    return this.#exclusive(async () => {
      await this.#segments.at(-1)?.sync()
    })
  }

  /** As `sync`, before it is closed for good: the next start has less to read. */
  seal(): Promise<void> {
    return this.#exclusive(async () => {
      await this.#segments.at(-1)?.seal()
    })
  }

  /** Records before the offset can no longer be read, and segments that hold nothing else are removed. */
  deleteBefore(offset: number): Promise<void> {
    this.#startOffset = Math.max(this.#startOffset, Math.min(offset, this.#highWatermark))
    return this.#exclusive(async () => {
      while (this.#segments.length > 1 && (this.#segments[1]?.baseOffset ?? 0) <= this.#startOffset) {
        await this.#segments.shift()?.remove()
      }
    })
  }

  async close(): Promise<void> {
    await this.#exclusive(async () => {
      for (const segment of this.#segments) await segment.close()
    })
  }

  /** Changes of the files follow each other; reading goes on meanwhile. */
  #exclusive(work: () => Promise<void>): Promise<void> {
    const done = this.#work.then(work)
    this.#work = done.catch(() => undefined)
    return done
  }
}

function readingOf(chunks: readonly Buffer[], release: () => void = () => undefined): LogReading {
  return { chunks, release }
}

const NO_FILE = { file: 'journal', position: 0, cutBytes: 0 }
