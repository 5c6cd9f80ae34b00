import { mergeByTime, type TopicExtent, type TopicReading, type TopicRecord } from '../runtime/topic-reading.ts'

/** The newest records of a topic, oldest first; of a long topic only its end is read. */
export async function newestRecords(
  reading: TopicReading,
  topic: TopicExtent,
  limit: number,
  signal: AbortSignal,
): Promise<readonly TopicRecord[]> {
  const ranges = topic.partitions.map(({ partition, startOffset, endOffset }) => ({
    partition,
    fromOffset: Math.max(startOffset, endOffset - limit),
    toOffset: endOffset,
  }))
  const newest: TopicRecord[] = []
  for await (const record of mergeByTime(topic.name, reading.read(topic.name, ranges, signal))) {
    newest.push(record)
    if (newest.length > limit) newest.shift()
  }
  return newest
}

export function recordCount({ partitions }: TopicExtent): number {
  return partitions.reduce((sum, { startOffset, endOffset }) => sum + endOffset - startOffset, 0)
}
