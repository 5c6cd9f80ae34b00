import type { BrokerContext } from '../broker-context.ts'
import type { JoinAnswer } from '../groups/answer.ts'
import type { MemberProtocol } from '../groups/group.ts'
import type { RequestOf, ResponseDraftOf } from '../protocol/api.ts'
import { wireErrorCode } from '../protocol/error-codes.ts'
import { joinGroup } from '../protocol/messages/join-group.ts'
import { type Caller, defineHandler, type Handler } from './handler.ts'

/**
 * JoinGroup 0-9: answered when all members have joined, which may take as long as their rebalance timeout; a client
 * that goes away meanwhile gets no answer and stays a member until its session ends. From version 4 on a new member
 * joins twice (KIP-394), from 5 on it may be static (KIP-345), in 9 a returning leader may skip the assignment (KIP-814).
 * Not implemented: the upgrade of a group to the protocol of KIP-848.
 */
export function createJoinGroupHandler({ groups }: Pick<BrokerContext, 'groups'>): Handler {
  const handle = async (request: RequestOf<typeof joinGroup>, caller: Caller) => {
    const answer = await groups.join(request.groupId, toJoinRequest(request, caller), caller.signal)
    return answer === null ? null : toResponse(answer, caller.header.apiVersion)
  }
  return defineHandler(joinGroup, handle, { parks: true })
}

function toJoinRequest(request: RequestOf<typeof joinGroup>, { header, host }: Caller) {
  const { sessionTimeoutMs, rebalanceTimeoutMs } = request
  return {
    memberId: request.memberId,
    groupInstanceId: request.groupInstanceId,
    clientId: header.clientId ?? '',
    // As Kafka shows it in DescribeGroups.
    clientHost: `/${host}`,
    sessionTimeoutMs,
    // Version 0 has one timeout for both.
    rebalanceTimeoutMs: rebalanceTimeoutMs > 0 ? rebalanceTimeoutMs : sessionTimeoutMs,
    protocolType: request.protocolType,
    protocols: ownProtocols(request.protocols),
    memberIdRequired: header.apiVersion >= 4,
    canSkipAssignment: header.apiVersion >= 9,
  }
}

/** Each name once, the first counts; with bytes of its own: a view would keep the whole request as long as its member. */
function ownProtocols(protocols: readonly MemberProtocol[]): readonly MemberProtocol[] {
  const names = new Set<string>()
  return protocols
    .filter(({ name }) => !names.has(name) && names.add(name))
    .map(({ name, metadata }) => ({ name, metadata: Buffer.from(metadata) }))
}

function toResponse(answer: JoinAnswer, version: number): ResponseDraftOf<typeof joinGroup> {
  return {
    errorCode: wireErrorCode(answer.error),
    generationId: answer.generationId,
    protocolType: answer.protocolType,
    protocolName: answer.protocolName ?? (version >= 7 ? null : ''),
    leader: answer.leaderId ?? '',
    skipAssignment: answer.skipAssignment,
    memberId: answer.memberId,
    members: answer.members,
  }
}
