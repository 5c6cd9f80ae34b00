import { defineApi } from '../api.ts'
import {
  array,
  int16,
  int32,
  int64,
  int8,
  nullableArray,
  records,
  nullableString,
  string,
  uuid,
  ZERO_UUID,
} from '../field.ts'
import { MAX_INT64 } from '../reader.ts'
import { struct } from '../struct.ts'

const partition = struct({
  partition: int32(),
  currentLeaderEpoch: int32({ since: 9, default: -1 }),
  fetchOffset: int64(),
  lastFetchedEpoch: int32({ since: 12, default: -1 }),
  logStartOffset: int64({ since: 5, default: -1 }),
  partitionMaxBytes: int32(),
  replicaDirectoryId: uuid({ since: 17, tag: 0, default: ZERO_UUID }),
  highWatermark: int64({ since: 18, tag: 1, default: MAX_INT64 }),
})

const topic = struct({
  topic: string({ until: 12, default: '' }),
  topicId: uuid({ since: 13, default: ZERO_UUID }),
  partitions: array(partition),
})

const forgottenTopic = struct({
  topic: string({ until: 12, default: '' }),
  topicId: uuid({ since: 13, default: ZERO_UUID }),
  partitions: array(int32()),
})

const partitionData = struct({
  partitionIndex: int32(),
  errorCode: int16({ default: 0 }),
  highWatermark: int64(),
  lastStableOffset: int64({ default: -1 }),
  logStartOffset: int64({ since: 5, default: -1 }),
  divergingEpoch: struct({ epoch: int32({ default: -1 }), endOffset: int64({ default: -1 }) }, { since: 12, tag: 0 }),
  currentLeader: struct(
    { leaderId: int32({ default: -1 }), leaderEpoch: int32({ default: -1 }) },
    { since: 12, tag: 1 },
  ),
  snapshotId: struct({ endOffset: int64({ default: -1 }), epoch: int32({ default: -1 }) }, { since: 12, tag: 2 }),
  abortedTransactions: nullableArray(struct({ producerId: int64(), firstOffset: int64() })),
  preferredReadReplica: int32({ since: 11, default: -1 }),
  records: records(),
})

const topicResponse = struct({
  topic: string({ until: 12, default: '' }),
  topicId: uuid({ since: 13, default: ZERO_UUID }),
  partitions: array(partitionData),
})

const nodeEndpoint = struct({
  nodeId: int32(),
  host: string(),
  port: int32(),
  rack: nullableString({ default: null }),
})

/**
 * Reads whole record batches, waiting for `minBytes`. Since 7 there are sessions (KIP-227), since 10 zstd, since 12
 * diverging logs are told, since 13 topics are named by id, since 16 a new leader is located.
 */
export const fetch = defineApi({
  key: 1,
  name: 'Fetch',
  versions: [4, 18],
  flexibleSince: 12,
  request: struct({
    clusterId: nullableString({ since: 12, tag: 0, default: null }),
    replicaId: int32({ until: 14, default: -1 }),
    replicaState: struct(
      { replicaId: int32({ default: -1 }), replicaEpoch: int64({ default: -1 }) },
      { since: 15, tag: 1 },
    ),
    maxWaitMs: int32(),
    minBytes: int32(),
    maxBytes: int32({ default: 0x7fff_ffff }),
    isolationLevel: int8({ default: 0 }),
    sessionId: int32({ since: 7, default: 0 }),
    sessionEpoch: int32({ since: 7, default: -1 }),
    topics: array(topic),
    forgottenTopicsData: array(forgottenTopic, { since: 7 }),
    rackId: string({ since: 11, default: '' }),
  }),
  response: struct({
    throttleTimeMs: int32({ default: 0 }),
    errorCode: int16({ since: 7, default: 0 }),
    sessionId: int32({ since: 7, default: 0 }),
    responses: array(topicResponse),
    nodeEndpoints: array(nodeEndpoint, { since: 16, tag: 0 }),
  }),
})
