import { BROKER_LIMITS } from '../limits.ts'
import type { ResponseOf } from '../protocol/api.ts'
import { wireErrorName } from '../protocol/error-codes.ts'
import { fetch } from '../protocol/messages/fetch.ts'
import { Backoff } from './backoff.ts'
import { isRetriable, WireFailure } from './client-error.ts'
import type { Cluster } from './cluster.ts'
import { type FetchedRecords, readFetched } from './fetched-records.ts'
import { Wakeup } from './wakeup.ts'

export interface FetcherOptions {
  /** Names the connection: fetchers of different purposes do not wait for each other. */
  readonly purpose: string
  readonly isolation?: 'read_committed' | 'read_uncommitted'
  readonly maxWaitMs?: number
  readonly minBytes?: number
  readonly maxBytes?: number
  readonly partitionMaxBytes?: number
  /** Told about every failed attempt. */
  onTrouble?(error: Error): void
}

/** The offset is not in the log (any more): what lay there is gone, or never was. */
export class OffsetOutOfRange extends Error {
  override readonly name = 'OffsetOutOfRange'
  readonly topic: string
  readonly partition: number
  readonly offset: number

  constructor(topic: string, partition: number, offset: number) {
    super(`${topic}-${partition} has no offset ${offset}`)
    this.topic = topic
    this.partition = partition
    this.offset = offset
  }
}

interface Position {
  readonly topic: string
  readonly partition: number
  nextOffset: number
  isPaused: boolean
  /** What was fetched and not polled yet; until then nothing more is fetched. */
  buffered: FetchedRecords | null
  failure: Error | null
}

/** Version 13 names topics by their ids, which we do not keep. */
const MAX_FETCH_VERSION = 12

/**
 * Reads partitions from given offsets on, ahead of the one who polls by one answer per partition. Keeps no offsets
 * for anybody: see GroupMember.
 */
export class Fetcher {
  readonly #cluster: Cluster
  readonly #options: Required<Omit<FetcherOptions, 'onTrouble'>> & Pick<FetcherOptions, 'onTrouble'>
  readonly #positions = new Map<string, Position>()
  readonly #loops = new Map<number, Promise<void>>()
  readonly #closed = new AbortController()
  readonly #arrived = new Wakeup()
  readonly #changed = new Wakeup()
  #steering = false
  #interrupted = false

  constructor(cluster: Cluster, options: FetcherOptions) {
    this.#cluster = cluster
    this.#options = {
      isolation: 'read_committed',
      maxWaitMs: 500,
      minBytes: 1,
      maxBytes: 8_388_608,
      partitionMaxBytes: 1_048_576,
      ...options,
    }
  }

  /** Begins to read the partition, or goes on from another offset. */
  assign(topic: string, partition: number, offset: number): void {
    const name = `${topic}-${partition}`
    const isPaused = this.#positions.get(name)?.isPaused ?? false
    this.#positions.set(name, { topic, partition, nextOffset: offset, isPaused, buffered: null, failure: null })
    this.#steer()
  }

  unassign(topic: string, partition: number): void {
    this.#positions.delete(`${topic}-${partition}`)
  }

  /** Nothing more of the partition is polled until `resume`. */
  pause(topic: string, partition: number): void {
    const position = this.#positions.get(`${topic}-${partition}`)
    if (position !== undefined) position.isPaused = true
  }

  resume(topic: string, partition: number): void {
    const position = this.#positions.get(`${topic}-${partition}`)
    if (position !== undefined) position.isPaused = false
    this.#steer()
    this.#arrived.notify()
  }

  /** Lets a `poll` that waits come back with nothing. */
  interrupt(): void {
    this.#interrupted = true
    this.#arrived.notify()
  }

  /**
   * What has been fetched, at most one stretch per partition; waits for the first when there is nothing yet, and
   * resolves with nothing when the signal aborts or somebody calls `interrupt`. Rejects with OffsetOutOfRange, ProtocolError (damaged records) or a
   * WireFailure that waiting does not mend; the partition is not read on then until it is assigned anew.
   */
  async poll(signal: AbortSignal): Promise<readonly FetchedRecords[]> {
    while (!signal.aborted && !this.#closed.signal.aborted) {
      const polled = this.#take()
      if (polled.length > 0) {
        this.#steer()
        return polled
      }
      if (this.#interrupted) break
      await this.#arrived.wait(signal)
    }
    this.#interrupted = false
    return []
  }

  close(): void {
    this.#closed.abort()
    this.#arrived.notify()
    this.#changed.notify()
  }

  #take(): readonly FetchedRecords[] {
    const polled: FetchedRecords[] = []
    for (const [name, position] of this.#positions) {
      if (position.isPaused) continue
      if (position.failure !== null && polled.length === 0) {
        this.#positions.delete(name)
        throw position.failure
      }
      if (position.buffered === null) continue
      polled.push(position.buffered)
      position.buffered = null
    }
    return polled
  }

  /** Sees to it that every broker that leads one of our partitions is asked. */
  #steer(): void {
    this.#changed.notify()
    if (!this.#steering) void this.#findLeaders()
  }

  async #findLeaders(): Promise<void> {
    this.#steering = true
    const backoff = new Backoff(this.#cluster.clock)
    while (!this.#closed.signal.aborted) {
      try {
        for (const position of this.#positions.values()) {
          const leader = await this.#cluster.leaderOf(position.topic, position.partition)
          if (!this.#loops.has(leader)) this.#loops.set(leader, this.#fetchFrom(leader))
        }
        break
      } catch (error) {
        this.#trouble(error)
        await backoff.wait(this.#closed.signal).catch(() => undefined)
      }
    }
    this.#steering = false
  }

  async #fetchFrom(leader: number): Promise<void> {
    const backoff = new Backoff(this.#cluster.clock)
    while (!this.#closed.signal.aborted) {
      try {
        const seen = this.#changed.count
        const wanted = await this.#wantedFrom(leader)
        if (wanted.length === 0) await this.#changed.wait(this.#closed.signal, seen)
        else {
          await this.#fetchOnce(leader, wanted)
          backoff.reset()
        }
      } catch (error) {
        if (this.#closed.signal.aborted) return
        for (const { topic } of this.#positions.values()) this.#cluster.forgetTopic(topic)
        this.#trouble(error)
        await backoff.wait(this.#closed.signal).catch(() => undefined)
        this.#steer()
      }
    }
  }

  async #wantedFrom(leader: number): Promise<readonly Position[]> {
    const wanted: Position[] = []
    for (const position of this.#positions.values()) {
      if (position.isPaused || position.buffered !== null || position.failure !== null) continue
      if ((await this.#cluster.leaderOf(position.topic, position.partition)) === leader) wanted.push(position)
    }
    return wanted
  }

  async #fetchOnce(leader: number, wanted: readonly Position[]): Promise<void> {
    const { purpose, isolation, maxWaitMs, minBytes, maxBytes, partitionMaxBytes } = this.#options
    const connection = await this.#cluster.broker(leader, `fetch/${purpose}`)
    const topics = new Set(wanted.map(({ topic }) => topic))
    const asked = new Map(wanted.map((position) => [`${position.topic}-${position.partition}`, position]))
    const request = {
      maxWaitMs,
      minBytes,
      maxBytes,
      isolationLevel: isolation === 'read_committed' ? 1 : 0,
      topics: [...topics].map((topic) => ({
        topic,
        partitions: wanted
          .filter((position) => position.topic === topic)
          .map(({ partition, nextOffset }) => ({ partition, fetchOffset: nextOffset, partitionMaxBytes })),
      })),
    }
    const answer = await connection.send(fetch, request, {
      maxVersion: MAX_FETCH_VERSION,
      timeoutMs: maxWaitMs + 30_000,
    })
    if (answer.errorCode !== 0) throw new WireFailure(wireErrorName(answer.errorCode), 'fetch')
    let trouble: Error | null = null
    for (const { topic, partitions } of answer.responses) {
      for (const partition of partitions) {
        const position = asked.get(`${topic}-${partition.partitionIndex}`)
        // It was assigned anew, or taken away, while the answer was on its way.
        if (position === undefined || this.#positions.get(`${topic}-${partition.partitionIndex}`) !== position) continue
        trouble ??= this.#note(position, partition)
      }
    }
    this.#letGo(answer)
    this.#arrived.notify()
    if (trouble !== null) throw trouble
  }

  /** Keeps what the partition has given. Returns a failure that is to be tried again, or null. */
  #note(position: Position, answer: PartitionAnswer): Error | null {
    const { topic, partition, nextOffset: fetchOffset } = position
    const error = wireErrorName(answer.errorCode)
    if (error === 'OFFSET_OUT_OF_RANGE') {
      position.failure = new OffsetOutOfRange(topic, partition, fetchOffset)
      return null
    }
    if (error !== 'NONE') {
      const failure = new WireFailure(error, `${topic}-${partition}`)
      if (failure.retriable) return failure
      position.failure = failure
      return null
    }
    const bytes = answer.records ?? Buffer.alloc(0)
    if (bytes.length === 0) return null
    try {
      const { records, nextOffset } = readFetched({
        bytes,
        fetchOffset,
        abortedTransactions: this.#options.isolation === 'read_committed' ? (answer.abortedTransactions ?? []) : null,
        maxDecompressedBytes: BROKER_LIMITS.maxDecompressedBytes.default,
      })
      position.nextOffset = nextOffset
      if (nextOffset === fetchOffset) return null
      position.buffered = {
        topic,
        partition,
        records,
        fetchOffset,
        nextOffset,
        highWatermark: answer.highWatermark,
        sizeBytes: bytes.length,
        release: () => this.#cluster.memory.letGo(bytes),
      }
      this.#cluster.memory.keep(bytes)
    } catch (thrown) {
      position.failure = thrown instanceof Error ? thrown : new Error(String(thrown))
    }
    return null
  }

  /** Of the answer, only what was kept is needed any more; all of its records lie in one frame. */
  #letGo({ responses }: ResponseOf<typeof fetch>): void {
    const records = responses.flatMap(({ partitions }) => partitions).find((partition) => partition.records?.length)
    if (records?.records) this.#cluster.memory.letGo(records.records)
  }

  #trouble(thrown: unknown): void {
    const error = thrown instanceof Error ? thrown : new Error(String(thrown))
    this.#options.onTrouble?.(error)
    if (isRetriable(error)) return
    // Nothing that waiting mends: whoever polls is told.
    for (const position of this.#positions.values()) position.failure ??= error
    this.#arrived.notify()
  }
}

type PartitionAnswer = ResponseOf<typeof fetch>['responses'][number]['partitions'][number]
