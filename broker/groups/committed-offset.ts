import { isJsonObject, type Json } from '../../schemas/json.ts'
import { StoplogError } from '../../schemas/stoplog-error.ts'

/** How far a group has come in one partition. */
export interface CommittedOffset {
  /** The next offset that the group wants to read. */
  readonly offset: number
  /** Leader epoch of the last record read; -1 when the client did not say. */
  readonly leaderEpoch: number
  /** Text of the client, kept as it is. */
  readonly metadata: string
  readonly commitTimeMs: number
  /** Asked for by the client (OffsetCommit 2 to 4); null: the broker's retention counts. */
  readonly expireTimeMs: number | null
}

export function encodeCommittedOffset(committed: CommittedOffset): Json {
  return { ...committed }
}

/** Throws E_DATA_DAMAGED for a value that this version did not write. */
export function decodeCommittedOffset(key: string, value: Json): CommittedOffset {
  const { offset, leaderEpoch, metadata, commitTimeMs, expireTimeMs } = isJsonObject(value) ? value : {}
  if (
    typeof offset !== 'number' ||
    typeof leaderEpoch !== 'number' ||
    typeof metadata !== 'string' ||
    typeof commitTimeMs !== 'number' ||
    (typeof expireTimeMs !== 'number' && expireTimeMs !== null)
  ) {
    throw new StoplogError('E_DATA_DAMAGED', 'a committed offset is not readable', { where: key })
  }
  return { offset, leaderEpoch, metadata, commitTimeMs, expireTimeMs: expireTimeMs ?? null }
}
