import { defineApi } from '../api.ts'
import { array, boolean, bytes, int16, int32, nullableString, string } from '../field.ts'
import { struct } from '../struct.ts'

/**
 * Enters a group, or enters its next generation; answered when the members are complete. Since 4 a new member is
 * first given its id, since 5 members may be static, since 9 the leader may be told to keep the assignment.
 */
export const joinGroup = defineApi({
  key: 11,
  name: 'JoinGroup',
  versions: [0, 9],
  flexibleSince: 6,
  request: struct({
    groupId: string(),
    sessionTimeoutMs: int32(),
    rebalanceTimeoutMs: int32({ since: 1, default: -1 }),
    memberId: string(),
    groupInstanceId: nullableString({ since: 5, default: null }),
    protocolType: string(),
    protocols: array(struct({ name: string(), metadata: bytes() })),
    reason: nullableString({ since: 8, default: null }),
  }),
  response: struct({
    throttleTimeMs: int32({ since: 2, default: 0 }),
    errorCode: int16({ default: 0 }),
    generationId: int32({ default: -1 }),
    protocolType: nullableString({ since: 7, default: null }),
    protocolName: nullableString({ nullableSince: 7 }),
    leader: string(),
    skipAssignment: boolean({ since: 9, default: false }),
    memberId: string(),
    members: array(
      struct({ memberId: string(), groupInstanceId: nullableString({ since: 5, default: null }), metadata: bytes() }),
    ),
  }),
})
