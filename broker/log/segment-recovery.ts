import { ProtocolError } from '../protocol/protocol-error.ts'
import { type BatchHeader, BATCH_HEADER_BYTES, lastOffsetOf, peekBatch, verifyBatch } from '../protocol/record-batch.ts'
import { INDEX_INTERVAL_BYTES, Segment, segmentFileName } from './segment.ts'
import { SparseIndex } from './sparse-index.ts'
import type { Storage, StorageFile } from './storage.ts'
import { TimeIndex } from './time-index.ts'

/** How much of the end of a segment is read again at every start, even after a clean stop. */
const VERIFIED_TAIL_BYTES = 1_048_576
const WINDOW_BYTES = 4_194_304
/** The only leader epoch that this broker writes: it has no replicas that could disagree. */
export const LEADER_EPOCH = 0

/** What was found at the end of a segment that should not be there. */
export interface SegmentFault {
  readonly file: string
  readonly position: number
  readonly offset: number
  /** `cut`: moved aside, the log ends here. `damaged`: good batches follow, nothing was changed. */
  readonly action: 'cut' | 'damaged'
  readonly reason: string
  readonly cutBytes: number
}

export interface RecoveredSegment {
  readonly segment: Segment
  readonly fault: SegmentFault | null
}

export interface RecoveryInput {
  readonly folder: string
  readonly baseOffset: number
  /** Below it, everything was synced by a checkpoint; at and above it the journal has a copy. */
  readonly syncedOffset: number
  readonly appendedMs: { readonly first: number; readonly last: number }
  readonly readOnly: boolean
}

/**
 * Opens the last segment of a log. Its end is read again and each batch is verified; the index is taken from its file
 * as far as that makes sense and rebuilt for the rest.
 *
 * A batch that is not whole or not right ends the log: what follows is kept in a `.cut` file beside and cut off. But
 * where it had been synced and good batches follow it, it is damage to acknowledged data, and nothing is touched.
 */
export async function recoverSegment(storage: Storage, input: RecoveryInput): Promise<RecoveredSegment> {
  const { folder, baseOffset, syncedOffset } = input
  const file = await storage.open(`${folder}/${segmentFileName(baseOffset, 'log')}`, input.readOnly ? 'read' : 'create')
  const fileBytes = await file.sizeBytes()
  const { index, timeIndex } = await readIndexes(storage, folder, baseOffset, fileBytes)
  const scanFrom = Math.min(
    index.lastPositionBefore(fileBytes - VERIFIED_TAIL_BYTES),
    index.floor(Math.max(syncedOffset - baseOffset, 0)),
  )
  const scan = new Scan(file, { index, timeIndex, baseOffset, position: scanFrom })
  const reason = await scan.run(fileBytes)
  const segment = new Segment(storage, file, {
    folder,
    baseOffset,
    nextOffset: scan.nextOffset,
    sizeBytes: scan.position,
    index,
    timeIndex,
    firstAppendedMs: input.appendedMs.first,
    lastAppendedMs: input.appendedMs.last,
    isSynced: input.readOnly,
  })
  if (reason === null) return { segment, fault: null }
  const isDamage = scan.nextOffset < syncedOffset && (await scan.findsGoodBatch(fileBytes))
  const fault: SegmentFault = {
    file: file.path,
    position: scan.position,
    offset: scan.nextOffset,
    action: isDamage ? 'damaged' : 'cut',
    reason,
    cutBytes: fileBytes - scan.position,
  }
  if (fault.action === 'cut' && !input.readOnly) await cutAside(storage, file, folder, scan.position, fileBytes)
  return { segment, fault }
}

async function readIndexes(
  storage: Storage,
  folder: string,
  baseOffset: number,
  fileBytes: number,
): Promise<{ index: SparseIndex; timeIndex: TimeIndex }> {
  const encoded = await storage.readFile(`${folder}/${segmentFileName(baseOffset, 'index')}`)
  const encodedTimes = await storage.readFile(`${folder}/${segmentFileName(baseOffset, 'timeindex')}`)
  const index = encoded === null ? null : SparseIndex.decode(encoded, fileBytes)
  const timeIndex = encodedTimes === null ? null : TimeIndex.decode(encodedTimes)
  // One without the other would leave times unknown that only a reading of the whole file finds again.
  if (index === null || timeIndex === null) return { index: new SparseIndex(), timeIndex: new TimeIndex() }
  return { index, timeIndex }
}

/** Opens a segment that is not the last one: it was synced when it was left, and its end is where the next begins. */
export async function openSealedSegment(
  storage: Storage,
  input: RecoveryInput,
  nextOffset: number,
): Promise<RecoveredSegment> {
  const recovered = await recoverSegment(storage, { ...input, readOnly: true, syncedOffset: Number.MAX_SAFE_INTEGER })
  if (recovered.fault === null && recovered.segment.nextOffset === nextOffset) return recovered
  const { segment } = recovered
  const fault: SegmentFault = recovered.fault ?? {
    file: segment.path,
    position: segment.sizeBytes,
    offset: segment.nextOffset,
    action: 'damaged',
    reason: `it ends at offset ${segment.nextOffset}, the next segment begins at ${nextOffset}`,
    cutBytes: 0,
  }
  return { segment, fault: { ...fault, action: 'damaged' } }
}

async function cutAside(storage: Storage, file: StorageFile, folder: string, from: number, to: number): Promise<void> {
  const aside = await storage.open(`${file.path}.${from}.cut`, 'create')
  for (let at = from; at < to; at += WINDOW_BYTES) {
    await aside.write([await file.read(at, Math.min(WINDOW_BYTES, to - at))], at - from)
  }
  await aside.sync()
  await aside.close()
  await storage.syncFolder(folder)
  await file.truncate(from)
  await file.sync()
}

interface ScanStart {
  readonly index: SparseIndex
  readonly timeIndex: TimeIndex
  readonly baseOffset: number
  readonly position: number
}

/** Reads a segment's file batch by batch, verifies each, and writes the indexes for what it passes. */
class Scan {
  readonly #file: StorageFile
  readonly #start: ScanStart
  position: number
  nextOffset: number
  #window: Buffer = Buffer.alloc(0)
  #windowAt = 0
  #indexedUpTo: number

  constructor(file: StorageFile, start: ScanStart) {
    this.#file = file
    this.#start = start
    this.position = start.position
    this.#indexedUpTo = start.position
    this.nextOffset = start.baseOffset + start.index.offsetAt(start.position)
    start.index.truncate(start.position)
    start.timeIndex.truncate(this.nextOffset - start.baseOffset)
  }

  /** Null when the file ends with a whole, valid batch; otherwise why the batch at `position` is none. */
  async run(fileBytes: number): Promise<string | null> {
    while (this.position < fileBytes) {
      const header = await this.#next(fileBytes)
      if (typeof header === 'string') return header
      this.#note(header)
      this.position += header.sizeBytes
      this.nextOffset = lastOffsetOf(header) + 1
    }
    return null
  }

  async #next(fileBytes: number): Promise<BatchHeader | string> {
    try {
      await this.#load(this.position, BATCH_HEADER_BYTES)
      const at = this.position - this.#windowAt
      if (this.#window.length - at < BATCH_HEADER_BYTES) return 'the file ends in the middle of a header'
      const { sizeBytes } = peekBatch(this.#window, at)
      if (sizeBytes > fileBytes - this.position) return `${sizeBytes} bytes announced, the file ends before them`
      await this.#load(this.position, sizeBytes)
      const header = verifyBatch(this.#window, this.position - this.#windowAt)
      if (header.baseOffset !== this.nextOffset) return `offset ${header.baseOffset} where ${this.nextOffset} is due`
      if (header.partitionLeaderEpoch !== LEADER_EPOCH) return `leader epoch ${header.partitionLeaderEpoch}`
      return header
    } catch (error) {
      if (error instanceof ProtocolError) return error.message
      throw error
    }
  }

  /** True when somewhere behind the bad batch a whole, valid one with a later offset begins. */
  async findsGoodBatch(fileBytes: number): Promise<boolean> {
    for (let at = this.position + 1; at + BATCH_HEADER_BYTES <= fileBytes; at += 1) {
      await this.#load(at, BATCH_HEADER_BYTES)
      const start = at - this.#windowAt
      // High half of the offset and the magic: passes over nearly all positions without any more reading.
      if (this.#window.readUInt16BE(start) !== 0 || this.#window[start + 16] !== 2) continue
      const sizeBytes = this.#window.readInt32BE(start + 8) + 12
      if (sizeBytes < BATCH_HEADER_BYTES || sizeBytes > fileBytes - at) continue
      await this.#load(at, sizeBytes)
      try {
        if (verifyBatch(this.#window, at - this.#windowAt).baseOffset > this.nextOffset) return true
      } catch (error) {
        if (!(error instanceof ProtocolError)) throw error
      }
    }
    return false
  }

  async #load(position: number, bytes: number): Promise<void> {
    const at = position - this.#windowAt
    if (at >= 0 && at + bytes <= this.#window.length) return
    this.#window = await this.#file.read(position, Math.max(bytes, WINDOW_BYTES))
    this.#windowAt = position
  }

  #note(header: BatchHeader): void {
    const { index, timeIndex, baseOffset } = this.#start
    const relativeOffset = header.baseOffset - baseOffset
    if (index.count === 0 || this.position - this.#indexedUpTo >= INDEX_INTERVAL_BYTES) {
      index.add(relativeOffset, this.position)
      this.#indexedUpTo = this.position
    }
    timeIndex.add(header.maxTimestamp, relativeOffset)
  }
}
