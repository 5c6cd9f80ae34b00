import type { BrokerContext } from '../broker-context.ts'
import type { PartitionLog } from '../log/partition-log.ts'
import { wireErrorCode, type WireErrorName } from '../protocol/error-codes.ts'
import { listOffsets } from '../protocol/messages/list-offsets.ts'
import { ProtocolError } from '../protocol/protocol-error.ts'
import { type BatchHeader, lastOffsetOf, readBatchHeader } from '../protocol/record-batch.ts'
import { eachRecord } from '../protocol/record-reader.ts'
import { defineHandler, type Handler } from './handler.ts'

/** The questions that are asked with a negative timestamp. */
const LATEST = -1
const EARLIEST = -2
const MAX_TIMESTAMP = -3
const EARLIEST_LOCAL = -4
const LATEST_TIERED = -5

const READ_BYTES = 1_048_576

interface Found {
  readonly offset: number
  readonly timestamp: number
}

const NOT_FOUND: Found = { offset: -1, timestamp: -1 }

/**
 * ListOffsets 1-10: the first and the last offset, the first record from a time on, the record with the highest time.
 * Nothing is tiered, so the earliest local offset is the earliest and there is no tiered one.
 */
export function createListOffsetsHandler(context: BrokerContext): Handler {
  return defineHandler(listOffsets, async (request) => {
    const topics = []
    for (const { name, partitions } of request.topics) {
      const topic = context.topics.get(name)
      const answers = []
      for (const { partitionIndex, timestamp, currentLeaderEpoch } of partitions) {
        const log = topic?.partitions[partitionIndex]
        const refused = refusal(log, currentLeaderEpoch)
        const found = log === undefined || refused !== null ? NOT_FOUND : await find(context, log, timestamp)
        answers.push({
          partitionIndex,
          errorCode: refused === null ? 0 : wireErrorCode(refused),
          timestamp: found.timestamp,
          offset: found.offset,
          leaderEpoch: found.offset < 0 ? -1 : 0,
        })
      }
      topics.push({ name, partitions: answers })
    }
    return { topics }
  })
}

function refusal(log: PartitionLog | undefined, currentLeaderEpoch: number): WireErrorName | null {
  if (log === undefined) return 'UNKNOWN_TOPIC_OR_PARTITION'
  return currentLeaderEpoch > 0 ? 'UNKNOWN_LEADER_EPOCH' : null
}

async function find(context: BrokerContext, log: PartitionLog, timestamp: number): Promise<Found> {
  switch (timestamp) {
    case LATEST:
      return { offset: log.highWatermark, timestamp: -1 }
    case EARLIEST:
    case EARLIEST_LOCAL:
      return { offset: log.startOffset, timestamp: -1 }
    case LATEST_TIERED:
      return NOT_FOUND
    case MAX_TIMESTAMP:
      return findHighest(context, log)
    default:
      return findFrom(context, log, timestamp)
  }
}

/** The first record whose time is not before the given one. */
async function findFrom(context: BrokerContext, log: PartitionLog, timestamp: number): Promise<Found> {
  for await (const records of recordsOf(context, log, log.offsetBefore(timestamp), timestamp)) {
    for (const found of records) {
      if (found.timestamp >= timestamp && found.offset >= log.startOffset) return found
    }
  }
  return NOT_FOUND
}

async function findHighest(context: BrokerContext, log: PartitionLog): Promise<Found> {
  let highest = NOT_FOUND
  for await (const records of recordsOf(context, log, log.startOffset, Number.NEGATIVE_INFINITY)) {
    for (const found of records) if (found.timestamp > highest.timestamp) highest = found
  }
  return highest
}

/** The records of each batch that has one of this time or later, from the offset on. */
async function* recordsOf(
  { settings }: BrokerContext,
  log: PartitionLog,
  from: number,
  timestamp: number,
): AsyncIterable<Iterable<Found>> {
  let offset = Math.max(from, log.startOffset)
  while (offset < log.highWatermark) {
    const reading = await log.read(offset, READ_BYTES)
    if (reading.chunks.length === 0) return
    try {
      for (const chunk of reading.chunks) {
        for (let at = 0; at < chunk.length;) {
          const header = readBatchHeader(chunk, at)
          if (header.maxTimestamp >= timestamp) yield timesIn(chunk, at, header, settings.maxDecompressedBytes)
          at += header.sizeBytes
          offset = lastOffsetOf(header) + 1
        }
      }
    } finally {
      // Also where the reader has found what it wanted, and reads no further.
      reading.release()
    }
  }
}

/**
 * Offset and time of each record. Nobody looks into a compressed batch when it is produced: one that cannot be read
 * counts as one record, at its first offset, so that whoever goes there passes nothing.
 */
function* timesIn(chunk: Buffer, at: number, header: BatchHeader, maxBytes: number): Iterable<Found> {
  try {
    for (const { offset, timestamp } of eachRecord(chunk, at, header, maxBytes)) yield { offset, timestamp }
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error
    yield { offset: header.baseOffset, timestamp: header.maxTimestamp }
  }
}
