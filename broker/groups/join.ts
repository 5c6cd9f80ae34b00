import { joinRefusal } from './answer.ts'
import { answer, type GroupDraft, identify, removeMember, staticMember } from './group-draft.ts'
import type { JoinRequest } from './group-event.ts'
import { groupBytes, memberBytes, type Member, protocolBytes } from './group.ts'
import { commonProtocols, sameProtocols } from './protocol-vote.ts'
import { completeJoinIfAllJoined, joinAnswer, rebalanceOrComplete } from './rebalance.ts'
import { type Join, parkJoin } from './parked-join.ts'
import { replaceStaticMember } from './static-member.ts'
import type { WireErrorName } from '../protocol/error-codes.ts'

/** Longest part of a client or instance id that goes into a member id, in characters. */
const MAX_NAME_IN_MEMBER_ID = 255

/** A member comes, comes back, or asks again what it should know already. */
export function join(draft: GroupDraft, { token, request }: Join): void {
  const refuse = (error: WireErrorName, memberId: string): void => answer(draft, token, joinRefusal(error, memberId))
  const { memberId, groupInstanceId } = request
  const fault = faultOf(draft, request)
  if (fault !== null) {
    refuse(fault, memberId)
    return
  }
  if (draft.state === 'Dead') {
    refuse('COORDINATOR_NOT_AVAILABLE', memberId)
    return
  }
  if (!hasPlaceFor(draft, request)) {
    turnAway(draft, memberId)
    refuse('GROUP_MAX_SIZE_REACHED', '')
    return
  }
  if (!supportsProtocols(draft, request)) {
    refuse('INCONSISTENT_GROUP_PROTOCOL', memberId)
    return
  }
  if (memberId === '') {
    joinAsNewMember(draft, { token, request })
  } else if (groupInstanceId === null && draft.pendingMembers.has(memberId)) {
    addMember(draft, { token, request }, memberId)
  } else {
    const member = identify(draft, memberId, groupInstanceId)
    if (typeof member === 'string') refuse(member, memberId)
    else rejoin(draft, { token, request }, member)
  }
}

/** What is wrong with the request whatever the group is like. */
function faultOf({ options }: GroupDraft, request: JoinRequest): WireErrorName | null {
  const { sessionTimeoutMs, protocols } = request
  if (sessionTimeoutMs < options.minSessionTimeoutMs || sessionTimeoutMs > options.maxSessionTimeoutMs) {
    return 'INVALID_SESSION_TIMEOUT'
  }
  if (protocols.length > options.maxMemberProtocols) return 'INVALID_REQUEST'
  return protocolBytes(protocols) > options.maxMemberBytes ? 'INVALID_REQUEST' : null
}

/**
 * While members join, those who wait already are counted, so that a group that has become too large sheds its last
 * ones; otherwise all members are.
 */
function hasPlaceFor(draft: GroupDraft, request: JoinRequest): boolean {
  const { maxMembers, maxGroupBytes } = draft.options
  const known = knownMember(draft, request)
  const bytes = groupBytes(draft) - (known === undefined ? 0 : memberBytes(known))
  if (bytes + protocolBytes(request.protocols) > maxGroupBytes) return false
  if (isToBePending(request) && draft.pendingMembers.size >= maxMembers) return false
  if (draft.state === 'Empty') return true
  if (draft.state !== 'PreparingRebalance') return known !== undefined || draft.members.size < maxMembers
  if (known !== undefined && known.parkedJoin !== null) return true
  let waiting = 0
  for (const member of draft.members.values()) if (member.parkedJoin !== null) waiting += 1
  return waiting < maxMembers
}

function isToBePending({ memberId, groupInstanceId, memberIdRequired }: JoinRequest): boolean {
  return memberIdRequired && memberId === '' && groupInstanceId === null
}

function knownMember(draft: GroupDraft, { memberId, groupInstanceId }: JoinRequest): Member | undefined {
  if (memberId !== '') return draft.members.get(memberId)
  return groupInstanceId === null ? undefined : staticMember(draft, groupInstanceId)
}

/** Forgets whom the group has no place for; the others must not wait for it. */
function turnAway(draft: GroupDraft, memberId: string): void {
  const wasMember = draft.members.has(memberId)
  removeMember(draft, memberId)
  draft.pendingMembers.delete(memberId)
  if (wasMember) rebalanceOrComplete(draft)
  else completeJoinIfAllJoined(draft)
}

/** An empty group takes any protocol type; otherwise the type and at least one protocol of all must be the member's. */
function supportsProtocols(draft: GroupDraft, { protocolType, protocols }: JoinRequest): boolean {
  if (draft.members.size === 0) return protocolType !== '' && protocols.length > 0
  if (draft.protocolType !== protocolType) return false
  const common = commonProtocols(draft.members.values())
  return protocols.some(({ name }) => common.has(name))
}

function joinAsNewMember(draft: GroupDraft, join: Join): void {
  const { clientId, groupInstanceId, sessionTimeoutMs, uniqueId } = join.request
  const memberId = `${shorten(groupInstanceId ?? clientId)}-${uniqueId}`
  if (groupInstanceId !== null) {
    const existing = staticMember(draft, groupInstanceId)
    if (existing === undefined) addMember(draft, join, memberId)
    else replaceStaticMember(draft, existing, memberId, join)
  } else if (isToBePending(join.request)) {
    draft.pendingMembers.set(memberId, draft.nowMs + sessionTimeoutMs)
    answer(draft, join.token, joinRefusal('MEMBER_ID_REQUIRED', memberId))
  } else {
    addMember(draft, join, memberId)
  }
}

/** By whole characters: half of one would come back from the client as another text. */
function shorten(name: string): string {
  return name.length <= MAX_NAME_IN_MEMBER_ID ? name : Array.from(name).slice(0, MAX_NAME_IN_MEMBER_ID).join('')
}

function addMember(draft: GroupDraft, { token, request }: Join, memberId: string): void {
  if (draft.members.size === 0) draft.protocolType = request.protocolType
  draft.leaderId ??= memberId
  draft.pendingMembers.delete(memberId)
  draft.members.set(memberId, {
    memberId,
    groupInstanceId: request.groupInstanceId,
    clientId: request.clientId,
    clientHost: request.clientHost,
    sessionTimeoutMs: request.sessionTimeoutMs,
    rebalanceTimeoutMs: request.rebalanceTimeoutMs,
    protocols: request.protocols,
    assignment: Buffer.alloc(0),
    sessionDeadlineMs: draft.nowMs + draft.options.newMemberTimeoutMs,
    parkedJoin: token,
    parkedSync: null,
    isNew: true,
    hasSynced: false,
  })
  if (draft.initialDelay !== null) draft.initialDelay = { ...draft.initialDelay, memberAdded: true }
  rebalanceOrComplete(draft)
}

function rejoin(draft: GroupDraft, join: Join, member: Member): void {
  const isUnchanged = sameProtocols(member.protocols, join.request.protocols)
  const isCompleting = draft.state === 'CompletingRebalance'
  // A leader that joins a stable group wants to assign anew: something changed that the coordinator cannot see.
  const isQuietFollower = draft.state === 'Stable' && draft.leaderId !== member.memberId
  if (isUnchanged && (isCompleting || isQuietFollower)) {
    answer(draft, join.token, joinAnswer(draft, member))
    return
  }
  parkJoin(draft, join, member)
  rebalanceOrComplete(draft)
}
