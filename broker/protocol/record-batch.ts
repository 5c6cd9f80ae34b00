import { crc32c } from './crc32c.ts'
import { ProtocolError } from './protocol-error.ts'

/**
 * Record batch v2 (KIP-98), a header of 61 bytes and the records:
 *
 *   0 baseOffset i64 | 8 batchLength i32 | 12 partitionLeaderEpoch i32 | 16 magic i8 | 17 crc u32 | 21 attributes i16 |
 *   23 lastOffsetDelta i32 | 27 baseTimestamp i64 | 35 maxTimestamp i64 | 43 producerId i64 | 51 producerEpoch i16 |
 *   53 baseSequence i32 | 57 recordCount i32 | 61 records
 *
 * `batchLength` counts from offset 12; the CRC-32C covers everything from offset 21, so the broker may set the base
 * offset and the leader epoch without computing it again.
 */
export const BATCH_HEADER_BYTES = 61
export const BATCH_LENGTH_AT = 8
/** Bytes before those that `batchLength` counts. */
export const BATCH_PREFIX_BYTES = 12
export const MAGIC = 2

const EPOCH_AT = 12
const MAGIC_AT = 16
const CRC_AT = 17
const ATTRIBUTES_AT = 21
const LAST_OFFSET_DELTA_AT = 23
const BASE_TIMESTAMP_AT = 27
const MAX_TIMESTAMP_AT = 35
const PRODUCER_ID_AT = 43
const PRODUCER_EPOCH_AT = 51
const BASE_SEQUENCE_AT = 53
const RECORD_COUNT_AT = 57

const CODEC_MASK = 0x07
const LOG_APPEND_TIME = 0x08
const TRANSACTIONAL = 0x10
const CONTROL = 0x20

/** Compression codecs by their number in the attributes. */
export const COMPRESSIONS = ['none', 'gzip', 'snappy', 'lz4', 'zstd'] as const
export type Compression = (typeof COMPRESSIONS)[number]

const TWO_32 = 0x1_0000_0000

export interface BatchHeader {
  readonly baseOffset: number
  /** Size of the whole batch, header included. */
  readonly sizeBytes: number
  readonly partitionLeaderEpoch: number
  readonly crc: number
  readonly compression: Compression
  readonly isLogAppendTime: boolean
  readonly isTransactional: boolean
  readonly isControl: boolean
  readonly lastOffsetDelta: number
  readonly baseTimestamp: number
  readonly maxTimestamp: number
  readonly producerId: number
  readonly producerEpoch: number
  readonly baseSequence: number
  readonly recordCount: number
}

/** What a batch says of itself apart from its records; the part that its producer decides. */
export interface BatchIdentity {
  readonly producerId: number
  readonly producerEpoch: number
  readonly baseSequence: number
  readonly isTransactional: boolean
}

/** A batch of a producer that is not idempotent. */
export const NO_PRODUCER: BatchIdentity = {
  producerId: -1,
  producerEpoch: -1,
  baseSequence: -1,
  isTransactional: false,
}

export function lastOffsetOf(header: BatchHeader): number {
  return header.baseOffset + header.lastOffsetDelta
}

/** Size of the batch that begins at `at`, or null when not even its length is there. */
export function batchSizeAt(buffer: Buffer, at: number, end: number): number | null {
  if (end - at < BATCH_PREFIX_BYTES) return null
  return BATCH_PREFIX_BYTES + buffer.readInt32BE(at + BATCH_LENGTH_AT)
}

/**
 * Reads the header of the batch at `at`, which must lie whole before `end`. Throws ProtocolError `bad-batch` when it
 * does not, has another magic, or contradicts itself. The checksum is `verifyBatch`'s part.
 */
export function readBatchHeader(buffer: Buffer, at = 0, end = buffer.length): BatchHeader {
  const sizeBytes = batchSizeAt(buffer, at, end)
  if (sizeBytes === null || sizeBytes < BATCH_HEADER_BYTES || sizeBytes > end - at) {
    throw new ProtocolError('bad-batch', `a batch of ${sizeBytes ?? '?'} bytes in ${end - at} bytes`)
  }
  const magic = buffer.readInt8(at + MAGIC_AT)
  if (magic !== MAGIC) throw new ProtocolError('bad-batch', `magic ${magic}, only record batch v2 is spoken`)
  const attributes = buffer.readInt16BE(at + ATTRIBUTES_AT)
  const compression = COMPRESSIONS[attributes & CODEC_MASK]
  if (compression === undefined) throw new ProtocolError('bad-batch', `unknown codec in attributes ${attributes}`)
  const header: BatchHeader = {
    baseOffset: readInt64(buffer, at),
    sizeBytes,
    partitionLeaderEpoch: buffer.readInt32BE(at + EPOCH_AT),
    crc: buffer.readUInt32BE(at + CRC_AT),
    compression,
    isLogAppendTime: (attributes & LOG_APPEND_TIME) !== 0,
    isTransactional: (attributes & TRANSACTIONAL) !== 0,
    isControl: (attributes & CONTROL) !== 0,
    lastOffsetDelta: buffer.readInt32BE(at + LAST_OFFSET_DELTA_AT),
    baseTimestamp: readInt64(buffer, at + BASE_TIMESTAMP_AT),
    maxTimestamp: readInt64(buffer, at + MAX_TIMESTAMP_AT),
    producerId: readInt64(buffer, at + PRODUCER_ID_AT),
    producerEpoch: buffer.readInt16BE(at + PRODUCER_EPOCH_AT),
    baseSequence: buffer.readInt32BE(at + BASE_SEQUENCE_AT),
    recordCount: buffer.readInt32BE(at + RECORD_COUNT_AT),
  }
  if (header.lastOffsetDelta < 0 || header.recordCount < 0) {
    throw new ProtocolError('bad-batch', `${header.recordCount} records, last offset delta ${header.lastOffsetDelta}`)
  }
  return header
}

/**
 * The two things that are needed to pass over a batch whose header lies in the buffer; the rest of it need not.
 * Throws ProtocolError `bad-batch` when the length cannot be right.
 */
export function peekBatch(buffer: Buffer, at: number): { readonly lastOffset: number; readonly sizeBytes: number } {
  const sizeBytes = BATCH_PREFIX_BYTES + buffer.readInt32BE(at + BATCH_LENGTH_AT)
  if (sizeBytes < BATCH_HEADER_BYTES) throw new ProtocolError('bad-batch', `a batch of ${sizeBytes} bytes`)
  return { lastOffset: readInt64(buffer, at) + buffer.readInt32BE(at + LAST_OFFSET_DELTA_AT), sizeBytes }
}

/** As `readBatchHeader`, and the checksum must be right. */
export function verifyBatch(buffer: Buffer, at = 0, end = buffer.length): BatchHeader {
  const header = readBatchHeader(buffer, at, end)
  const computed = crc32c(buffer, at + ATTRIBUTES_AT, at + header.sizeBytes)
  if (computed !== header.crc) {
    throw new ProtocolError('bad-batch', `checksum ${header.crc}, but the bytes give ${computed}`)
  }
  return header
}

/** Gives the batch its place in the log. Neither field is covered by the checksum. */
export function placeBatch(buffer: Buffer, at: number, baseOffset: number, partitionLeaderEpoch: number): void {
  writeInt64(buffer, at, baseOffset)
  buffer.writeInt32BE(partitionLeaderEpoch, at + EPOCH_AT)
}

/** Stamps the batch with the broker's time (`message.timestamp.type=LogAppendTime`) and its new checksum. */
export function stampAppendTime(buffer: Buffer, at: number, sizeBytes: number, timestamp: number): void {
  buffer.writeInt16BE(buffer.readInt16BE(at + ATTRIBUTES_AT) | LOG_APPEND_TIME, at + ATTRIBUTES_AT)
  writeInt64(buffer, at + MAX_TIMESTAMP_AT, timestamp)
  buffer.writeUInt32BE(crc32c(buffer, at + ATTRIBUTES_AT, at + sizeBytes), at + CRC_AT)
}

export interface BatchHeaderDraft extends BatchIdentity {
  readonly compression: Compression
  readonly lastOffsetDelta: number
  readonly baseTimestamp: number
  readonly maxTimestamp: number
  readonly recordCount: number
  readonly isControl?: boolean
}

/** Writes the header in front of records that are already there, and the checksum over both. Base offset is 0. */
export function writeBatchHeader(buffer: Buffer, at: number, sizeBytes: number, draft: BatchHeaderDraft): void {
  const attributes =
    COMPRESSIONS.indexOf(draft.compression) |
    (draft.isTransactional ? TRANSACTIONAL : 0) |
    (draft.isControl === true ? CONTROL : 0)
  writeInt64(buffer, at, 0)
  buffer.writeInt32BE(sizeBytes - BATCH_PREFIX_BYTES, at + BATCH_LENGTH_AT)
  buffer.writeInt32BE(-1, at + EPOCH_AT)
  buffer.writeInt8(MAGIC, at + MAGIC_AT)
  buffer.writeInt16BE(attributes, at + ATTRIBUTES_AT)
  buffer.writeInt32BE(draft.lastOffsetDelta, at + LAST_OFFSET_DELTA_AT)
  writeInt64(buffer, at + BASE_TIMESTAMP_AT, draft.baseTimestamp)
  writeInt64(buffer, at + MAX_TIMESTAMP_AT, draft.maxTimestamp)
  writeInt64(buffer, at + PRODUCER_ID_AT, draft.producerId)
  buffer.writeInt16BE(draft.producerEpoch, at + PRODUCER_EPOCH_AT)
  buffer.writeInt32BE(draft.baseSequence, at + BASE_SEQUENCE_AT)
  buffer.writeInt32BE(draft.recordCount, at + RECORD_COUNT_AT)
  buffer.writeUInt32BE(crc32c(buffer, at + ATTRIBUTES_AT, at + sizeBytes), at + CRC_AT)
}

/** Exact to 2^53; beyond, rounded: no real log has such offsets or times, and a hostile one must not throw. */
function readInt64(buffer: Buffer, at: number): number {
  return buffer.readInt32BE(at) * TWO_32 + buffer.readUInt32BE(at + 4)
}

function writeInt64(buffer: Buffer, at: number, value: number): void {
  const high = Math.floor(value / TWO_32)
  buffer.writeInt32BE(high, at)
  buffer.writeUInt32BE(value - high * TWO_32, at + 4)
}
