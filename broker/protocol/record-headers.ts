import type { EncodedHeaders } from './record-batch-builder.ts'
import { ProtocolError } from './protocol-error.ts'
import { varintSize, writeVarint } from './varint.ts'

/** One header of a record. Names may repeat; a value may be null. */
export interface RecordHeader {
  readonly name: string
  readonly value: Uint8Array | null
}

/** The bytes of a record's headers, as `RecordBatchBuilder.append` takes them. */
export function encodeHeaders(headers: readonly RecordHeader[]): EncodedHeaders {
  let size = varintSize(headers.length)
  for (const { name, value } of headers) {
    const nameSize = Buffer.byteLength(name)
    const valueSize = value === null ? -1 : value.length
    size += varintSize(nameSize) + nameSize + varintSize(valueSize) + Math.max(valueSize, 0)
  }
  const encoded = Buffer.allocUnsafe(size)
  let at = writeVarint(encoded, 0, headers.length)
  for (const { name, value } of headers) {
    at = writeVarint(encoded, at, Buffer.byteLength(name))
    at += encoded.write(name, at)
    at = writeVarint(encoded, at, value === null ? -1 : value.length)
    if (value === null) continue
    encoded.set(value, at)
    at += value.length
  }
  return encoded
}

/** Reads what `encodeHeaders` writes. Throws ProtocolError `bad-batch` when it is not well-formed. */
export function decodeHeaders(encoded: Buffer): readonly RecordHeader[] {
  const cursor = { at: 0 }
  const count = readVarint(encoded, cursor)
  if (count < 0 || count > encoded.length) throw new ProtocolError('bad-batch', `${count} headers announced`)
  const headers: RecordHeader[] = []
  for (let i = 0; i < count; i += 1) {
    const name = take(encoded, cursor, readVarint(encoded, cursor)).toString('utf8')
    const size = readVarint(encoded, cursor)
    headers.push({ name, value: size < 0 ? null : take(encoded, cursor, size) })
  }
  return headers
}

function take(buffer: Buffer, cursor: { at: number }, size: number): Buffer {
  const at = cursor.at
  if (size < 0 || size > buffer.length - at) throw new ProtocolError('bad-batch', 'a header reaches beyond its record')
  cursor.at = at + size
  return buffer.subarray(at, at + size)
}

function readVarint(buffer: Buffer, cursor: { at: number }): number {
  let raw = 0
  for (let shift = 0; shift < 35; shift += 7) {
    const byte = buffer[cursor.at]
    if (byte === undefined) throw new ProtocolError('bad-batch', 'the headers end in the middle')
    cursor.at += 1
    raw |= (byte & 0x7f) << shift
    if (byte < 0x80) return (raw >>> 1) ^ -(raw & 1)
  }
  throw new ProtocolError('bad-varint', 'a header length does not fit 32 bits')
}
