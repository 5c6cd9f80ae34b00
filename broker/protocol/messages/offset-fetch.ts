import { defineApi } from '../api.ts'
import { array, boolean, int16, int32, int64, nullableArray, nullableString, string } from '../field.ts'
import { struct } from '../struct.ts'

const topic = struct({
  name: string(),
  partitionIndexes: array(int32()),
})

const group = struct({
  groupId: string(),
  memberId: nullableString({ since: 9, default: null }),
  memberEpoch: int32({ since: 9, default: -1 }),
  topics: nullableArray(topic),
})

const partitionResponse = struct({
  partitionIndex: int32(),
  committedOffset: int64(),
  committedLeaderEpoch: int32({ since: 5, default: -1 }),
  metadata: nullableString(),
  errorCode: int16({ default: 0 }),
})

const topicResponse = struct({
  name: string(),
  partitions: array(partitionResponse),
})

const groupResponse = struct({
  groupId: string(),
  topics: array(topicResponse),
  errorCode: int16({ default: 0 }),
})

/**
 * Tells which offsets a group has committed. Since 2 null topics ask for all, since 7 offsets of open transactions
 * can be waited out, since 8 several groups are asked at once. Version 10, which names topics by id, is not spoken.
 */
export const offsetFetch = defineApi({
  key: 9,
  name: 'OffsetFetch',
  versions: [1, 9],
  flexibleSince: 6,
  request: struct({
    groupId: string({ until: 7, default: '' }),
    topics: nullableArray(topic, { until: 7, nullableSince: 2 }),
    groups: array(group, { since: 8 }),
    requireStable: boolean({ since: 7, default: false }),
  }),
  response: struct({
    throttleTimeMs: int32({ since: 3, default: 0 }),
    topics: array(topicResponse, { until: 7 }),
    errorCode: int16({ since: 2, until: 7, default: 0 }),
    groups: array(groupResponse, { since: 8 }),
  }),
})
