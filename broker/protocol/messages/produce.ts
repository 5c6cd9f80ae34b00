import { defineApi } from '../api.ts'
import { array, int16, int32, int64, records, nullableString, string, uuid, ZERO_UUID } from '../field.ts'
import { struct } from '../struct.ts'

const topicData = struct({
  name: string({ until: 12, default: '' }),
  topicId: uuid({ since: 13, default: ZERO_UUID }),
  partitionData: array(struct({ index: int32(), records: records() })),
})

const partitionResponse = struct({
  index: int32(),
  errorCode: int16({ default: 0 }),
  baseOffset: int64(),
  logAppendTimeMs: int64({ default: -1 }),
  logStartOffset: int64({ since: 5, default: -1 }),
  recordErrors: array(struct({ batchIndex: int32(), batchIndexErrorMessage: nullableString({ default: null }) }), {
    since: 8,
  }),
  errorMessage: nullableString({ since: 8, default: null }),
  currentLeader: struct(
    { leaderId: int32({ default: -1 }), leaderEpoch: int32({ default: -1 }) },
    { since: 10, tag: 0 },
  ),
})

const topicResponse = struct({
  name: string({ until: 12, default: '' }),
  topicId: uuid({ since: 13, default: ZERO_UUID }),
  partitionResponses: array(partitionResponse),
})

const nodeEndpoint = struct({
  nodeId: int32(),
  host: string(),
  port: int32(),
  rack: nullableString({ default: null }),
})

/**
 * Appends record batches, one for each partition. Since 7 zstd is allowed, since 8 single records are blamed, since
 * 10 a new leader is named, since 12 it adds its partitions to the transaction, 13 names topics by id.
 */
export const produce = defineApi({
  key: 0,
  name: 'Produce',
  versions: [3, 13],
  flexibleSince: 9,
  request: struct({
    transactionalId: nullableString({ default: null }),
    acks: int16(),
    timeoutMs: int32(),
    topicData: array(topicData),
  }),
  response: struct({
    responses: array(topicResponse),
    throttleTimeMs: int32({ default: 0 }),
    nodeEndpoints: array(nodeEndpoint, { since: 10, tag: 0 }),
  }),
})
