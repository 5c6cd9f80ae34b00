import type { BrokerContext } from '../broker-context.ts'
import type { PartitionLog } from '../log/partition-log.ts'
import type { RequestOf, ResponseDraftOf } from '../protocol/api.ts'
import { wireErrorCode, type WireErrorName } from '../protocol/error-codes.ts'
import { fetch } from '../protocol/messages/fetch.ts'
import { ProtocolError } from '../protocol/protocol-error.ts'
import type { Topic } from '../topics/topic-catalog.ts'
import { type Caller, defineHandler, type Handler } from './handler.ts'

type FetchRequest = RequestOf<typeof fetch>
type Answer = ResponseDraftOf<typeof fetch>
type PartitionAnswer = NonNullable<NonNullable<Answer['responses']>[number]['partitions']>[number]
type WantedPartition = FetchRequest['topics'][number]['partitions'][number]

/** One partition of a request, resolved. */
interface Wanted {
  readonly log: PartitionLog
  readonly partition: number
  readonly fetchOffset: number
  readonly maxBytes: number
}

interface PartitionRead {
  readonly answer: PartitionAnswer
  readonly bytes: number
  readonly isFinal: boolean
  readonly release: () => void
}

interface Read {
  readonly answer: Answer
  readonly bytes: number
  readonly isFinal: boolean
  /** To be called when nobody looks at the answer's records any more. */
  readonly releases: readonly (() => void)[]
}

/**
 * Fetch 4-18: whole batches from the one that holds the offset on; waits up to `maxWaitMs` for `minBytes`. The first
 * partition that has anything gives at least one batch, however large (KIP-74).
 * Not implemented: fetch sessions (every answer is full and says session 0, which KIP-227 allows); there are no open
 * transactions, so `read_committed` reads the same.
 */
export function createFetchHandler(context: BrokerContext): Handler {
  const handle = async (request: FetchRequest, caller: Caller): Promise<Answer> => {
    if (request.sessionEpoch > 0) return { errorCode: wireErrorCode('FETCH_SESSION_ID_NOT_FOUND') }
    const maxWaitMs = Math.min(Math.max(request.maxWaitMs, 0), context.settings.maxFetchWaitMs)
    const deadlineMs = context.clock.now() + maxWaitMs
    const logs = request.topics.flatMap((wanted) => {
      const topic = findTopic(context, wanted, caller.header.apiVersion)
      return wanted.partitions.map(({ partition }) => topic?.partitions[partition]).filter((log) => log !== undefined)
    })
    for (;;) {
      const changed = watchAll(logs, caller.signal)
      try {
        const { answer, bytes, isFinal, releases } = await readAll(context, request, caller)
        const waitMs = deadlineMs - context.clock.now()
        if (isFinal || bytes >= request.minBytes || waitMs <= 0 || caller.signal.aborted) {
          for (const release of releases) caller.whenSent(release)
          return answer
        }
        for (const release of releases) release()
        await Promise.race([changed.promise, context.clock.sleep(waitMs, changed.signal).catch(() => undefined)])
      } finally {
        changed.stop()
      }
    }
  }
  return defineHandler(fetch, handle, { parks: true })
}

async function readAll(context: BrokerContext, request: FetchRequest, { header }: Caller): Promise<Read> {
  const { held, settings } = context
  let bytes = 0
  let reserved = 0
  let isFinal = false
  const maxBytes = Math.min(request.maxBytes, settings.maxFetchBytes)
  const responses = []
  const releases: (() => void)[] = []
  try {
    for (const wanted of request.topics) {
      const topic = findTopic(context, wanted, header.apiVersion)
      const partitions: PartitionAnswer[] = []
      for (const partition of wanted.partitions) {
        const room = held.reserve(Math.min(partition.partitionMaxBytes, maxBytes - bytes))
        reserved += room
        const read = await readPartition(topic, partition, { room, mayExceed: bytes === 0 }, header.apiVersion)
        held.change(read.bytes - room)
        reserved += read.bytes - room
        partitions.push(read.answer)
        bytes += read.bytes
        isFinal ||= read.isFinal
        releases.push(read.release)
      }
      responses.push({ topic: wanted.topic, topicId: wanted.topicId, partitions })
    }
  } finally {
    // From here on the connection counts it.
    held.change(-reserved)
  }
  return { answer: { sessionId: 0, responses }, bytes, isFinal, releases }
}

/** How much a partition may still give; the first that has anything may give one batch more than that. */
interface Room {
  readonly room: number
  readonly mayExceed: boolean
}

async function readPartition(
  topic: Topic | undefined,
  wanted: WantedPartition,
  { room, mayExceed }: Room,
  version: number,
): Promise<PartitionRead> {
  const log = topic?.partitions[wanted.partition]
  if (log === undefined)
    return refuse(wanted, version >= 13 && topic === undefined ? 'UNKNOWN_TOPIC_ID' : 'UNKNOWN_TOPIC_OR_PARTITION')
  if (wanted.currentLeaderEpoch > 0) return refuse(wanted, 'UNKNOWN_LEADER_EPOCH')
  const { fetchOffset } = wanted
  if (fetchOffset < log.startOffset || fetchOffset > log.highWatermark)
    return refuse(wanted, 'OFFSET_OUT_OF_RANGE', log)
  if (room <= 0 && !mayExceed) return presentNothing(wanted, log)
  try {
    const { chunks, release } = await log.read(fetchOffset, room)
    const bytes = chunks.reduce((sum, chunk) => sum + chunk.length, 0)
    if (bytes > room && !mayExceed) {
      release()
      return presentNothing(wanted, log)
    }
    return { answer: present(wanted, log, chunks), bytes, isFinal: false, release }
  } catch (error) {
    // Retention may have removed the segment meanwhile; anything else is the disk's fault.
    if (fetchOffset < log.startOffset) return refuse(wanted, 'OFFSET_OUT_OF_RANGE', log)
    if (error instanceof ProtocolError) return refuse(wanted, 'KAFKA_STORAGE_ERROR', log)
    throw error
  }
}

function presentNothing(wanted: WantedPartition, log: PartitionLog): PartitionRead {
  return { answer: present(wanted, log, []), bytes: 0, isFinal: false, release: () => undefined }
}

function present(
  { partition }: Pick<Wanted, 'partition'>,
  log: PartitionLog,
  chunks: readonly Buffer[],
): PartitionAnswer {
  return {
    partitionIndex: partition,
    highWatermark: log.highWatermark,
    lastStableOffset: log.highWatermark,
    logStartOffset: log.startOffset,
    abortedTransactions: null,
    records: chunks,
  }
}

function refuse({ partition }: Pick<Wanted, 'partition'>, error: WireErrorName, log?: PartitionLog): PartitionRead {
  const answer = {
    partitionIndex: partition,
    errorCode: wireErrorCode(error),
    highWatermark: log?.highWatermark ?? -1,
    lastStableOffset: log?.highWatermark ?? -1,
    logStartOffset: log?.startOffset ?? -1,
    abortedTransactions: null,
    records: Buffer.alloc(0),
  }
  return { answer, bytes: 0, isFinal: true, release: () => undefined }
}

function findTopic(
  { topics }: BrokerContext,
  wanted: FetchRequest['topics'][number],
  version: number,
): Topic | undefined {
  return version >= 13 ? topics.getById(wanted.topicId) : topics.get(wanted.topic)
}

/** Resolves when any of the logs has more, or the signal aborts; begins to watch at once, so that nothing is missed. */
function watchAll(
  logs: readonly PartitionLog[],
  signal: AbortSignal,
): { promise: Promise<void>; signal: AbortSignal; stop(): void } {
  const stopped = new AbortController()
  const stops: (() => void)[] = []
  const promise = new Promise<void>((resolve) => {
    for (const log of logs) stops.push(log.watch(resolve))
    const aborted = (): void => resolve()
    signal.addEventListener('abort', aborted, { once: true })
    stops.push(() => signal.removeEventListener('abort', aborted))
  })
  return {
    promise,
    signal: stopped.signal,
    stop() {
      for (const stop of stops) stop()
      stopped.abort()
    },
  }
}
