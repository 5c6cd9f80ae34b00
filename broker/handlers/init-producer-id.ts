import type { BrokerContext } from '../broker-context.ts'
import { wireErrorCode } from '../protocol/error-codes.ts'
import { initProducerId } from '../protocol/messages/init-producer-id.ts'
import { defineHandler, type Handler } from './handler.ts'

/**
 * InitProducerId 0-5: a new producer id with epoch 0 for an idempotent producer.
 * Not implemented: transactions; a transactional id is refused with UNSUPPORTED_VERSION, which every client reports as
 * final instead of trying on.
 */
export function createInitProducerIdHandler({ producerIds }: BrokerContext): Handler {
  return defineHandler(initProducerId, async (request) => {
    if (request.transactionalId !== null) {
      return { errorCode: wireErrorCode('UNSUPPORTED_VERSION'), producerId: -1, producerEpoch: -1 }
    }
    return { producerId: await producerIds.allocate(), producerEpoch: 0 }
  })
}
