import { type AnswerToken, type SyncAnswer, syncRefusal } from './answer.ts'
import { answer, enterState, type GroupDraft, identify, renewSession, store, updateMember } from './group-draft.ts'
import type { StoreOutcome } from './group-effect.ts'
import type { SyncRequest } from './group-event.ts'
import { type Member, memberBytes } from './group.ts'
import { prepareRebalance } from './rebalance.ts'
import type { WireErrorName } from '../protocol/error-codes.ts'

/**
 * A member asks for its assignment, or the leader brings all of them. Nobody is answered before the leader's assignment
 * is durable: a member that works on partitions must find them its own after a restart of the broker.
 */
export function sync(draft: GroupDraft, { token, request }: { token: AnswerToken; request: SyncRequest }): void {
  const refuse = (error: WireErrorName): void => answer(draft, token, syncRefusal(error))
  const member = admit(draft, request)
  if (typeof member === 'string') {
    refuse(member)
    return
  }
  if (draft.state === 'Stable') {
    const synced = renewSession(draft, updateMember(draft, member, { hasSynced: true }))
    stopWaitingWhenAllSynced(draft)
    answer(draft, token, syncAnswer(draft, synced))
    return
  }
  const isLeader = draft.leaderId === member.memberId
  if (isLeader && !draft.isStoring && assignmentBytes(draft, request) > draft.options.maxGroupBytes) {
    refuse('INVALID_REQUEST')
    return
  }
  if (member.parkedSync !== null) answer(draft, member.parkedSync, syncRefusal('REBALANCE_IN_PROGRESS'))
  updateMember(draft, member, { parkedSync: token, hasSynced: true })
  stopWaitingWhenAllSynced(draft)
  if (!isLeader || draft.isStoring) return
  draft.isStoring = true
  const assignments = new Map([...request.assignments].filter(([memberId]) => draft.members.has(memberId)))
  store(draft, { kind: 'assignment', generationId: draft.generationId, assignments })
}

/** The member, if its request belongs into this generation and phase. */
function admit(draft: GroupDraft, request: SyncRequest): Member | WireErrorName {
  if (draft.state === 'Dead') return 'COORDINATOR_NOT_AVAILABLE'
  const member = identify(draft, request.memberId, request.groupInstanceId)
  if (typeof member === 'string') return member
  if (request.generationId !== draft.generationId) return 'ILLEGAL_GENERATION'
  if (differs(request.protocolType, draft.protocolType) || differs(request.protocolName, draft.protocolName)) {
    return 'INCONSISTENT_GROUP_PROTOCOL'
  }
  return draft.state === 'PreparingRebalance' ? 'REBALANCE_IN_PROGRESS' : member
}

function differs(said: string | null, known: string | null): boolean {
  return said !== null && known !== null && said !== known
}

function assignmentBytes(draft: GroupDraft, { assignments }: SyncRequest): number {
  let bytes = 0
  for (const member of draft.members.values()) {
    bytes += memberBytes(member) - member.assignment.length + (assignments.get(member.memberId)?.length ?? 0)
  }
  return bytes
}

function stopWaitingWhenAllSynced(draft: GroupDraft): void {
  for (const member of draft.members.values()) if (!member.hasSynced) return
  draft.syncDeadlineMs = null
}

type AssignmentStored = Extract<StoreOutcome, { kind: 'assignment' }>

/** The assignment is durable: everybody who waits gets its part. It means nothing when the group has moved on. */
export function finishAssignment(draft: GroupDraft, outcome: AssignmentStored, failed: boolean): void {
  if (draft.state !== 'CompletingRebalance' || outcome.generationId !== draft.generationId) return
  draft.isStoring = false
  if (failed) {
    refuseAll(draft)
    prepareRebalance(draft)
    return
  }
  for (const waiting of draft.members.values()) {
    const assignment = outcome.assignments.get(waiting.memberId) ?? Buffer.alloc(0)
    const member = updateMember(draft, waiting, { assignment, parkedSync: null })
    if (waiting.parkedSync === null) continue
    answer(draft, waiting.parkedSync, syncAnswer(draft, member))
    renewSession(draft, member)
  }
  enterState(draft, 'Stable')
}

function refuseAll(draft: GroupDraft): void {
  for (const member of draft.members.values()) {
    if (member.parkedSync === null) continue
    answer(draft, member.parkedSync, syncRefusal('COORDINATOR_NOT_AVAILABLE'))
    renewSession(draft, updateMember(draft, member, { parkedSync: null }))
  }
}

function syncAnswer(draft: GroupDraft, { assignment }: Member): SyncAnswer {
  const { protocolType, protocolName } = draft
  return { kind: 'sync', error: 'NONE', protocolType, protocolName, assignment }
}
