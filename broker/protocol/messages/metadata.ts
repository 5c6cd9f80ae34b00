import { defineApi } from '../api.ts'
import { OPERATIONS_NOT_ASKED } from '../authorized-operations.ts'
import { array, boolean, int16, int32, nullableArray, nullableString, string, uuid, ZERO_UUID } from '../field.ts'
import { struct } from '../struct.ts'

const broker = struct({
  nodeId: int32(),
  host: string(),
  port: int32(),
  rack: nullableString({ since: 1, default: null }),
})

const partition = struct({
  errorCode: int16({ default: 0 }),
  partitionIndex: int32(),
  leaderId: int32(),
  leaderEpoch: int32({ since: 7, default: -1 }),
  replicaNodes: array(int32()),
  isrNodes: array(int32()),
  offlineReplicas: array(int32(), { since: 5 }),
})

const topic = struct({
  errorCode: int16({ default: 0 }),
  name: nullableString({ nullableSince: 12 }),
  topicId: uuid({ since: 10, default: ZERO_UUID }),
  isInternal: boolean({ since: 1, default: false }),
  partitions: array(partition),
  topicAuthorizedOperations: int32({ since: 8, default: OPERATIONS_NOT_ASKED }),
})

/**
 * Who serves which partition. Null topics ask for all of them; in version 0 an empty list does. Since 4 the caller
 * decides whether topics are created, since 10 topics have ids, by which since 12 they can be asked for.
 */
export const metadata = defineApi({
  key: 3,
  name: 'Metadata',
  versions: [0, 13],
  flexibleSince: 9,
  request: struct({
    topics: nullableArray(
      struct({ topicId: uuid({ since: 10, default: ZERO_UUID }), name: nullableString({ nullableSince: 10 }) }),
      { nullableSince: 1 },
    ),
    allowAutoTopicCreation: boolean({ since: 4, default: true }),
    includeClusterAuthorizedOperations: boolean({ since: 8, until: 10, default: false }),
    includeTopicAuthorizedOperations: boolean({ since: 8, default: false }),
  }),
  response: struct({
    throttleTimeMs: int32({ since: 3, default: 0 }),
    brokers: array(broker),
    clusterId: nullableString({ since: 2, default: null }),
    controllerId: int32({ since: 1, default: -1 }),
    topics: array(topic),
    clusterAuthorizedOperations: int32({ since: 8, until: 10, default: OPERATIONS_NOT_ASKED }),
    errorCode: int16({ since: 13, default: 0 }),
  }),
})
