import type { Reader } from './reader.ts'
import type { Writer } from './writer.ts'
import { ProtocolError } from './protocol-error.ts'

/** Every request begins with it. The client id keeps its two-byte length even where the rest is compact. */
export interface RequestHeader {
  readonly apiKey: number
  readonly apiVersion: number
  readonly correlationId: number
  readonly clientId: string | null
}

/** The first fields, which stand alike in all header versions; what follows depends on the API (KIP-482). */
export function readRequestHeader(reader: Reader): RequestHeader {
  const apiKey = reader.int16()
  const apiVersion = reader.int16()
  const correlationId = reader.int32()
  const size = reader.int16()
  return { apiKey, apiVersion, correlationId, clientId: size < 0 ? null : reader.text(size) }
}

export function writeRequestHeader(writer: Writer, headerVersion: 1 | 2, header: RequestHeader): void {
  writer.int16(header.apiKey)
  writer.int16(header.apiVersion)
  writer.int32(header.correlationId)
  const size = header.clientId === null ? -1 : Buffer.byteLength(header.clientId)
  writer.int16(size)
  if (header.clientId !== null) writer.text(header.clientId, size)
  if (headerVersion === 2) writer.unsignedVarint(0)
}

export function readResponseHeader(reader: Reader, headerVersion: 0 | 1): number {
  const correlationId = reader.int32()
  if (headerVersion === 1) skipTaggedFields(reader)
  return correlationId
}

export function writeResponseHeader(writer: Writer, headerVersion: 0 | 1, correlationId: number): void {
  writer.int32(correlationId)
  if (headerVersion === 1) writer.unsignedVarint(0)
}

/** Moves past a section of tagged fields of which none is known. */
export function skipTaggedFields(reader: Reader): void {
  const count = reader.unsignedVarint()
  if (count > reader.remaining) throw new ProtocolError('bad-length', `${count} tagged fields announced`)
  for (let i = 0; i < count; i += 1) {
    reader.unsignedVarint()
    reader.take(reader.unsignedVarint())
  }
}
