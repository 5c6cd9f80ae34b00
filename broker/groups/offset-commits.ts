import type { WireErrorName } from '../protocol/error-codes.ts'
import type { CommittedOffset } from './committed-offset.ts'
import type { CommittedOffsets, OffsetChange } from './committed-offsets.ts'
import type { CommitIdentity } from './group-event.ts'

export interface PartitionCommit {
  readonly partition: number
  readonly offset: number
  readonly leaderEpoch: number
  /** Null is kept as the empty text. */
  readonly metadata: string | null
}

export interface TopicCommit {
  readonly topic: string
  readonly partitions: readonly PartitionCommit[]
}

export interface CommitRequest extends CommitIdentity {
  /** How long the offsets are to be kept, in ms; null: as long as the broker keeps them. */
  readonly retentionMs: number | null
  /** Says of a group that does not exist just that; clients before version 9 know ILLEGAL_GENERATION only. */
  readonly namesMissingGroup: boolean
  readonly topics: readonly TopicCommit[]
}

export interface TopicResult {
  readonly topic: string
  readonly partitions: readonly { readonly partition: number; readonly error: WireErrorName }[]
}

export interface CommitRules {
  readonly maxMetadataLength: number
  readonly maxOffsets: number
  hasPartition(topic: string, partition: number): boolean
  /** The group's verdict, NONE when it accepts commits of this member now. Asked only when there is something to commit. */
  admit(): WireErrorName
}

/** Judges each partition of a commit by itself, writes those that pass, and answers when they are durable. */
export async function commitOffsets(
  offsets: CommittedOffsets,
  rules: CommitRules,
  groupId: string,
  { topics, retentionMs }: CommitRequest,
  nowMs: number,
): Promise<readonly TopicResult[]> {
  const isKnown = (topic: string, { partition }: PartitionCommit): boolean => rules.hasPartition(topic, partition)
  const isForSomething = topics.some(({ topic, partitions }) => partitions.some((each) => isKnown(topic, each)))
  const verdict = isForSomething ? rules.admit() : 'NONE'
  const changes: OffsetChange[] = []
  let room = rules.maxOffsets - offsets.size
  const judge = (topic: string, commit: PartitionCommit): WireErrorName => {
    if (!isKnown(topic, commit)) return 'UNKNOWN_TOPIC_OR_PARTITION'
    if (verdict !== 'NONE') return verdict
    if ((commit.metadata ?? '').length > rules.maxMetadataLength) return 'OFFSET_METADATA_TOO_LARGE'
    if (!Number.isSafeInteger(commit.offset)) return 'INVALID_REQUEST'
    if (!offsets.has(groupId, topic, commit.partition)) {
      if (room <= 0) return 'INVALID_COMMIT_OFFSET_SIZE'
      room -= 1
    }
    changes.push({ groupId, topic, partition: commit.partition, value: toCommitted(commit, retentionMs, nowMs) })
    return 'NONE'
  }
  const results = topics.map(({ topic, partitions }) => ({
    topic,
    partitions: partitions.map((commit) => ({ partition: commit.partition, error: judge(topic, commit) })),
  }))
  if (changes.length === 0) return results
  try {
    await offsets.write(changes)
    return results
  } catch {
    return results.map((result) => withFailure(result))
  }
}

/** The group has no coordinator that could keep the offsets: the client asks again. */
function withFailure({ topic, partitions }: TopicResult): TopicResult {
  return {
    topic,
    partitions: partitions.map(({ partition, error }) => ({
      partition,
      error: error === 'NONE' ? 'COORDINATOR_NOT_AVAILABLE' : error,
    })),
  }
}

function toCommitted(commit: PartitionCommit, retentionMs: number | null, nowMs: number): CommittedOffset {
  return {
    offset: commit.offset,
    leaderEpoch: commit.leaderEpoch,
    metadata: commit.metadata ?? '',
    commitTimeMs: nowMs,
    expireTimeMs: retentionMs === null ? null : Math.min(nowMs + retentionMs, Number.MAX_SAFE_INTEGER),
  }
}
