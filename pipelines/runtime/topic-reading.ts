import type { BatchRecord } from '../../broker/protocol/record-reader.ts'

/** Which offsets a partition has. */
export interface PartitionExtent {
  readonly partition: number
  /** The first offset that can be read. */
  readonly startOffset: number
  /** The offset after the last record. */
  readonly endOffset: number
}

export interface TopicExtent {
  readonly name: string
  /** In the order of their numbers. */
  readonly partitions: readonly PartitionExtent[]
}

/** A stretch of one partition: from the first offset to before the second. */
export interface PartitionRange {
  readonly partition: number
  readonly fromOffset: number
  readonly toOffset: number
}

/** One record and where it stands. */
export interface TopicRecord {
  readonly topic: string
  readonly partition: number
  readonly record: BatchRecord
}

/** Reads one partition, record by record. */
export interface RecordCursor {
  readonly partition: number
  /** Null at the end of the range. */
  next(): Promise<BatchRecord | null>
}

/**
 * Looks into topics without being a consumer: it joins no group and moves no offset. There is one that asks a broker
 * and one that opens the files of a data directory whose broker does not run.
 */
export interface TopicReading {
  /** All topics, internal ones too, by name. */
  topics(): Promise<readonly TopicExtent[]>
  /** For each partition of the topic, the first offset whose record is not older; the end where there is none. */
  offsetsAt(topic: TopicExtent, timeMs: number): Promise<readonly number[]>
  /** One cursor for each range. Aborting the signal ends all of them. */
  read(topic: string, ranges: readonly PartitionRange[], signal: AbortSignal): readonly RecordCursor[]
  /** What is appended from these offsets on, by partition, as it comes, until the signal aborts; null where nothing can. */
  follow(topic: string, from: readonly number[], signal: AbortSignal): AsyncIterable<readonly TopicRecord[]> | null
  close(): Promise<void>
}

/** Records of several partitions in the order of their times; within each partition the order stays what it is. */
export async function* mergeByTime(topic: string, cursors: readonly RecordCursor[]): AsyncGenerator<TopicRecord> {
  const heads: { readonly cursor: RecordCursor; readonly record: BatchRecord | null }[] = []
  for (const cursor of cursors) heads.push({ cursor, record: await cursor.next() })
  for (;;) {
    let oldest: { cursor: RecordCursor; record: BatchRecord } | null = null
    let oldestAt = -1
    for (const [index, { cursor, record }] of heads.entries()) {
      if (record === null || (oldest !== null && record.timestamp >= oldest.record.timestamp)) continue
      oldest = { cursor, record }
      oldestAt = index
    }
    if (oldest === null) return
    yield { topic, partition: oldest.cursor.partition, record: oldest.record }
    heads[oldestAt] = { cursor: oldest.cursor, record: await oldest.cursor.next() }
  }
}
