import type { BrokerContext } from '../broker-context.ts'
import { wireErrorCode } from '../protocol/error-codes.ts'
import { leaveGroup } from '../protocol/messages/leave-group.ts'
import { defineHandler, type Handler } from './handler.ts'

/**
 * LeaveGroup 0-5: from version 3 on several members at once, static ones by their instance id alone if need be; each has
 * its own result. Before, the one member's error is that of the answer.
 */
export function createLeaveGroupHandler({ groups }: Pick<BrokerContext, 'groups'>): Handler {
  return defineHandler(leaveGroup, async (request, { header, signal }) => {
    const isBatch = header.apiVersion >= 3
    const leaving = isBatch ? request.members : [{ memberId: request.memberId, groupInstanceId: null }]
    const identities = leaving.map(({ memberId, groupInstanceId }) => ({ memberId, groupInstanceId }))
    const answer = await groups.leave(request.groupId, identities, signal)
    if (answer === null) return null
    const members = answer.members.map(({ error, ...identity }) => ({ ...identity, errorCode: wireErrorCode(error) }))
    const single = isBatch ? undefined : members[0]?.errorCode
    const errorCode = answer.error === 'NONE' ? (single ?? 0) : wireErrorCode(answer.error)
    return { errorCode, members }
  })
}
