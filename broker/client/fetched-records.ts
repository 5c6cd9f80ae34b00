import { lastOffsetOf, peekBatch, verifyBatch, BATCH_HEADER_BYTES } from '../protocol/record-batch.ts'
import { type BatchRecord, readRecords } from '../protocol/record-reader.ts'
import { type AbortedTransaction, AbortedTransactions } from './aborted-transactions.ts'

/** What one partition has given. */
export interface FetchedRecords {
  readonly topic: string
  readonly partition: number
  readonly records: readonly BatchRecord[]
  /** Where it was read from. */
  readonly fetchOffset: number
  /** Where to go on: behind the last record, and behind what a reader does not see (markers, aborted records). */
  readonly nextOffset: number
  readonly highWatermark: number
  /** Bytes on the wire. */
  readonly sizeBytes: number
  /**
   * Nobody looks at the records any more, nor at bytes that came from them: the memory they lie in is used again. At most
   * once; without it, it never is.
   */
  readonly release: () => void
}

export interface FetchedBytes {
  readonly bytes: Buffer
  /** Records before it are passed over: a broker sends whole batches. */
  readonly fetchOffset: number
  /** Null reads everything (`read_uncommitted`). */
  readonly abortedTransactions: readonly AbortedTransaction[] | null
  readonly maxDecompressedBytes: number
}

/** Reads the batches of a fetch answer. A batch that is cut off at the end is left for the next fetch. */
export function readFetched(fetched: FetchedBytes): { records: readonly BatchRecord[]; nextOffset: number } {
  const { bytes, fetchOffset } = fetched
  const aborted = new AbortedTransactions(fetched.abortedTransactions ?? [])
  const ofBatches: (readonly BatchRecord[])[] = []
  let nextOffset = fetchOffset
  for (let at = 0; bytes.length - at >= BATCH_HEADER_BYTES;) {
    if (peekBatch(bytes, at).sizeBytes > bytes.length - at) break
    const header = verifyBatch(bytes, at)
    const batchAt = at
    at += header.sizeBytes
    const read = (): readonly BatchRecord[] => readRecords(bytes, batchAt, header, fetched.maxDecompressedBytes)
    const isDropped = fetched.abortedTransactions === null ? header.isControl : aborted.drops(header, read)
    if (!isDropped && lastOffsetOf(header) >= fetchOffset) {
      const isWhole = header.baseOffset >= fetchOffset
      ofBatches.push(isWhole ? read() : read().filter(({ offset }) => offset >= fetchOffset))
    }
    nextOffset = Math.max(nextOffset, lastOffsetOf(header) + 1)
  }
  const [first = [], ...others] = ofBatches
  return { records: others.length === 0 ? first : first.concat(...others), nextOffset }
}
