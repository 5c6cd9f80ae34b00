import { defineApi } from '../api.ts'
import { array, int16, int32, int64, nullableString, string } from '../field.ts'
import { struct } from '../struct.ts'

const partition = struct({
  partitionIndex: int32(),
  committedOffset: int64(),
  committedLeaderEpoch: int32({ since: 6, default: -1 }),
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
 * Keeps the offsets that a group has reached. Since 5 the broker alone decides how long, since 7 static members are
 * known. Version 10, which names topics by id, is not spoken: it offers a group nothing more.
 */
export const offsetCommit = defineApi({
  key: 8,
  name: 'OffsetCommit',
  versions: [2, 9],
  flexibleSince: 8,
  request: struct({
    groupId: string(),
    generationIdOrMemberEpoch: int32({ default: -1 }),
    memberId: string(),
    groupInstanceId: nullableString({ since: 7, default: null }),
    retentionTimeMs: int64({ until: 4, default: -1 }),
    topics: array(topic),
  }),
  response: struct({
    throttleTimeMs: int32({ since: 3, default: 0 }),
    topics: array(topicResponse),
  }),
})
