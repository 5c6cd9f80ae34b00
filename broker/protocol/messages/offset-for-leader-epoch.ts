import { defineApi } from '../api.ts'
import { array, int16, int32, int64, string } from '../field.ts'
import { struct } from '../struct.ts'

const topic = struct({
  topic: string(),
  partitions: array(struct({ partition: int32(), currentLeaderEpoch: int32({ default: -1 }), leaderEpoch: int32() })),
})

const partition = struct({
  errorCode: int16({ default: 0 }),
  partition: int32(),
  leaderEpoch: int32({ default: -1 }),
  endOffset: int64({ default: -1 }),
})

const topicResponse = struct({
  topic: string(),
  partitions: array(partition),
})

/** Tells where a leader epoch ended, by which a consumer finds out that the log was cut. */
export const offsetForLeaderEpoch = defineApi({
  key: 23,
  name: 'OffsetForLeaderEpoch',
  versions: [2, 4],
  flexibleSince: 4,
  request: struct({
    replicaId: int32({ since: 3, default: -2 }),
    topics: array(topic),
  }),
  response: struct({
    throttleTimeMs: int32({ default: 0 }),
    topics: array(topicResponse),
  }),
})
