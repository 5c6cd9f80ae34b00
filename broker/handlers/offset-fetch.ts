import type { BrokerContext } from '../broker-context.ts'
import type { TopicPartitions } from '../groups/offset-deletion.ts'
import type { FetchedTopic } from '../groups/offset-fetch.ts'
import type { RequestOf } from '../protocol/api.ts'
import { offsetFetch } from '../protocol/messages/offset-fetch.ts'
import { defineHandler, type Handler } from './handler.ts'

type WantedTopics = RequestOf<typeof offsetFetch>['topics']

/**
 * OffsetFetch 1-9: durable offsets; -1 for a partition, or a whole group, that has none. From version 2 on null topics
 * ask for all, from 8 on several groups are asked at once. There are no transactions yet, so every offset is stable.
 * Not implemented: topic ids (10), member epochs of KIP-848 (9).
 */
export function createOffsetFetchHandler({ groups }: Pick<BrokerContext, 'groups'>): Handler {
  const fetch = (groupId: string, wanted: WantedTopics) =>
    groups.fetchOffsets(groupId, wanted?.map(toTopicPartitions) ?? null).map(toTopicAnswer)
  return defineHandler(offsetFetch, async (request, { header }) => {
    if (header.apiVersion < 8) return { topics: fetch(request.groupId, request.topics) }
    return { groups: request.groups.map(({ groupId, topics }) => ({ groupId, topics: fetch(groupId, topics) })) }
  })
}

function toTopicPartitions({ name, partitionIndexes }: NonNullable<WantedTopics>[number]): TopicPartitions {
  return { topic: name, partitions: partitionIndexes }
}

function toTopicAnswer({ topic, partitions }: FetchedTopic) {
  return {
    name: topic,
    partitions: partitions.map(({ partition, committed }) => ({
      partitionIndex: partition,
      committedOffset: committed?.offset ?? -1,
      committedLeaderEpoch: committed?.leaderEpoch ?? -1,
      metadata: committed?.metadata ?? '',
    })),
  }
}
