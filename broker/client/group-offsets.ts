import { wireErrorName } from '../protocol/error-codes.ts'
import { offsetCommit } from '../protocol/messages/offset-commit.ts'
import { offsetFetch } from '../protocol/messages/offset-fetch.ts'
import { expectSuccess, WireFailure } from './client-error.ts'
import type { Cluster } from './cluster.ts'
import type { TopicPartition } from './consumer-protocol.ts'

export interface CommittedPosition extends TopicPartition {
  /** The offset of the next record to read. */
  readonly offset: number
  /** A text of the group's own beside it. */
  readonly metadata: string
}

/** On whose behalf offsets are committed; a group without members takes them from anybody. */
export interface CommitMember {
  readonly generationId: number
  readonly memberId: string
  readonly groupInstanceId: string | null
}

export const NO_MEMBER: CommitMember = { generationId: -1, memberId: '', groupInstanceId: null }

/** Later versions name topics by their ids. */
const MAX_VERSION = 9
/** From here on one request asks for several groups. */
const GROUPS_VERSION = 8

/** Stores where a group has got to. Rejects with a WireFailure when the coordinator refuses any of it. */
export async function commitOffsets(
  cluster: Cluster,
  groupId: string,
  positions: readonly CommittedPosition[],
  member: CommitMember = NO_MEMBER,
): Promise<void> {
  if (positions.length === 0) return
  const connection = await cluster.coordinator(groupId, `offsets/${groupId}`)
  const topics = [...new Set(positions.map(({ topic }) => topic))].map((name) => ({
    name,
    partitions: positions
      .filter(({ topic }) => topic === name)
      .map(({ partition, offset, metadata }) => ({
        partitionIndex: partition,
        committedOffset: offset,
        committedLeaderEpoch: -1,
        committedMetadata: metadata,
      })),
  }))
  const request = {
    groupId,
    generationIdOrMemberEpoch: member.generationId,
    memberId: member.memberId,
    groupInstanceId: member.groupInstanceId,
    retentionTimeMs: -1,
    topics,
  }
  const answer = await connection.send(offsetCommit, request, { maxVersion: MAX_VERSION })
  for (const { name, partitions } of answer.topics) {
    for (const { partitionIndex, errorCode } of partitions) {
      expectSuccess(errorCode, `commit of ${name}-${partitionIndex} for group ${groupId}`)
    }
  }
}

/**
 * Where a group has got to in these partitions, or in all it has ever committed (null). Partitions without a commit are
 * left out. Waits out transactions that hold offsets (KIP-447).
 */
export async function fetchOffsets(
  cluster: Cluster,
  groupId: string,
  partitions: readonly TopicPartition[] | null,
): Promise<readonly CommittedPosition[]> {
  const connection = await cluster.coordinator(groupId, `offsets/${groupId}`)
  const topics =
    partitions === null
      ? null
      : [...new Set(partitions.map(({ topic }) => topic))].map((name) => ({
          name,
          partitionIndexes: partitions.filter(({ topic }) => topic === name).map(({ partition }) => partition),
        }))
  const version = connection.versionOf(offsetFetch, MAX_VERSION)
  const request =
    version >= GROUPS_VERSION
      ? { groups: [{ groupId, topics }], requireStable: true }
      : { groupId, topics, requireStable: true }
  const answer = await connection.send(offsetFetch, request, { maxVersion: MAX_VERSION })
  const group = answer.groups[0] ?? answer
  expectSuccess(group.errorCode, `offsets of group ${groupId}`)
  return group.topics.flatMap(({ name, partitions: found }) =>
    found
      .filter(({ partitionIndex, errorCode, committedOffset }) => {
        if (errorCode !== 0) throw new WireFailure(wireErrorName(errorCode), `offset of ${name}-${partitionIndex}`)
        return committedOffset >= 0
      })
      .map(({ partitionIndex, committedOffset, metadata }) => ({
        topic: name,
        partition: partitionIndex,
        offset: committedOffset,
        metadata: metadata ?? '',
      })),
  )
}
