import { type JoinAnswer, joinRefusal } from './answer.ts'
import { answer, type GroupDraft, refuseParked, renewSession, store, updateMember } from './group-draft.ts'
import type { StoreOutcome } from './group-effect.ts'
import type { Member } from './group.ts'
import { type Join, parkJoin } from './parked-join.ts'
import { selectProtocol } from './protocol-vote.ts'
import { completeJoinIfAllJoined, joinAnswer, prepareRebalance } from './rebalance.ts'

/**
 * A static member comes back under a new member id (KIP-345); whoever still uses the old one is fenced. In a stable
 * group nothing else changes, if the new member would not make the group choose another protocol: it takes over the
 * assignment and is answered once that is durable. While the leader assigns, the group starts over, because the leader
 * knows the old id only.
 */
export function replaceStaticMember(draft: GroupDraft, existing: Member, memberId: string, join: Join): void {
  const formerLeaderId = draft.leaderId
  refuseParked(draft, existing, 'FENCED_INSTANCE_ID', existing.memberId)
  const heir = succeed(draft, existing, memberId)
  parkJoin(draft, join, heir)
  if (draft.state === 'Stable' && selectProtocol(draft.members.values()) === draft.protocolName) {
    const { canSkipAssignment } = join.request
    store(draft, { kind: 'static-member', memberId, formerLeaderId, canSkipAssignment })
  } else if (draft.state === 'PreparingRebalance') {
    completeJoinIfAllJoined(draft)
  } else {
    prepareRebalance(draft)
  }
}

/** Puts a member with a new id in the place of the old one. */
function succeed(draft: GroupDraft, existing: Member, memberId: string): Member {
  const heir: Member = {
    ...existing,
    memberId,
    sessionDeadlineMs: draft.nowMs + existing.sessionTimeoutMs,
    parkedJoin: null,
    parkedSync: null,
    isNew: false,
  }
  const members = [...draft.members.values()].map((member) => (member === existing ? heir : member))
  draft.members.clear()
  for (const member of members) draft.members.set(member.memberId, member)
  if (draft.leaderId === existing.memberId) draft.leaderId = memberId
  return heir
}

type StaticMemberStored = Extract<StoreOutcome, { kind: 'static-member' }>

/**
 * The new id of a static member is durable. If the group rebalances by now, its JoinGroup waits for that like all
 * others. A new id that could not be stored is not taken back: the member is told to ask again and gets another one.
 */
export function finishStaticMember(draft: GroupDraft, outcome: StaticMemberStored, failed: boolean): void {
  const member = draft.members.get(outcome.memberId)
  if (member === undefined || member.parkedJoin === null || draft.state !== 'Stable') return
  const reply = failed ? joinRefusal('COORDINATOR_NOT_AVAILABLE', '') : returnAnswer(draft, member, outcome)
  answer(draft, member.parkedJoin, reply)
  renewSession(draft, updateMember(draft, member, { parkedJoin: null }))
}

/**
 * A leader that can skip the assignment is told who the members are and that they have their work. An older one must not
 * learn that it leads, or it would assign anew: it is shown the leader's former id.
 */
function returnAnswer(draft: GroupDraft, member: Member, outcome: StaticMemberStored): JoinAnswer {
  const current = joinAnswer(draft, member)
  if (outcome.canSkipAssignment) return { ...current, skipAssignment: draft.leaderId === member.memberId }
  return { ...current, leaderId: outcome.formerLeaderId, members: [] }
}
