import { defineApi } from '../api.ts'
import { array, int16, int32, int64, nullableString, string } from '../field.ts'
import { struct } from '../struct.ts'

const partition = struct({
  partitionIndex: int32(),
  committedOffset: int64(),
  committedLeaderEpoch: int32({ since: 2, default: -1 }),
  committedMetadata: nullableString(),
})

const topic = struct({
  name: string(),
  partitions: array(partition),
})

const topicResponse = struct({
  name: string(),
  partitions: array(struct({ partitionIndex: int32(), errorCode: int16({ default: 0 }) })),
})

/**
 * Keeps offsets of a group as part of a transaction. Since 3 members of an old generation are fenced, since 5 it adds
 * the group to the transaction by itself.
 */
export const txnOffsetCommit = defineApi({
  key: 28,
  name: 'TxnOffsetCommit',
  versions: [0, 5],
  flexibleSince: 3,
  request: struct({
    transactionalId: string(),
    groupId: string(),
    producerId: int64(),
    producerEpoch: int16(),
    generationId: int32({ since: 3, default: -1 }),
    memberId: string({ since: 3, default: '' }),
    groupInstanceId: nullableString({ since: 3, default: null }),
    topics: array(topic),
  }),
  response: struct({
    throttleTimeMs: int32({ default: 0 }),
    topics: array(topicResponse),
  }),
})
