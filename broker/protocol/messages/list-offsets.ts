import { defineApi } from '../api.ts'
import { array, int16, int32, int64, int8, string } from '../field.ts'
import { struct } from '../struct.ts'

const topic = struct({
  name: string(),
  partitions: array(
    struct({ partitionIndex: int32(), currentLeaderEpoch: int32({ since: 4, default: -1 }), timestamp: int64() }),
  ),
})

const partition = struct({
  partitionIndex: int32(),
  errorCode: int16({ default: 0 }),
  timestamp: int64({ default: -1 }),
  offset: int64({ default: -1 }),
  leaderEpoch: int32({ since: 4, default: -1 }),
})

const topicResponse = struct({
  name: string(),
  partitions: array(partition),
})

/**
 * Finds offsets by time: -1 asks for the end, -2 for the start, since 7 -3 for the newest record. Since 4 leader
 * epochs are checked.
 */
export const listOffsets = defineApi({
  key: 2,
  name: 'ListOffsets',
  versions: [1, 10],
  flexibleSince: 6,
  request: struct({
    replicaId: int32(),
    isolationLevel: int8({ since: 2, default: 0 }),
    topics: array(topic),
    timeoutMs: int32({ since: 10, default: 0 }),
  }),
  response: struct({
    throttleTimeMs: int32({ since: 2, default: 0 }),
    topics: array(topicResponse),
  }),
})
