import { defineApi } from '../api.ts'
import { array, int16, int32, string } from '../field.ts'
import { struct } from '../struct.ts'

const topic = struct({
  name: string(),
  partitions: array(struct({ partitionIndex: int32() })),
})

const topicResponse = struct({
  name: string(),
  partitions: array(struct({ partitionIndex: int32(), errorCode: int16({ default: 0 }) })),
})

/** Deletes committed offsets of a group. Never flexible. */
export const offsetDelete = defineApi({
  key: 47,
  name: 'OffsetDelete',
  versions: [0, 0],
  flexibleSince: null,
  request: struct({
    groupId: string(),
    topics: array(topic),
  }),
  response: struct({
    errorCode: int16({ default: 0 }),
    throttleTimeMs: int32({ default: 0 }),
    topics: array(topicResponse),
  }),
})
