import { defineApi } from '../api.ts'
import { array, int16, int32, nullableString, string } from '../field.ts'
import { struct } from '../struct.ts'

/** Takes members out of their group at once. Since 3 it names several, also static ones. */
export const leaveGroup = defineApi({
  key: 13,
  name: 'LeaveGroup',
  versions: [0, 5],
  flexibleSince: 4,
  request: struct({
    groupId: string(),
    memberId: string({ until: 2, default: '' }),
    members: array(
      struct({
        memberId: string(),
        groupInstanceId: nullableString({ default: null }),
        reason: nullableString({ since: 5, default: null }),
      }),
      { since: 3 },
    ),
  }),
  response: struct({
    throttleTimeMs: int32({ since: 1, default: 0 }),
    errorCode: int16({ default: 0 }),
    members: array(
      struct({ memberId: string(), groupInstanceId: nullableString(), errorCode: int16({ default: 0 }) }),
      { since: 3 },
    ),
  }),
})
