import { defineApi } from '../api.ts'
import { OPERATIONS_NOT_ASKED } from '../authorized-operations.ts'
import { array, boolean, int16, int32, int8, nullableString, string } from '../field.ts'
import { struct } from '../struct.ts'

const broker = struct({
  brokerId: int32(),
  host: string(),
  port: int32(),
  rack: nullableString({ default: null }),
  isFenced: boolean({ since: 2, default: false }),
})

/**
 * Names the brokers and the controller of the cluster. Since 1 the controllers can be asked for instead, since 2
 * fenced brokers too.
 */
export const describeCluster = defineApi({
  key: 60,
  name: 'DescribeCluster',
  versions: [0, 2],
  flexibleSince: 0,
  request: struct({
    includeClusterAuthorizedOperations: boolean(),
    endpointType: int8({ since: 1, default: 1 }),
    includeFencedBrokers: boolean({ since: 2, default: false }),
  }),
  response: struct({
    throttleTimeMs: int32({ default: 0 }),
    errorCode: int16({ default: 0 }),
    errorMessage: nullableString({ default: null }),
    endpointType: int8({ since: 1, default: 1 }),
    clusterId: string(),
    controllerId: int32({ default: -1 }),
    brokers: array(broker),
    clusterAuthorizedOperations: int32({ default: OPERATIONS_NOT_ASKED }),
  }),
})
