import { defineApi } from '../api.ts'
import { array, int16, int32, int64, string } from '../field.ts'
import { struct } from '../struct.ts'

const topic = struct({
  name: string(),
  partitions: array(struct({ partitionIndex: int32(), offset: int64() })),
})

const topicResponse = struct({
  name: string(),
  partitions: array(struct({ partitionIndex: int32(), lowWatermark: int64(), errorCode: int16({ default: 0 }) })),
})

/** Moves the start of partitions forward; offset -1 stands for the high watermark. */
export const deleteRecords = defineApi({
  key: 21,
  name: 'DeleteRecords',
  versions: [0, 2],
  flexibleSince: 2,
  request: struct({
    topics: array(topic),
    timeoutMs: int32(),
  }),
  response: struct({
    throttleTimeMs: int32({ default: 0 }),
    topics: array(topicResponse),
  }),
})
