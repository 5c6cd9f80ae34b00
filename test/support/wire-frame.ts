import type { Api } from '../../broker/protocol/api.ts'
import { apiByKey } from '../../broker/protocol/apis.ts'
import {
  readRequestHeader,
  readResponseHeader,
  skipTaggedFields,
  writeRequestHeader,
  writeResponseHeader,
} from '../../broker/protocol/header.ts'
import { fetch } from '../../broker/protocol/messages/fetch.ts'
import { produce } from '../../broker/protocol/messages/produce.ts'
import { Reader } from '../../broker/protocol/reader.ts'
import {
  BATCH_PREFIX_BYTES,
  type BatchHeader,
  batchSizeAt,
  readBatchHeader,
} from '../../broker/protocol/record-batch.ts'
import { Writer } from '../../broker/protocol/writer.ts'

/** A frame without its size, of one version of an API. */
export interface WireFrame {
  readonly direction: 'request' | 'response'
  readonly apiKey: number
  readonly apiVersion: number
  readonly bytes: Buffer
}

export function apiOf({ apiKey }: Pick<WireFrame, 'apiKey'>): Api {
  const api = apiByKey(apiKey)
  if (api === undefined) throw new Error(`no API has the key ${apiKey}`)
  return api
}

/** The message of a frame. */
export function readFrame(frame: WireFrame): unknown {
  const api = apiOf(frame)
  const reader = new Reader(frame.bytes)
  if (frame.direction === 'response') {
    readResponseHeader(reader, api.responseHeaderVersion(frame.apiVersion))
    return api.readResponse(frame.apiVersion, reader)
  }
  readRequestHeader(reader)
  if (api.requestHeaderVersion(frame.apiVersion) === 2) skipTaggedFields(reader)
  return api.readRequest(frame.apiVersion, reader)
}

/** The frame, header and message, as we would write what is read from it. */
export function rewriteFrame(frame: WireFrame): Buffer {
  const api = apiOf(frame)
  const version = frame.apiVersion
  const writer = new Writer()
  const reader = new Reader(frame.bytes)
  // What was read from a frame may be written to one; the table of APIs has lost its types.
  const message = readFrame(frame) as never
  if (frame.direction === 'response') {
    writeResponseHeader(writer, api.responseHeaderVersion(version), readResponseHeader(reader, 0))
    api.writeResponse(version, writer, message)
  } else {
    writeRequestHeader(writer, api.requestHeaderVersion(version), readRequestHeader(reader))
    api.writeRequest(version, writer, message)
  }
  return writer.toBuffer()
}

export interface CarriedBatch {
  readonly header: BatchHeader
  /** The batch begins where the buffer does. */
  readonly bytes: Buffer
}

/** The record batches that a frame carries: those of Produce requests and Fetch responses, without one that is cut. */
export function carriedBatches(frame: WireFrame): readonly CarriedBatch[] {
  return recordsOf(frame).flatMap((records) => {
    const batches: CarriedBatch[] = []
    for (let at = 0; at + BATCH_PREFIX_BYTES <= records.length;) {
      const size = batchSizeAt(records, at, records.length) ?? 0
      if (at + size > records.length) break
      batches.push({ header: readBatchHeader(records, at), bytes: records.subarray(at, at + size) })
      at += size
    }
    return batches
  })
}

function recordsOf({ direction, apiKey, apiVersion, bytes }: WireFrame): readonly Buffer[] {
  const reader = new Reader(bytes)
  if (apiKey === produce.key && direction === 'request') {
    readRequestHeader(reader)
    if (produce.requestHeaderVersion(apiVersion) === 2) skipTaggedFields(reader)
    const { topicData } = produce.readRequest(apiVersion, reader)
    return topicData.flatMap(({ partitionData }) => partitionData.map(({ records }) => records ?? Buffer.alloc(0)))
  }
  if (apiKey === fetch.key && direction === 'response') {
    readResponseHeader(reader, fetch.responseHeaderVersion(apiVersion))
    const { responses } = fetch.readResponse(apiVersion, reader)
    return responses.flatMap(({ partitions }) => partitions.map(({ records }) => records ?? Buffer.alloc(0)))
  }
  return []
}
