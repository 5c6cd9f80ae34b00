import { type GroupDraft, removeMember } from './group-draft.ts'
import { isExpirable } from './group.ts'
import { completeJoinIfAllJoined, expireJoinPhase, prepareRebalance, rebalanceOrComplete } from './rebalance.ts'

interface Deadline {
  readonly atMs: number
  readonly act: () => void
}

/** Does everything that has come due, the earliest first. Each thing done moves its own deadline beyond now. */
export function expire(draft: GroupDraft): void {
  for (let due = earliest(draft); due !== null && due.atMs <= draft.nowMs; due = earliest(draft)) due.act()
}

function earliest(draft: GroupDraft): Deadline | null {
  let first: Deadline | null = null
  const consider = (atMs: number | null, act: () => void): void => {
    if (atMs !== null && (first === null || atMs < first.atMs)) first = { atMs, act }
  }
  consider(draft.joinDeadlineMs, () => expireJoinPhase(draft))
  consider(draft.syncDeadlineMs, () => expireSyncPhase(draft))
  for (const [memberId, atMs] of draft.pendingMembers) {
    consider(atMs, () => {
      draft.pendingMembers.delete(memberId)
      completeJoinIfAllJoined(draft)
    })
  }
  for (const member of draft.members.values()) {
    if (!isExpirable(member)) continue
    consider(member.sessionDeadlineMs, () => {
      removeMember(draft, member.memberId)
      rebalanceOrComplete(draft)
    })
  }
  return first
}

/** Those who never sent SyncGroup are removed, and the rest begins anew. */
function expireSyncPhase(draft: GroupDraft): void {
  draft.syncDeadlineMs = null
  const missing = [...draft.members.values()].filter(({ hasSynced }) => !hasSynced)
  if (missing.length === 0) return
  for (const { memberId } of missing) removeMember(draft, memberId)
  prepareRebalance(draft)
}
