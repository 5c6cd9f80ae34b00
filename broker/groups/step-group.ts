import { verdict } from './answer.ts'
import { expire } from './expiry.ts'
import { answer, enterState, fromDraft, type GroupDraft, identify, renewSession, toDraft } from './group-draft.ts'
import type { GroupEffect, StoreOutcome } from './group-effect.ts'
import type { CommitIdentity, GroupEvent, HeartbeatRequest } from './group-event.ts'
import type { GroupOptions } from './group-options.ts'
import type { Group } from './group.ts'
import { join } from './join.ts'
import { leave } from './leave.ts'
import { prepareRebalance } from './rebalance.ts'
import { finishStaticMember } from './static-member.ts'
import { finishAssignment, sync } from './sync.ts'
import type { WireErrorName } from '../protocol/error-codes.ts'

/** What one event makes of a group. */
export interface GroupStep {
  readonly group: Group
  readonly effects: readonly GroupEffect[]
}

/**
 * Kafka's classic group protocol (KIP-62, 345, 394, 814): a group, an event and the time give the next group and what
 * the edge has to do. Pure, and total: every event has an answer in every state. Deadlines count when a `tick` comes: a
 * request that arrives before it is a sign of life, even if late.
 */
export function stepGroup(group: Group, event: GroupEvent, nowMs: number, options: GroupOptions): GroupStep {
  const draft = toDraft(group, nowMs, options)
  handle(draft, event)
  return { group: fromDraft(draft), effects: draft.effects }
}

/** A group that came from the disk with more members than the limit allows now has to shed some. */
export function settleLoadedGroup(group: Group, nowMs: number, options: GroupOptions): GroupStep {
  const draft = toDraft(group, nowMs, options)
  if (draft.members.size > options.maxMembers) prepareRebalance(draft)
  return { group: fromDraft(draft), effects: draft.effects }
}

function handle(draft: GroupDraft, event: GroupEvent): void {
  switch (event.kind) {
    case 'join':
      return join(draft, event)
    case 'sync':
      return sync(draft, event)
    case 'heartbeat':
      return answer(draft, event.token, verdict(heartbeat(draft, event.request)))
    case 'leave':
      return leave(draft, event)
    case 'commit':
      return answer(draft, event.token, verdict(mayCommit(draft, event.request)))
    case 'delete':
      return answer(draft, event.token, verdict(die(draft)))
    case 'stored':
      return stored(draft, event.outcome, event.failed)
    case 'tick':
      return expire(draft)
  }
}

/** In CompletingRebalance too a heartbeat is fine: members may send them as soon as they know their generation. */
function heartbeat(draft: GroupDraft, request: HeartbeatRequest): WireErrorName {
  if (draft.state === 'Dead') return 'COORDINATOR_NOT_AVAILABLE'
  const member = identify(draft, request.memberId, request.groupInstanceId)
  if (typeof member === 'string') return member
  if (request.generationId !== draft.generationId) return 'ILLEGAL_GENERATION'
  renewSession(draft, member)
  return draft.state === 'PreparingRebalance' ? 'REBALANCE_IN_PROGRESS' : 'NONE'
}

/**
 * Members commit in their own generation, also while others are still to join; while the leader assigns, they have to
 * join again first. Without a generation offsets may be committed as long as nobody is in the group.
 */
function mayCommit(draft: GroupDraft, request: CommitIdentity): WireErrorName {
  const { memberId, groupInstanceId, generationId } = request
  if (draft.state === 'Dead') return 'COORDINATOR_NOT_AVAILABLE'
  if (generationId < 0 && draft.state === 'Empty') return 'NONE'
  const member = identify(draft, memberId, groupInstanceId)
  if (typeof member === 'string') return member
  if (generationId !== draft.generationId) return 'ILLEGAL_GENERATION'
  if (draft.state === 'CompletingRebalance') return 'REBALANCE_IN_PROGRESS'
  renewSession(draft, member)
  return 'NONE'
}

function die(draft: GroupDraft): WireErrorName {
  if (draft.state === 'Dead') return 'GROUP_ID_NOT_FOUND'
  if (draft.state !== 'Empty') return 'NON_EMPTY_GROUP'
  draft.pendingMembers.clear()
  enterState(draft, 'Dead')
  return 'NONE'
}

function stored(draft: GroupDraft, outcome: StoreOutcome, failed: boolean): void {
  switch (outcome.kind) {
    case 'assignment':
      return finishAssignment(draft, outcome, failed)
    case 'static-member':
      return finishStaticMember(draft, outcome, failed)
    case 'answer': {
      const reply = failed
        ? ({ kind: 'leave', error: 'COORDINATOR_NOT_AVAILABLE', members: [] } as const)
        : outcome.answer
      return answer(draft, outcome.token, reply)
    }
    case 'nothing':
  }
}
