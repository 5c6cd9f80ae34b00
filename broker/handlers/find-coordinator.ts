import type { BrokerContext } from '../broker-context.ts'
import { wireErrorCode, WIRE_ERRORS, type WireErrorName } from '../protocol/error-codes.ts'
import { findCoordinator } from '../protocol/messages/find-coordinator.ts'
import { defineHandler, type Handler } from './handler.ts'

/** Kinds of keys that are coordinated: groups and transactional ids. */
const GROUP = 0
const TRANSACTION = 1

const NOBODY = { nodeId: -1, host: '', port: -1 }

/**
 * FindCoordinator 0-6: it is always this broker, for groups and for transactional ids. From version 4 on several keys
 * are asked for at once. Not implemented: share groups (6), which are refused as an unknown kind of key.
 */
export function createFindCoordinatorHandler({ identity }: Pick<BrokerContext, 'identity'>): Handler {
  const { nodeId, host, port } = identity
  const locate = (keyType: number) => {
    const refusal = refuse(keyType)
    if (refusal === null) return { nodeId, host, port, errorCode: 0, errorMessage: null }
    return { ...NOBODY, errorCode: wireErrorCode(refusal), errorMessage: WIRE_ERRORS[refusal].text }
  }
  return defineHandler(findCoordinator, async ({ keyType, coordinatorKeys }, { header }) => {
    if (header.apiVersion < 4) return locate(keyType)
    return { coordinators: coordinatorKeys.map((each) => ({ key: each, ...locate(keyType) })) }
  })
}

/** An empty group id is located like any other, as Kafka does; what is then asked of it is refused. */
function refuse(keyType: number): WireErrorName | null {
  return keyType === GROUP || keyType === TRANSACTION ? null : 'INVALID_REQUEST'
}
