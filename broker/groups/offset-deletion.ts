import type { WireErrorName } from '../protocol/error-codes.ts'
import type { CommittedOffsets } from './committed-offsets.ts'
import { subscribedTopics } from './consumer-subscription.ts'
import type { Group } from './group.ts'
import type { TopicResult } from './offset-commits.ts'
import type { TopicDirectory } from './topic-directory.ts'

export interface TopicPartitions {
  readonly topic: string
  readonly partitions: readonly number[]
}

export interface OffsetDeletion {
  /** Of the whole request. */
  readonly error: WireErrorName
  readonly topics: readonly TopicResult[]
}

/** Removes offsets that no member of the group is using (KIP-496); an offset that is not there counts as removed. */
export async function deleteOffsets(
  offsets: CommittedOffsets,
  known: TopicDirectory,
  group: Group | undefined,
  topics: readonly TopicPartitions[],
): Promise<OffsetDeletion> {
  if (group === undefined || group.state === 'Dead') return { error: 'GROUP_ID_NOT_FOUND', topics: [] }
  const { groupId, protocolType } = group
  const isConsumer = protocolType === 'consumer'
  if (group.state !== 'Empty' && !isConsumer) return { error: 'NON_EMPTY_GROUP', topics: [] }
  const subscribed = subscribedTopics(group)
  const judge = (topic: string, partition: number): WireErrorName => {
    if (!known.hasPartition(topic, partition)) return 'UNKNOWN_TOPIC_OR_PARTITION'
    return (subscribed?.has(topic) ?? isConsumer) ? 'GROUP_SUBSCRIBED_TO_TOPIC' : 'NONE'
  }
  const results = topics.map(({ topic, partitions }) => ({
    topic,
    partitions: partitions.map((partition) => ({ partition, error: judge(topic, partition) })),
  }))
  const removal = results.flatMap(({ topic, partitions }) =>
    partitions
      .filter(({ partition, error }) => error === 'NONE' && offsets.has(groupId, topic, partition))
      .map(({ partition }) => ({ groupId, topic, partition, value: null })),
  )
  try {
    if (removal.length > 0) await offsets.write(removal)
    return { error: 'NONE', topics: results }
  } catch {
    return { error: 'COORDINATOR_NOT_AVAILABLE', topics: [] }
  }
}
