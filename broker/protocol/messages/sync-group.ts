import { defineApi } from '../api.ts'
import { array, bytes, int16, int32, nullableString, string } from '../field.ts'
import { struct } from '../struct.ts'

/**
 * Hands the leader's assignment to the members; each waits for its part. Since 5 the protocol is named, and must be
 * the group's.
 */
export const syncGroup = defineApi({
  key: 14,
  name: 'SyncGroup',
  versions: [0, 5],
  flexibleSince: 4,
  request: struct({
    groupId: string(),
    generationId: int32(),
    memberId: string(),
    groupInstanceId: nullableString({ since: 3, default: null }),
    protocolType: nullableString({ since: 5, default: null }),
    protocolName: nullableString({ since: 5, default: null }),
    assignments: array(struct({ memberId: string(), assignment: bytes() })),
  }),
  response: struct({
    throttleTimeMs: int32({ since: 1, default: 0 }),
    errorCode: int16({ default: 0 }),
    protocolType: nullableString({ since: 5, default: null }),
    protocolName: nullableString({ since: 5, default: null }),
    assignment: bytes(),
  }),
})
