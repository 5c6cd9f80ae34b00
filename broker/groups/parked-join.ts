import { type AnswerToken, joinRefusal } from './answer.ts'
import { answer, type GroupDraft, updateMember } from './group-draft.ts'
import type { JoinRequest } from './group-event.ts'
import type { Member } from './group.ts'

/** A JoinGroup request and the token of its answer. */
export interface Join {
  readonly token: AnswerToken
  readonly request: JoinRequest
}

/** Lets the request wait in the place of an earlier one of the same member, which is told to join again. */
export function parkJoin(draft: GroupDraft, { token, request }: Join, member: Member): Member {
  if (member.parkedJoin !== null) {
    answer(draft, member.parkedJoin, joinRefusal('REBALANCE_IN_PROGRESS', member.memberId))
  }
  return updateMember(draft, member, {
    protocols: request.protocols,
    sessionTimeoutMs: request.sessionTimeoutMs,
    rebalanceTimeoutMs: request.rebalanceTimeoutMs,
    parkedJoin: token,
  })
}
