import type { BrokerContext } from '../broker-context.ts'
import { wireErrorCode } from '../protocol/error-codes.ts'
import { heartbeat } from '../protocol/messages/heartbeat.ts'
import { defineHandler, type Handler } from './handler.ts'

/** Heartbeat 0-4: renews the member's session and tells it, by REBALANCE_IN_PROGRESS, to join again. */
export function createHeartbeatHandler({ groups }: Pick<BrokerContext, 'groups'>): Handler {
  return defineHandler(heartbeat, async (request) => ({
    errorCode: wireErrorCode(groups.heartbeat(request.groupId, request)),
  }))
}
