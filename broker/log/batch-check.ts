import { ProtocolError } from '../protocol/protocol-error.ts'
import type { WireErrorName } from '../protocol/error-codes.ts'
import { BATCH_HEADER_BYTES, type BatchHeader, verifyBatch } from '../protocol/record-batch.ts'
import { readRecords } from '../protocol/record-reader.ts'

/** What a topic asks of a batch that a client wants to append. */
export interface BatchRules {
  readonly maxMessageBytes: number
  readonly timestampBeforeMaxMs: number
  readonly timestampAfterMaxMs: number
  /** Compacted topics cannot keep a record without a key. */
  readonly requiresKeys: boolean
}

/** How a batch has come. */
export interface BatchArrival {
  readonly nowMs: number
  /** Version of the Produce request: old clients cannot have made a zstd batch. */
  readonly produceVersion: number
  /** Bound of what is decompressed to look at keys. */
  readonly maxDecompressedBytes: number
}

export interface BatchRefusal {
  readonly error: WireErrorName
  readonly message: string
  /** Index of the first record at fault, where it is one record's. */
  readonly recordIndex?: number
}

const NO_TIMESTAMP = -1

/**
 * Checks the bytes that a client sent for one partition, as Kafka's `LogValidator` does: exactly one batch v2, whole,
 * with the right checksum, not a control batch. The records of a compressed batch are looked at only where a rule needs
 * it (Kafka looks always): its checksum says that it is what the producer made.
 */
export function checkBatch(bytes: Buffer, rules: BatchRules, arrival: BatchArrival): BatchHeader | BatchRefusal {
  let header: BatchHeader
  try {
    header = verifyBatch(bytes)
  } catch (error) {
    if (error instanceof ProtocolError) return refuse('CORRUPT_MESSAGE', error.message)
    throw error
  }
  return refusalOf(header, bytes, rules, arrival) ?? header
}

function refusalOf(header: BatchHeader, bytes: Buffer, rules: BatchRules, arrival: BatchArrival): BatchRefusal | null {
  if (header.sizeBytes !== bytes.length) return refuse('INVALID_RECORD', 'more than one batch for one partition')
  if (header.sizeBytes > rules.maxMessageBytes) {
    return refuse(
      'MESSAGE_TOO_LARGE',
      `the batch has ${header.sizeBytes} bytes, max.message.bytes is ${rules.maxMessageBytes}`,
    )
  }
  if (header.isControl) return refuse('INVALID_RECORD', 'clients cannot write control batches')
  if (header.isTransactional) return refuse('INVALID_TXN_STATE', 'this broker has no transactions yet')
  if (header.recordCount === 0 || header.recordCount !== header.lastOffsetDelta + 1) {
    return refuse('INVALID_RECORD', `${header.recordCount} records, but offsets for ${header.lastOffsetDelta + 1}`)
  }
  if (header.producerId >= 0 && header.baseSequence < 0)
    return refuse('INVALID_RECORD', 'a producer id without a sequence')
  if (header.compression === 'zstd' && arrival.produceVersion < 7) {
    return refuse('UNSUPPORTED_COMPRESSION_TYPE', 'zstd needs Produce version 7 or later')
  }
  if (header.isLogAppendTime) return refuse('INVALID_TIMESTAMP', 'a producer cannot set LogAppendTime')
  return refuseTimestamp(header, rules, arrival.nowMs) ?? refuseRecords(header, bytes, rules, arrival)
}

function refuseTimestamp(header: BatchHeader, rules: BatchRules, nowMs: number): BatchRefusal | null {
  if (header.maxTimestamp === NO_TIMESTAMP) return null
  const isTooLate = header.maxTimestamp - nowMs > rules.timestampAfterMaxMs
  const isTooEarly = nowMs - header.baseTimestamp > rules.timestampBeforeMaxMs
  if (!isTooLate && !isTooEarly) return null
  return refuse('INVALID_TIMESTAMP', `timestamp ${header.maxTimestamp} is out of range`)
}

function refuseRecords(
  header: BatchHeader,
  bytes: Buffer,
  rules: BatchRules,
  { maxDecompressedBytes }: BatchArrival,
): BatchRefusal | null {
  try {
    if (rules.requiresKeys) {
      const records = readRecords(bytes, 0, header, maxDecompressedBytes)
      const recordIndex = records.findIndex(({ key }) => key === null)
      if (recordIndex < 0) return null
      return { ...refuse('INVALID_RECORD', 'a compacted topic needs a key in every record'), recordIndex }
    }
    if (header.compression === 'none' && !isWellFormed(bytes, header.recordCount)) {
      return refuse('INVALID_RECORD', 'the lengths of the records do not add up')
    }
    return null
  } catch (error) {
    if (error instanceof ProtocolError) return refuse('INVALID_RECORD', error.message)
    throw error
  }
}

/** True when the records' own lengths lead from the first to exactly the end. */
function isWellFormed(bytes: Buffer, recordCount: number): boolean {
  let at = BATCH_HEADER_BYTES
  for (let i = 0; i < recordCount; i += 1) {
    let raw = 0
    let shift = 0
    for (;;) {
      const byte = bytes[at]
      if (byte === undefined || shift > 28) return false
      at += 1
      raw |= (byte & 0x7f) << shift
      shift += 7
      if (byte < 0x80) break
    }
    const size = (raw >>> 1) ^ -(raw & 1)
    if (size < 6) return false
    at += size
  }
  return at === bytes.length
}

function refuse(error: WireErrorName, message: string): BatchRefusal {
  return { error, message }
}
