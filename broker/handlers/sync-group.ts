import type { BrokerContext } from '../broker-context.ts'
import { type SyncAnswer, syncRefusal } from '../groups/answer.ts'
import type { RequestOf, ResponseDraftOf } from '../protocol/api.ts'
import { wireErrorCode } from '../protocol/error-codes.ts'
import { syncGroup } from '../protocol/messages/sync-group.ts'
import { type Caller, defineHandler, type Handler } from './handler.ts'

/**
 * SyncGroup 0-5: answered when the leader has brought the assignment and it is durable. From version 5 on protocol type
 * and name have to be given, and to be those of the group (KIP-559).
 */
export function createSyncGroupHandler({ groups }: Pick<BrokerContext, 'groups'>): Handler {
  const handle = async (request: RequestOf<typeof syncGroup>, { header, signal }: Caller) => {
    const { groupId, protocolType, protocolName } = request
    if (header.apiVersion >= 5 && (protocolType === null || protocolName === null)) {
      return toResponse(syncRefusal('INCONSISTENT_GROUP_PROTOCOL'))
    }
    // Bytes of their own: a view would keep the whole request as long as the generation.
    const assignments = new Map(
      request.assignments.map(({ memberId, assignment }) => [memberId, Buffer.from(assignment)]),
    )
    const answer = await groups.sync(groupId, { ...request, assignments }, signal)
    return answer === null ? null : toResponse(answer)
  }
  return defineHandler(syncGroup, handle, { parks: true })
}

function toResponse(answer: SyncAnswer): ResponseDraftOf<typeof syncGroup> {
  const { protocolType, protocolName, assignment } = answer
  return { errorCode: wireErrorCode(answer.error), protocolType, protocolName, assignment }
}
