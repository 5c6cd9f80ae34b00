import { defineApi } from '../api.ts'
import { array, boolean, int16, int32, int8, nullableArray, nullableString, string, uuid, ZERO_UUID } from '../field.ts'
import { struct } from '../struct.ts'

const assignment = struct({
  partitionIndex: int32(),
  brokerIds: array(int32()),
})

const topic = struct({
  name: string(),
  numPartitions: int32(),
  replicationFactor: int16(),
  assignments: array(assignment),
  configs: array(struct({ name: string(), value: nullableString() })),
})

const config = struct({
  name: string(),
  value: nullableString(),
  readOnly: boolean(),
  configSource: int8({ default: -1 }),
  isSensitive: boolean(),
})

const topicResponse = struct({
  name: string(),
  topicId: uuid({ since: 7, default: ZERO_UUID }),
  errorCode: int16({ default: 0 }),
  errorMessage: nullableString({ default: null }),
  topicConfigErrorCode: int16({ since: 5, tag: 0, default: 0 }),
  numPartitions: int32({ since: 5, default: -1 }),
  replicationFactor: int16({ since: 5, default: -1 }),
  configs: nullableArray(config, { since: 5 }),
})

/**
 * Creates topics. Since 4 -1 stands for the broker's defaults, since 5 the answer has the configuration, since 7 the
 * topic's id.
 */
export const createTopics = defineApi({
  key: 19,
  name: 'CreateTopics',
  versions: [2, 7],
  flexibleSince: 5,
  request: struct({
    topics: array(topic),
    timeoutMs: int32({ default: 60_000 }),
    validateOnly: boolean({ default: false }),
  }),
  response: struct({
    throttleTimeMs: int32({ default: 0 }),
    topics: array(topicResponse),
  }),
})
