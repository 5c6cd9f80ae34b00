import { defineApi } from '../api.ts'
import { array, int16, int32, int8, nullableString, string } from '../field.ts'
import { struct } from '../struct.ts'

const coordinator = struct({
  key: string(),
  nodeId: int32(),
  host: string(),
  port: int32(),
  errorCode: int16({ default: 0 }),
  errorMessage: nullableString({ default: null }),
})

/**
 * Finds the broker that looks after a group or a transactional id (`keyType` 0 or 1). Since 4 several are asked for
 * at once, and the answers are in `coordinators`.
 */
export const findCoordinator = defineApi({
  key: 10,
  name: 'FindCoordinator',
  versions: [0, 6],
  flexibleSince: 3,
  request: struct({
    key: string({ until: 3, default: '' }),
    keyType: int8({ since: 1, default: 0 }),
    coordinatorKeys: array(string(), { since: 4 }),
  }),
  response: struct({
    throttleTimeMs: int32({ since: 1, default: 0 }),
    errorCode: int16({ until: 3, default: 0 }),
    errorMessage: nullableString({ since: 1, until: 3, default: null }),
    nodeId: int32({ until: 3, default: 0 }),
    host: string({ until: 3, default: '' }),
    port: int32({ until: 3, default: 0 }),
    coordinators: array(coordinator, { since: 4 }),
  }),
})
