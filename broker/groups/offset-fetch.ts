import type { CommittedOffset } from './committed-offset.ts'
import type { CommittedOffsets } from './committed-offsets.ts'
import type { TopicPartitions } from './offset-deletion.ts'

export interface FetchedTopic {
  readonly topic: string
  readonly partitions: readonly {
    readonly partition: number
    /** Null: never committed, expired, or not durable yet. */
    readonly committed: CommittedOffset | null
  }[]
}

/** What a group has committed for these partitions; for all that it has anything for, with null. */
export function fetchOffsets(
  offsets: CommittedOffsets,
  groupId: string,
  topics: readonly TopicPartitions[] | null,
): readonly FetchedTopic[] {
  if (topics !== null) {
    return topics.map(({ topic, partitions }) => ({
      topic,
      partitions: partitions.map((partition) => ({ partition, committed: offsets.get(groupId, topic, partition) })),
    }))
  }
  const all = new Map<string, { partition: number; committed: CommittedOffset }[]>()
  for (const { topic, partition, committed } of offsets.ofGroup(groupId)) {
    const partitions = all.get(topic) ?? []
    partitions.push({ partition, committed })
    all.set(topic, partitions)
  }
  return [...all].map(([topic, partitions]) => ({ topic, partitions }))
}
