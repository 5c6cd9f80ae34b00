import { compress } from './compression.ts'
import {
  BATCH_HEADER_BYTES,
  type BatchIdentity,
  type Compression,
  NO_PRODUCER,
  writeBatchHeader,
} from './record-batch.ts'
import { varintSize, varlongSize, writeVarint, writeVarlong } from './varint.ts'

/** The headers of a record as they stand in it: their number, then each with its lengths. See `encodeHeaders`. */
export type EncodedHeaders = Uint8Array

/** A record without headers: the varint 0. */
export const NO_HEADERS: EncodedHeaders = Uint8Array.of(0)

/** A record takes no more than this on top of key, value and headers: five lengths and the attributes. */
const RECORD_OVERHEAD_BYTES = 5 + 1 + 10 + 5 + 5 + 5

/**
 * Gathers records of one partition and makes a batch of them. The buffer grows by doubling and is the batch in the end:
 * nothing is copied when no codec is asked for. A builder is used for one batch.
 */
export class RecordBatchBuilder {
  #buffer: Buffer
  #position = BATCH_HEADER_BYTES
  #count = 0
  #baseTimestamp = 0
  #maxTimestamp = 0

  /** `initial` is how many bytes to begin with, or the memory itself; then nobody else may use it. */
  constructor(initial: number | Buffer = 16_384) {
    const leastBytes = BATCH_HEADER_BYTES + RECORD_OVERHEAD_BYTES
    this.#buffer =
      typeof initial !== 'number' && initial.length >= leastBytes
        ? initial
        : Buffer.allocUnsafeSlow(Math.max(typeof initial === 'number' ? initial : initial.length, leastBytes))
  }

  /** All of the memory that the batch lies in, to be used again when nobody needs the batch any more. */
  get memory(): Buffer {
    return this.#buffer
  }

  get count(): number {
    return this.#count
  }

  /** Size of the batch so far, without compression. */
  get sizeBytes(): number {
    return this.#position
  }

  /**
   * Texts are written as UTF-8. With `headersEnd`, the headers reach up to the size of the last one's text, which is
   * this one: it differs from record to record where nothing else does.
   */
  append(
    timestamp: number,
    key: Uint8Array | string | null,
    value: Uint8Array | string | null,
    headers: EncodedHeaders,
    headersEnd: string | null = null,
  ): void {
    if (this.#count === 0) {
      this.#baseTimestamp = timestamp
      this.#maxTimestamp = timestamp
    } else if (timestamp > this.#maxTimestamp) this.#maxTimestamp = timestamp
    const timestampDelta = timestamp - this.#baseTimestamp
    const keySize = sizeOf(key)
    const valueSize = sizeOf(value)
    // The last header of an event that has just come is its id, which is its key as well.
    const endSize = headersEnd === key ? keySize : sizeOf(headersEnd)
    const bodySize =
      1 +
      varlongSize(timestampDelta) +
      varintSize(this.#count) +
      varintSize(keySize) +
      Math.max(keySize, 0) +
      varintSize(valueSize) +
      Math.max(valueSize, 0) +
      headers.length +
      (headersEnd === null ? 0 : varintSize(endSize) + endSize)
    this.#ensure(bodySize + 5)
    const buffer = this.#buffer
    let at = writeVarint(buffer, this.#position, bodySize)
    buffer[at++] = 0
    at = writeVarlong(buffer, at, timestampDelta)
    at = writeVarint(buffer, at, this.#count)
    at = writeVarint(buffer, at, keySize)
    const keyAt = at
    if (key !== null) at = put(buffer, at, key, keySize)
    at = writeVarint(buffer, at, valueSize)
    if (value !== null) at = put(buffer, at, value, valueSize)
    at = put(buffer, at, headers, headers.length)
    if (headersEnd !== null) {
      at = writeVarint(buffer, at, endSize)
      at = headersEnd === key ? repeat(buffer, at, keyAt, keySize) : put(buffer, at, headersEnd, endSize)
    }
    this.#position = at
    this.#count += 1
  }

  /** The batch, ready to be sent. Nothing may be appended afterwards. */
  finish(compression: Compression = 'none', identity: BatchIdentity = NO_PRODUCER, isControl = false): Buffer {
    let batch = this.#buffer.subarray(0, this.#position)
    if (compression !== 'none') {
      const records = compress(compression, batch.subarray(BATCH_HEADER_BYTES))
      batch = Buffer.allocUnsafeSlow(BATCH_HEADER_BYTES + records.length)
      batch.set(records, BATCH_HEADER_BYTES)
    }
    writeBatchHeader(batch, 0, batch.length, {
      ...identity,
      compression,
      isControl,
      lastOffsetDelta: this.#count - 1,
      baseTimestamp: this.#baseTimestamp,
      maxTimestamp: this.#maxTimestamp,
      recordCount: this.#count,
    })
    return batch
  }

  #ensure(size: number): void {
    const needed = this.#position + size
    if (needed <= this.#buffer.length) return
    const grown = Buffer.allocUnsafeSlow(Math.max(needed, this.#buffer.length * 2))
    this.#buffer.copy(grown, 0, 0, this.#position)
    this.#buffer = grown
  }
}

/** Writes bytes or text and returns where they end. */
function put(buffer: Buffer, at: number, bytes: Uint8Array | string, size: number): number {
  if (typeof bytes !== 'string') buffer.set(bytes, at)
  // A text that takes one byte a unit is ASCII, for which the shorter way gives the same.
  else buffer.write(bytes, at, size, size === bytes.length ? 'latin1' : 'utf8')
  return at + size
}

/** Writes once more what stands in the buffer, and returns where it ends. */
function repeat(buffer: Buffer, at: number, from: number, size: number): number {
  buffer.copyWithin(at, from, from + size)
  return at + size
}

/** -1 stands for null, as on the wire. */
function sizeOf(bytes: Uint8Array | string | null): number {
  if (bytes === null) return -1
  return typeof bytes === 'string' ? Buffer.byteLength(bytes) : bytes.length
}
