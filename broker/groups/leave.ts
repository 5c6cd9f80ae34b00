import { type AnswerToken, type LeaveAnswer, type LeftMember } from './answer.ts'
import { answer, type GroupDraft, identify, removeMember, staticMember } from './group-draft.ts'
import type { MemberIdentity } from './group-event.ts'
import { rebalanceOrComplete } from './rebalance.ts'
import type { WireErrorName } from '../protocol/error-codes.ts'

/**
 * Members go, or an administrator removes static ones by their instance ids alone; each has its own result. When the
 * group is empty thereby, the answer waits until that is durable.
 */
export function leave(
  draft: GroupDraft,
  { token, members }: { token: AnswerToken; members: readonly MemberIdentity[] },
): void {
  if (draft.state === 'Dead') {
    answer(draft, token, { kind: 'leave', error: 'COORDINATOR_NOT_AVAILABLE', members: [] })
    return
  }
  const left = members.map((identity): LeftMember => ({ ...identity, error: takeOut(draft, identity) }))
  const changed = left.some(({ error }) => error === 'NONE')
  if (changed && draft.state !== 'Empty') rebalanceOrComplete(draft)
  answerWhenStored(draft, token, { kind: 'leave', error: 'NONE', members: left })
}

function takeOut(draft: GroupDraft, { memberId, groupInstanceId }: MemberIdentity): WireErrorName {
  if (draft.pendingMembers.delete(memberId)) return 'NONE'
  const isByInstance = memberId === '' && groupInstanceId !== null
  const member = isByInstance
    ? (staticMember(draft, groupInstanceId) ?? 'UNKNOWN_MEMBER_ID')
    : identify(draft, memberId, groupInstanceId)
  if (typeof member === 'string') return member
  removeMember(draft, member.memberId)
  return 'NONE'
}

/** A step stores at most one record, and does so here only when the last member has gone. */
function answerWhenStored(draft: GroupDraft, token: AnswerToken, reply: LeaveAnswer): void {
  const last = draft.effects.findIndex(({ kind }) => kind === 'store')
  const effect = draft.effects[last]
  if (effect?.kind === 'store') draft.effects[last] = { ...effect, outcome: { kind: 'answer', token, answer: reply } }
  else answer(draft, token, reply)
}
