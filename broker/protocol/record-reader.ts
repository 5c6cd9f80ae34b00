import { decompress } from './compression.ts'
import { ProtocolError } from './protocol-error.ts'
import { BATCH_HEADER_BYTES, type BatchHeader } from './record-batch.ts'
import { decodeHeaders, type RecordHeader } from './record-headers.ts'

/** The records of one batch, uncompressed, and what its header says of all of them. */
interface OpenBatch {
  readonly buffer: Buffer
  readonly header: BatchHeader
}

/**
 * One record of a batch: where its parts lie in the buffer, which is read only when somebody asks. There are many of
 * them at a time, so each holds no more than what it does not share with the others: the deltas, as they are written.
 */
export class BatchRecord {
  readonly #batch: OpenBatch
  readonly #offsetDelta: number
  readonly #timestampDelta: number
  readonly #keyAt: number
  readonly #keySize: number
  readonly #valueAt: number
  readonly #valueSize: number
  readonly #end: number

  constructor(batch: OpenBatch, parts: RecordParts) {
    this.#batch = batch
    this.#offsetDelta = parts.offsetDelta
    this.#timestampDelta = parts.timestampDelta
    this.#keyAt = parts.keyAt
    this.#keySize = parts.keySize
    this.#valueAt = parts.valueAt
    this.#valueSize = parts.valueSize
    this.#end = parts.end
  }

  /** Holds the uncompressed records of the batch. */
  get buffer(): Buffer {
    return this.#batch.buffer
  }

  get offset(): number {
    return this.#batch.header.baseOffset + this.#offsetDelta
  }

  get timestamp(): number {
    const { isLogAppendTime, maxTimestamp, baseTimestamp } = this.#batch.header
    return isLogAppendTime ? maxTimestamp : baseTimestamp + this.#timestampDelta
  }

  get key(): Buffer | null {
    return this.#keySize < 0 ? null : this.buffer.subarray(this.#keyAt, this.#keyAt + this.#keySize)
  }

  get keyText(): string | null {
    return this.#keySize < 0 ? null : this.buffer.toString('utf8', this.#keyAt, this.#keyAt + this.#keySize)
  }

  get value(): Buffer | null {
    return this.#valueSize < 0 ? null : this.buffer.subarray(this.#valueAt, this.#valueAt + this.#valueSize)
  }

  get valueText(): string | null {
    return this.#valueSize < 0 ? null : this.buffer.toString('utf8', this.#valueAt, this.#valueAt + this.#valueSize)
  }

  /** Where the value begins in `buffer`. */
  get valueStart(): number {
    return this.#valueAt
  }

  /** Where the value ends in `buffer`; where it begins, for one that is null. */
  get valueEnd(): number {
    return this.#valueAt + Math.max(this.#valueSize, 0)
  }

  get headers(): readonly RecordHeader[] {
    return decodeHeaders(this.encodedHeaders)
  }

  /** The headers as they stand in the record, to be passed on unread. */
  get encodedHeaders(): Buffer {
    return this.buffer.subarray(this.valueEnd, this.#end)
  }

  /** Bytes of key, value and headers. */
  get sizeBytes(): number {
    return this.#end - this.#keyAt
  }
}

/** Positions in the buffer that holds the uncompressed records; a size of -1 stands for null. */
interface RecordParts {
  readonly offsetDelta: number
  readonly timestampDelta: number
  readonly keyAt: number
  readonly keySize: number
  readonly valueAt: number
  readonly valueSize: number
  /** Where the headers end, which begin behind the value. */
  readonly end: number
}

/**
 * Reads the records of the batch that begins at `at` and whose header is `header`, in order. Compressed records are
 * decompressed first, to `maxBytes` at most. Throws ProtocolError where the bytes are not what the header says.
 */
export function readRecords(buffer: Buffer, at: number, header: BatchHeader, maxBytes: number): readonly BatchRecord[] {
  const cursor = openRecords(buffer, at, header, maxBytes)
  const batch = { buffer: cursor.buffer, header }
  const result: BatchRecord[] = []
  // Their number is known, and was checked: a list that grows leaves its smaller ones behind.
  result.length = header.recordCount
  for (let i = 0; i < header.recordCount; i += 1) result[i] = readRecord(cursor, batch)
  expectEnd(cursor)
  return result
}

/** As `readRecords`, one record at a time: for those who look for one and need not keep the others. */
export function* eachRecord(
  buffer: Buffer,
  at: number,
  header: BatchHeader,
  maxBytes: number,
): Generator<BatchRecord, void> {
  const cursor = openRecords(buffer, at, header, maxBytes)
  const batch = { buffer: cursor.buffer, header }
  for (let i = 0; i < header.recordCount; i += 1) yield readRecord(cursor, batch)
  expectEnd(cursor)
}

function openRecords(buffer: Buffer, at: number, header: BatchHeader, maxBytes: number): Cursor {
  const body = buffer.subarray(at + BATCH_HEADER_BYTES, at + header.sizeBytes)
  const records = header.compression === 'none' ? body : decompress(header.compression, body, maxBytes)
  // A record takes seven bytes at least; a header that announces more is lying.
  if (header.recordCount * 7 > records.length) {
    throw new ProtocolError('bad-batch', `${header.recordCount} records announced in ${records.length} bytes`)
  }
  return new Cursor(records)
}

function expectEnd({ at, buffer }: Cursor): void {
  if (at !== buffer.length) throw new ProtocolError('bad-batch', `${buffer.length - at} bytes after the last record`)
}

function readRecord(cursor: Cursor, batch: OpenBatch): BatchRecord {
  const size = cursor.varint()
  const start = cursor.at
  const end = start + size
  if (size < 6 || end > cursor.buffer.length) throw new ProtocolError('bad-batch', `a record of ${size} bytes`)
  cursor.at += 1
  const timestampDelta = cursor.varlong()
  const offsetDelta = cursor.varint()
  const keySize = cursor.varint()
  const keyAt = cursor.skip(keySize)
  const valueSize = cursor.varint()
  const valueAt = cursor.skip(valueSize)
  if (cursor.at >= end) throw new ProtocolError('bad-batch', 'a record whose parts are longer than itself')
  cursor.at = end
  return new BatchRecord(batch, { offsetDelta, timestampDelta, keyAt, keySize, valueAt, valueSize, end })
}

/** Reads zigzag varints; the bounds are those of the buffer, and reading beyond them throws. */
class Cursor {
  readonly buffer: Buffer
  at = 0

  constructor(buffer: Buffer) {
    this.buffer = buffer
  }

  varint(): number {
    const buffer = this.buffer
    let byte = buffer[this.at++]
    if (byte === undefined) throw truncated()
    if (byte < 0x80) return (byte >>> 1) ^ -(byte & 1)
    let raw = byte & 0x7f
    for (let shift = 7; shift < 35; shift += 7) {
      byte = buffer[this.at++]
      if (byte === undefined) throw truncated()
      raw |= (byte & 0x7f) << shift
      if (byte < 0x80) return (raw >>> 1) ^ -(raw & 1)
    }
    throw new ProtocolError('bad-varint', 'a length does not fit 32 bits')
  }

  varlong(): number {
    const start = this.at
    const low = this.#shortVarlong()
    if (low !== null) return low
    this.at = start
    let raw = 0n
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = this.buffer[this.at++]
      if (byte === undefined) throw truncated()
      raw |= BigInt(byte & 0x7f) << shift
      if (byte < 0x80) {
        const value = BigInt.asUintN(64, raw)
        return Number((value >> 1n) ^ -(value & 1n))
      }
    }
    throw new ProtocolError('bad-varint', 'a timestamp does not fit 64 bits')
  }

  /** Nearly all timestamps of a batch lie close together; null when this one needs more than 28 bits. */
  #shortVarlong(): number | null {
    let raw = 0
    for (let shift = 0; shift < 28; shift += 7) {
      const byte = this.buffer[this.at++]
      if (byte === undefined) throw truncated()
      raw |= (byte & 0x7f) << shift
      if (byte < 0x80) return (raw >>> 1) ^ -(raw & 1)
    }
    return null
  }

  /** Where the next `size` bytes begin; moves past them. A negative size stands for null and takes none. */
  skip(size: number): number {
    const at = this.at
    if (size > this.buffer.length - at) throw truncated()
    if (size > 0) this.at = at + size
    return at
  }
}

function truncated(): ProtocolError {
  return new ProtocolError('bad-batch', 'the records end in the middle of one')
}
