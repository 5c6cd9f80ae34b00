import { type Answer, type AnswerToken, joinRefusal, syncRefusal } from './answer.ts'
import type { GroupEffect, StoreOutcome } from './group-effect.ts'
import type { GroupOptions } from './group-options.ts'
import type { Group, GroupState, Member } from './group.ts'
import { toStoredGroup } from './stored-group.ts'
import type { WireErrorName } from '../protocol/error-codes.ts'

/** The next group while a step makes it: a copy that the step may change, with what else it needs and brings forth. */
export interface GroupDraft extends Mutable<Omit<Group, 'members' | 'pendingMembers'>> {
  readonly members: Map<string, Member>
  readonly pendingMembers: Map<string, number>
  readonly effects: GroupEffect[]
  readonly nowMs: number
  readonly options: GroupOptions
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] }

export function toDraft(group: Group, nowMs: number, options: GroupOptions): GroupDraft {
  return {
    ...group,
    members: new Map(group.members),
    pendingMembers: new Map(group.pendingMembers),
    effects: [],
    nowMs,
    options,
  }
}

/** The draft without what belongs to the step. */
export function fromDraft(draft: GroupDraft): Group {
  const { effects: _effects, nowMs: _nowMs, options: _options, ...group } = draft
  return group
}

export function enterState(draft: GroupDraft, state: GroupState): void {
  draft.state = state
  draft.stateSinceMs = draft.nowMs
}

export function answer(draft: GroupDraft, token: AnswerToken, reply: Answer): void {
  draft.effects.push({ kind: 'answer', token, answer: reply })
}

/** Has the group written as it is now; `assignments` stand in for those that the members do not have yet. */
export function store(draft: GroupDraft, outcome: StoreOutcome): void {
  const assignments = outcome.kind === 'assignment' ? outcome.assignments : undefined
  draft.effects.push({ kind: 'store', record: toStoredGroup(draft, assignments), outcome })
}

export function updateMember(draft: GroupDraft, member: Member, changes: Partial<Member>): Member {
  const updated = { ...member, ...changes }
  draft.members.set(member.memberId, updated)
  return updated
}

/** A sign of life: the session begins anew. */
export function renewSession(draft: GroupDraft, member: Member): Member {
  return updateMember(draft, member, { sessionDeadlineMs: draft.nowMs + member.sessionTimeoutMs })
}

/** Answers what the member waits for, if it does. */
export function refuseParked(draft: GroupDraft, member: Member, error: WireErrorName, joinMemberId: string): void {
  if (member.parkedJoin !== null) answer(draft, member.parkedJoin, joinRefusal(error, joinMemberId))
  if (member.parkedSync !== null) answer(draft, member.parkedSync, syncRefusal(error))
}

/**
 * Takes a member out. What it waits for is answered with UNKNOWN_MEMBER_ID, so that it joins as a new one if it is
 * still there. Whether the others now rebalance is the caller's business.
 */
export function removeMember(draft: GroupDraft, memberId: string): void {
  const member = draft.members.get(memberId)
  if (member === undefined) return
  refuseParked(draft, member, 'UNKNOWN_MEMBER_ID', '')
  draft.members.delete(memberId)
  if (draft.leaderId === memberId) draft.leaderId = draft.members.keys().next().value ?? null
}

export function staticMember(draft: Pick<Group, 'members'>, groupInstanceId: string): Member | undefined {
  for (const member of draft.members.values()) if (member.groupInstanceId === groupInstanceId) return member
  return undefined
}

/** The member behind an identity, or why there is none; an instance id that another member holds is fenced (KIP-345). */
export function identify(
  draft: Pick<Group, 'members'>,
  memberId: string,
  groupInstanceId: string | null,
): Member | 'UNKNOWN_MEMBER_ID' | 'FENCED_INSTANCE_ID' {
  const member = draft.members.get(memberId)
  if (groupInstanceId === null || member?.groupInstanceId === groupInstanceId) return member ?? 'UNKNOWN_MEMBER_ID'
  return staticMember(draft, groupInstanceId) === undefined ? 'UNKNOWN_MEMBER_ID' : 'FENCED_INSTANCE_ID'
}
