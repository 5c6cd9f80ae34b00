import type { BrokerContext } from '../broker-context.ts'
import { wireErrorCode } from '../protocol/error-codes.ts'
import { offsetCommit } from '../protocol/messages/offset-commit.ts'
import { defineHandler, type Handler } from './handler.ts'

/**
 * OffsetCommit 2-9: each partition has its own result, given when what was accepted is durable. A generation below zero
 * commits from outside of the group protocol, as long as nobody is in the group. Versions 2 to 4 may say how long the
 * offsets are kept. Not implemented: topic ids (10), member epochs of KIP-848 (9).
 */
export function createOffsetCommitHandler({ groups }: Pick<BrokerContext, 'groups'>): Handler {
  return defineHandler(offsetCommit, async (request, { header }) => {
    const results = await groups.commitOffsets(request.groupId, {
      memberId: request.memberId,
      groupInstanceId: request.groupInstanceId,
      generationId: request.generationIdOrMemberEpoch,
      retentionMs: request.retentionTimeMs === -1 ? null : request.retentionTimeMs,
      namesMissingGroup: header.apiVersion >= 9,
      topics: request.topics.map(({ name, partitions }) => ({
        topic: name,
        partitions: partitions.map((each) => ({
          partition: each.partitionIndex,
          offset: each.committedOffset,
          leaderEpoch: each.committedLeaderEpoch,
          metadata: each.committedMetadata,
        })),
      })),
    })
    const topics = results.map(({ topic, partitions }) => ({
      name: topic,
      partitions: partitions.map(({ partition, error }) => ({
        partitionIndex: partition,
        errorCode: wireErrorCode(error),
      })),
    }))
    return { topics }
  })
}
