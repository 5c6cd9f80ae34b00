import type { Api, RequestDraftOf, ResponseOf } from '../../broker/protocol/api.ts'
import { readResponseHeader, writeRequestHeader } from '../../broker/protocol/header.ts'
import { Reader } from '../../broker/protocol/reader.ts'
import { Writer } from '../../broker/protocol/writer.ts'

/** A request as it stands on the wire, without its size. */
export function requestFrame<A extends Api>(
  api: A,
  version: number,
  request: RequestDraftOf<A>,
  correlationId = 1,
): Buffer {
  const writer = new Writer()
  const header = { apiKey: api.key, apiVersion: version, correlationId, clientId: 'raw' }
  writeRequestHeader(writer, api.requestHeaderVersion(version), header)
  api.writeRequest(version, writer, request as never)
  return writer.toBuffer()
}

/** The answer in a frame, and the request that it is for. */
export function readAnswer<A extends Api>(
  api: A,
  version: number,
  frame: Buffer,
): { readonly correlationId: number; readonly response: ResponseOf<A> } {
  const reader = new Reader(frame)
  const correlationId = readResponseHeader(reader, api.responseHeaderVersion(version))
  return { correlationId, response: api.readResponse(version, reader) as ResponseOf<A> }
}
