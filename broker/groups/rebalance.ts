import type { JoinAnswer } from './answer.ts'
import { answer, enterState, type GroupDraft, refuseParked, removeMember, store, updateMember } from './group-draft.ts'
import type { Member } from './group.ts'
import { metadataFor, selectProtocol } from './protocol-vote.ts'

const NO_BYTES = Buffer.alloc(0)

/** A JoinGroup phase in which nobody came back is waited on again, but never in a loop without a pause. */
const MIN_REARM_MS = 1_000

/**
 * Calls all members to join again. Members whose SyncGroup waits are told so; the others learn it from their next
 * heartbeat. An empty group first waits for company (`initialRebalanceDelayMs`).
 */
export function prepareRebalance(draft: GroupDraft): void {
  if (draft.state === 'CompletingRebalance') dropAssignments(draft)
  draft.syncDeadlineMs = null
  draft.isStoring = false
  const isInitial = draft.state === 'Empty'
  enterState(draft, 'PreparingRebalance')
  if (isInitial) {
    draft.joinDeadlineMs = draft.nowMs + draft.options.initialRebalanceDelayMs
    draft.initialDelay = { untilMs: draft.nowMs + rebalanceTimeoutMs(draft), memberAdded: false }
  } else if (haveAllJoined(draft)) {
    completeJoin(draft)
  } else {
    draft.joinDeadlineMs = draft.nowMs + rebalanceTimeoutMs(draft)
  }
}

function dropAssignments(draft: GroupDraft): void {
  for (const member of draft.members.values()) {
    refuseParked(draft, { ...member, parkedJoin: null }, 'REBALANCE_IN_PROGRESS', '')
    const wasParked = member.parkedSync !== null
    updateMember(draft, member, {
      assignment: NO_BYTES,
      parkedSync: null,
      sessionDeadlineMs: wasParked ? draft.nowMs + member.sessionTimeoutMs : member.sessionDeadlineMs,
    })
  }
}

/** After a change of the members: a settled group rebalances, one that waits for joins may have all of them now. */
export function rebalanceOrComplete(draft: GroupDraft): void {
  if (draft.state === 'PreparingRebalance') completeJoinIfAllJoined(draft)
  else prepareRebalance(draft)
}

/** Ends the JoinGroup phase when nobody is missing, unless the group still waits for its first company. */
export function completeJoinIfAllJoined(draft: GroupDraft): void {
  if (draft.state !== 'PreparingRebalance' || !haveAllJoined(draft)) return
  if (draft.initialDelay === null || draft.members.size === 0) completeJoin(draft)
}

function haveAllJoined(draft: GroupDraft): boolean {
  if (draft.pendingMembers.size > 0) return false
  for (const member of draft.members.values()) if (member.parkedJoin === null) return false
  return true
}

/** The time that the slowest member asks for. */
function rebalanceTimeoutMs(draft: GroupDraft): number {
  let timeoutMs = 0
  for (const member of draft.members.values()) timeoutMs = Math.max(timeoutMs, member.rebalanceTimeoutMs)
  return timeoutMs
}

/** The deadline of the JoinGroup phase has come: wait for more company, or go on with those who are there. */
export function expireJoinPhase(draft: GroupDraft): void {
  const { initialDelay } = draft
  if (initialDelay !== null && initialDelay.memberAdded && initialDelay.untilMs > draft.nowMs) {
    draft.initialDelay = { ...initialDelay, memberAdded: false }
    draft.joinDeadlineMs = Math.min(draft.nowMs + draft.options.initialRebalanceDelayMs, initialDelay.untilMs)
    return
  }
  completeJoin(draft)
}

/**
 * Begins the next generation with the members that joined. Dynamic members that did not are removed, static ones are
 * kept. When nobody at all came back, the group waits another rebalance timeout.
 */
function completeJoin(draft: GroupDraft): void {
  for (const member of draft.members.values()) {
    if (member.parkedJoin === null && member.groupInstanceId === null) removeMember(draft, member.memberId)
  }
  if (draft.members.size === 0) {
    becomeEmpty(draft)
    return
  }
  const leader = electLeader(draft)
  if (leader === null) {
    draft.joinDeadlineMs = draft.nowMs + Math.max(rebalanceTimeoutMs(draft), MIN_REARM_MS)
    return
  }
  draft.leaderId = leader.memberId
  draft.protocolName = selectProtocol(draft.members.values())
  beginGeneration(draft)
  enterState(draft, 'CompletingRebalance')
  draft.syncDeadlineMs = draft.nowMs + rebalanceTimeoutMs(draft)
  for (const member of draft.members.values()) {
    if (member.parkedJoin !== null) answer(draft, member.parkedJoin, joinAnswer(draft, member))
    updateMember(draft, member, {
      parkedJoin: null,
      isNew: false,
      hasSynced: false,
      sessionDeadlineMs: draft.nowMs + member.sessionTimeoutMs,
    })
  }
}

function becomeEmpty(draft: GroupDraft): void {
  beginGeneration(draft)
  draft.leaderId = null
  draft.protocolName = null
  enterState(draft, 'Empty')
  draft.syncDeadlineMs = null
  store(draft, { kind: 'nothing' })
}

function beginGeneration(draft: GroupDraft): void {
  draft.generationId += 1
  draft.joinDeadlineMs = null
  draft.initialDelay = null
  draft.isStoring = false
}

/** The leader stays leader if it came back; otherwise the first member that did takes over. */
function electLeader(draft: GroupDraft): Member | null {
  const leader = draft.leaderId === null ? undefined : draft.members.get(draft.leaderId)
  if (leader !== undefined && leader.parkedJoin !== null) return leader
  for (const member of draft.members.values()) if (member.parkedJoin !== null) return member
  return null
}

/** What a member learns of the current generation. */
export function joinAnswer(draft: GroupDraft, member: Member): JoinAnswer {
  const isLeader = draft.leaderId === member.memberId
  return {
    kind: 'join',
    error: 'NONE',
    memberId: member.memberId,
    generationId: draft.generationId,
    protocolType: draft.protocolType,
    protocolName: draft.protocolName,
    leaderId: draft.leaderId,
    skipAssignment: false,
    members: isLeader ? joinedMembers(draft) : [],
  }
}

function joinedMembers(draft: GroupDraft): JoinAnswer['members'] {
  return [...draft.members.values()].map((member) => ({
    memberId: member.memberId,
    groupInstanceId: member.groupInstanceId,
    metadata: metadataFor(member, draft.protocolName),
  }))
}
