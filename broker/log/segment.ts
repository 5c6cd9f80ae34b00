import { BATCH_HEADER_BYTES, type BatchHeader, lastOffsetOf, peekBatch } from '../protocol/record-batch.ts'
import type { SparseIndex } from './sparse-index.ts'
import type { Storage, StorageFile } from './storage.ts'
import type { TimeIndex } from './time-index.ts'

/** Distance of index entries in the file, as Kafka's `index.interval.bytes`. */
export const INDEX_INTERVAL_BYTES = 4096

/** A checkpoint writes the indexes only when so much was added: it is what a start after a crash may have to read again. */
const INDEX_WRITE_BYTES = 8_388_608

/** Name of a segment's file: the offset of its first record, as Kafka names it. */
export function segmentFileName(baseOffset: number, ending: 'log' | 'index' | 'timeindex'): string {
  return `${String(baseOffset).padStart(20, '0')}.${ending}`
}

/** A batch as it is appended to a segment. */
export interface PlacedBatch {
  readonly header: BatchHeader
  readonly bytes: Buffer
}

export interface SegmentStart {
  readonly folder: string
  readonly baseOffset: number
  readonly nextOffset: number
  readonly sizeBytes: number
  readonly index: SparseIndex
  readonly timeIndex: TimeIndex
  /** When its first and last batch were appended, by our own clock: retention counts from append, not from event time. */
  readonly firstAppendedMs: number
  readonly lastAppendedMs: number
  /** False when not all of the file is certain to survive a loss of power. */
  readonly isSynced: boolean
}

/**
 * One file of a partition's log with its two indexes. Holds only batches that are durable in the journal already;
 * `sync` makes them durable here too, so that the journal may forget them.
 */
export class Segment {
  readonly folder: string
  readonly baseOffset: number
  readonly #storage: Storage
  readonly #file: StorageFile
  readonly #index: SparseIndex
  readonly #timeIndex: TimeIndex
  #nextOffset: number
  #sizeBytes: number
  #indexedUpTo: number
  /** How much of the segment the files of the indexes know of. */
  #indexWrittenBytes: number
  #maxTimestamp: number
  #maxTimestampAt: number
  #dirty: boolean
  #syncedOffset: number
  firstAppendedMs: number
  lastAppendedMs: number

  constructor(storage: Storage, file: StorageFile, start: SegmentStart) {
    this.#storage = storage
    this.#file = file
    this.folder = start.folder
    this.baseOffset = start.baseOffset
    this.#nextOffset = start.nextOffset
    this.#sizeBytes = start.sizeBytes
    this.#index = start.index
    this.#timeIndex = start.timeIndex
    this.#indexedUpTo = start.sizeBytes
    this.#indexWrittenBytes = start.isSynced ? start.sizeBytes : 0
    this.#maxTimestamp = start.timeIndex.maxTimestamp
    this.#maxTimestampAt = start.baseOffset
    this.firstAppendedMs = start.firstAppendedMs
    this.lastAppendedMs = start.lastAppendedMs
    this.#dirty = !start.isSynced
    this.#syncedOffset = start.isSynced ? start.nextOffset : start.baseOffset
  }

  /** The offset below which the last `sync` has made everything durable. */
  get syncedOffset(): number {
    return this.#syncedOffset
  }

  /** The offset after its last record. */
  get nextOffset(): number {
    return this.#nextOffset
  }

  get sizeBytes(): number {
    return this.#sizeBytes
  }

  get maxTimestamp(): number {
    return this.#maxTimestamp
  }

  get path(): string {
    return this.#file.path
  }

  /** Writes batches behind the last one. Not durable until `sync`. */
  async append(batches: readonly PlacedBatch[], appendedMs: number): Promise<void> {
    this.#dirty = true
    await this.#file.write(
      batches.map(({ bytes }) => bytes),
      this.#sizeBytes,
    )
    for (const { header } of batches) this.#account(header)
    if (this.#sizeBytes > 0 && this.firstAppendedMs === 0) this.firstAppendedMs = appendedMs
    this.lastAppendedMs = appendedMs
  }

  #account(header: BatchHeader): void {
    const relativeOffset = header.baseOffset - this.baseOffset
    if (header.maxTimestamp > this.#maxTimestamp) {
      this.#maxTimestamp = header.maxTimestamp
      this.#maxTimestampAt = header.baseOffset
    }
    if (this.#sizeBytes === 0 || this.#sizeBytes - this.#indexedUpTo >= INDEX_INTERVAL_BYTES) {
      this.#index.add(relativeOffset, this.#sizeBytes)
      this.#timeIndex.add(this.#maxTimestamp, this.#maxTimestampAt - this.baseOffset)
      this.#indexedUpTo = this.#sizeBytes
    }
    this.#sizeBytes += header.sizeBytes
    this.#nextOffset = lastOffsetOf(header) + 1
  }

  /** Makes the records durable. */
  async sync(): Promise<void> {
    if (!this.#dirty) return
    this.#dirty = false
    const syncing = this.#nextOffset
    await this.#file.sync()
    this.#syncedOffset = syncing
    if (this.#sizeBytes - this.#indexWrittenBytes >= INDEX_WRITE_BYTES) await this.#writeIndexes()
  }

  /** As `sync`, and nothing will be appended any more. */
  async seal(): Promise<void> {
    await this.sync()
    await this.#writeIndexes()
  }

  /** They are only a help, and need no sync. */
  async #writeIndexes(): Promise<void> {
    if (this.#sizeBytes === this.#indexWrittenBytes) return
    this.#indexWrittenBytes = this.#sizeBytes
    if (this.#maxTimestamp > this.#timeIndex.maxTimestamp) {
      this.#timeIndex.add(this.#maxTimestamp, this.#maxTimestampAt - this.baseOffset)
    }
    await this.#writeIndex('index', this.#index.encode())
    await this.#writeIndex('timeindex', this.#timeIndex.encode())
  }

  async #writeIndex(ending: 'index' | 'timeindex', content: Buffer): Promise<void> {
    const file = await this.#storage.open(`${this.folder}/${segmentFileName(this.baseOffset, ending)}`, 'create')
    try {
      await file.write([content], 0)
      await file.truncate(content.length)
    } finally {
      await file.close()
    }
  }

  /**
   * Whole batches from the one that holds `offset` on, below `limitOffset`, of about `maxBytes`; the first one even
   * when it is larger. Empty when the segment ends before the offset. Throws ProtocolError where the file is damaged.
   */
  async read(offset: number, limitOffset: number, maxBytes: number): Promise<Buffer> {
    let at = this.#index.floor(offset - this.baseOffset)
    let window = await this.#read(at, maxBytes + INDEX_INTERVAL_BYTES)
    let start = 0
    for (;;) {
      if (window.length - start < BATCH_HEADER_BYTES) {
        // The walk has left the window: go on from where it stands, or end with the file.
        at += start
        if (this.#sizeBytes - at < BATCH_HEADER_BYTES) return Buffer.alloc(0)
        window = await this.#read(at, maxBytes)
        start = 0
      }
      const { lastOffset, sizeBytes } = peekBatch(window, start)
      if (lastOffset >= offset) {
        if (sizeBytes > window.length - start) {
          window = await this.#read(at + start, Math.max(maxBytes, sizeBytes))
          start = 0
        }
        return window.subarray(start, wholeBatchesEnd(window, start, limitOffset, maxBytes))
      }
      start += sizeBytes
    }
  }

  #read(position: number, length: number): Promise<Buffer> {
    return this.#file.read(position, Math.max(Math.min(this.#sizeBytes - position, length), 0))
  }

  /** An offset from which to look for the first record of this time or a later one. */
  offsetBefore(timestamp: number): number {
    return this.baseOffset + this.#timeIndex.lowerBound(timestamp)
  }

  async close(): Promise<void> {
    await this.#file.close()
  }

  async remove(): Promise<void> {
    await this.#file.close()
    for (const ending of ['log', 'index', 'timeindex'] as const) {
      await this.#storage.remove(`${this.folder}/${segmentFileName(this.baseOffset, ending)}`)
    }
  }
}

/** The end of the last batch that fits, lies below the limit and is whole; at least one batch where one is whole. */
function wholeBatchesEnd(window: Buffer, start: number, limitOffset: number, maxBytes: number): number {
  let at = start
  while (window.length - at >= BATCH_HEADER_BYTES) {
    const { lastOffset, sizeBytes } = peekBatch(window, at)
    const isTooMuch = at > start && at + sizeBytes - start > maxBytes
    if (sizeBytes > window.length - at || isTooMuch || lastOffset >= limitOffset) break
    at += sizeBytes
  }
  return at
}
