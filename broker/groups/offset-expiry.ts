import type { CommittedOffset } from './committed-offset.ts'
import { subscribedTopics } from './consumer-subscription.ts'
import type { Group } from './group.ts'

/**
 * Which offsets of a group may go now (KIP-211): those of topics that nobody in the group reads any more, when nobody
 * has committed them for `retentionMs`, and the group has not been empty for less. Null: kept for ever, except those
 * for which the client itself asked for a time. An empty group counts from the later of its last member and its last
 * commit, so that offsets set by hand in an old group have their full time.
 */
export function createOffsetExpiry(
  group: Group,
  nowMs: number,
  retentionMs: number | null,
): (topic: string, committed: CommittedOffset) => boolean {
  const isSimple = group.protocolType === null
  const topics = subscribedTopics(group)
  const canExpire = isSimple || group.state === 'Empty' || (group.state === 'Stable' && topics !== null)
  const emptySinceMs = !isSimple && group.state === 'Empty' ? group.stateSinceMs : 0
  return (topic, { commitTimeMs, expireTimeMs }) => {
    if (!canExpire || topics?.has(topic) === true) return false
    if (expireTimeMs !== null) return nowMs >= expireTimeMs
    return retentionMs !== null && nowMs - Math.max(commitTimeMs, emptySinceMs) >= retentionMs
  }
}
