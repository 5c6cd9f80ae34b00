import type { BrokerContext } from '../broker-context.ts'
import { wireErrorCode } from '../protocol/error-codes.ts'
import { offsetDelete } from '../protocol/messages/offset-delete.ts'
import { defineHandler, type Handler } from './handler.ts'

/** OffsetDelete 0: removes committed offsets, except of topics that a member of the group subscribes to (KIP-496). */
export function createOffsetDeleteHandler({ groups }: Pick<BrokerContext, 'groups'>): Handler {
  return defineHandler(offsetDelete, async ({ groupId, topics }) => {
    const wanted = topics.map(({ name, partitions }) => ({
      topic: name,
      partitions: partitions.map(({ partitionIndex }) => partitionIndex),
    }))
    const { error, topics: results } = await groups.deleteOffsets(groupId, wanted)
    return {
      errorCode: wireErrorCode(error),
      topics: results.map(({ topic, partitions }) => ({
        name: topic,
        partitions: partitions.map((each) => ({
          partitionIndex: each.partition,
          errorCode: wireErrorCode(each.error),
        })),
      })),
    }
  })
}
