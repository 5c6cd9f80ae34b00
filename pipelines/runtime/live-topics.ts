import { Admin } from '../../broker/client/admin.ts'
import type { Cluster } from '../../broker/client/cluster.ts'
import { Fetcher } from '../../broker/client/fetcher.ts'
import type { BatchRecord } from '../../broker/protocol/record-reader.ts'
import type { PartitionRange, RecordCursor, TopicExtent, TopicReading, TopicRecord } from './topic-reading.ts'

/** One answer for one partition; a topic of many partitions is read with all of them at hand. */
const PARTITION_BYTES = 262_144

/** Topics of a broker that runs. Failures are those of the client. */
export class LiveTopics implements TopicReading {
  readonly #cluster: Cluster
  readonly #admin: Admin

  /** The cluster is closed with this. */
  constructor(cluster: Cluster) {
    this.#cluster = cluster
    this.#admin = new Admin(cluster)
  }

  async topics(): Promise<readonly TopicExtent[]> {
    const topics = [...(await this.#admin.topics())].sort((a, b) => (a.name < b.name ? -1 : 1))
    const wanted = topics.flatMap(({ name, partitions }) =>
      Array.from({ length: partitions }, (_, partition) => ({ topic: name, partition })),
    )
    const starts = await this.#admin.listOffsets(wanted, 'earliest')
    const ends = await this.#admin.listOffsets(wanted, 'latest')
    const startOf = new Map(starts.map(({ topic, partition, offset }) => [`${topic}-${partition}`, offset]))
    const endOf = new Map(ends.map(({ topic, partition, offset }) => [`${topic}-${partition}`, offset]))
    return topics.map(({ name, partitions }) => ({
      name,
      partitions: Array.from({ length: partitions }, (_, partition) => ({
        partition,
        startOffset: startOf.get(`${name}-${partition}`) ?? 0,
        endOffset: endOf.get(`${name}-${partition}`) ?? 0,
      })),
    }))
  }

  async offsetsAt({ name, partitions }: TopicExtent, timeMs: number): Promise<readonly number[]> {
    const wanted = partitions.map(({ partition }) => ({ topic: name, partition }))
    const found = await this.#admin.listOffsets(wanted, timeMs)
    const offsetOf = new Map(found.map(({ partition, offset }) => [partition, offset]))
    return partitions.map(({ partition, endOffset }) => {
      const offset = offsetOf.get(partition) ?? -1
      return offset < 0 ? endOffset : offset
    })
  }

  read(topic: string, ranges: readonly PartitionRange[], signal: AbortSignal): readonly RecordCursor[] {
    const reader = new RangeReader(this.#cluster, topic, ranges, signal)
    return ranges.map(({ partition }) => ({ partition, next: () => reader.next(partition) }))
  }

  async *follow(topic: string, from: readonly number[], signal: AbortSignal): AsyncGenerator<readonly TopicRecord[]> {
    const fetcher = new Fetcher(this.#cluster, { purpose: `follow/${topic}`, partitionMaxBytes: PARTITION_BYTES })
    for (const [partition, offset] of from.entries()) fetcher.assign(topic, partition, offset)
    try {
      while (!signal.aborted) {
        for (const { partition, records } of await fetcher.poll(signal)) {
          yield records.map((record) => ({ topic, partition, record }))
        }
      }
    } finally {
      fetcher.close()
    }
  }

  async close(): Promise<void> {
    await this.#cluster.close()
  }
}

interface ReadPartition {
  readonly toOffset: number
  nextOffset: number
  records: readonly BatchRecord[]
  /** Of the next one to hand out. */
  at: number
}

/** Reads ranges of several partitions over one connection, and holds one answer of each at most. */
class RangeReader {
  readonly #topic: string
  readonly #signal: AbortSignal
  readonly #fetcher: Fetcher
  readonly #partitions = new Map<number, ReadPartition>()

  constructor(cluster: Cluster, topic: string, ranges: readonly PartitionRange[], signal: AbortSignal) {
    this.#topic = topic
    this.#signal = signal
    this.#fetcher = new Fetcher(cluster, { purpose: `read/${topic}`, partitionMaxBytes: PARTITION_BYTES })
    for (const { partition, fromOffset, toOffset } of ranges) {
      this.#partitions.set(partition, { toOffset, nextOffset: fromOffset, records: [], at: 0 })
      if (fromOffset < toOffset) this.#fetcher.assign(topic, partition, fromOffset)
    }
    this.#closeWhenDone()
  }

  async next(partition: number): Promise<BatchRecord | null> {
    const state = this.#partitions.get(partition)
    if (state === undefined) return null
    for (;;) {
      const record = state.records[state.at]
      if (record !== undefined) {
        state.at += 1
        if (record.offset < state.toOffset) return record
        this.#end(partition, state)
        return null
      }
      if (state.nextOffset >= state.toOffset || this.#signal.aborted) {
        this.#end(partition, state)
        return null
      }
      this.#fetcher.resume(this.#topic, partition)
      await this.#fetch()
    }
  }

  async #fetch(): Promise<void> {
    for (const { partition, records, nextOffset } of await this.#fetcher.poll(this.#signal)) {
      const state = this.#partitions.get(partition)
      if (state === undefined) continue
      state.records = records
      state.at = 0
      state.nextOffset = nextOffset
      // Nothing more of it until these are handed out: its records may be the newest of all.
      this.#fetcher.pause(this.#topic, partition)
    }
  }

  #end(partition: number, state: ReadPartition): void {
    state.records = []
    state.nextOffset = state.toOffset
    this.#fetcher.unassign(this.#topic, partition)
    this.#closeWhenDone()
  }

  #closeWhenDone(): void {
    const isDone = [...this.#partitions.values()].every(({ nextOffset, toOffset }) => nextOffset >= toOffset)
    const isEmpty = [...this.#partitions.values()].every(({ records, at }) => at >= records.length)
    if (this.#signal.aborted || (isDone && isEmpty)) this.#fetcher.close()
  }
}
