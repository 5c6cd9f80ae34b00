import type { BrokerContext } from '../broker-context.ts'
import type { Group, Member } from '../groups/group.ts'
import { metadataFor } from '../groups/protocol-vote.ts'
import type { ResponseDraftOf } from '../protocol/api.ts'
import { wireErrorCode, WIRE_ERRORS } from '../protocol/error-codes.ts'
import { describeGroups } from '../protocol/messages/describe-groups.ts'
import { defineHandler, type Handler } from './handler.ts'

type GroupAnswer = NonNullable<ResponseDraftOf<typeof describeGroups>['groups']>[number]

const NO_BYTES = Buffer.alloc(0)

/** Bits of all that can be allowed on a group (KIP-430): read, delete, describe, describe and alter its configs. */
const ALL_OPERATIONS = (1 << 3) | (1 << 6) | (1 << 8) | (1 << 10) | (1 << 11)

/**
 * DescribeGroups 0-6: what members said about themselves is shown while the group is stable. A group that is not there
 * is shown as dead, in version 6 as an error too. There are no ACLs yet, so every operation is allowed.
 */
export function createDescribeGroupsHandler({ groups }: Pick<BrokerContext, 'groups'>): Handler {
  return defineHandler(describeGroups, async (request, { header }) => {
    const allowed = request.includeAuthorizedOperations ? { authorizedOperations: ALL_OPERATIONS } : {}
    const answers = request.groups.map((groupId) => {
      const group = groups.group(groupId)
      return group === undefined ? missing(groupId, header.apiVersion) : { ...describe(group), ...allowed }
    })
    return { groups: answers }
  })
}

function missing(groupId: string, version: number): GroupAnswer {
  const error = version >= 6 ? 'GROUP_ID_NOT_FOUND' : 'NONE'
  return {
    errorCode: wireErrorCode(error),
    errorMessage: error === 'NONE' ? null : WIRE_ERRORS[error].text,
    groupId,
    groupState: 'Dead',
    protocolType: '',
    protocolData: '',
  }
}

function describe({ groupId, state, protocolType, protocolName, members }: Group): GroupAnswer {
  const shownProtocol = state === 'Stable' ? protocolName : null
  return {
    groupId,
    groupState: state,
    protocolType: protocolType ?? '',
    protocolData: shownProtocol ?? '',
    members: [...members.values()].map((member) => describeMember(member, shownProtocol)),
  }
}

function describeMember(member: Member, protocolName: string | null) {
  return {
    memberId: member.memberId,
    groupInstanceId: member.groupInstanceId,
    clientId: member.clientId,
    clientHost: member.clientHost,
    memberMetadata: protocolName === null ? NO_BYTES : metadataFor(member, protocolName),
    memberAssignment: member.assignment,
  }
}
