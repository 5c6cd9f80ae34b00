import { defineApi } from '../api.ts'
import { int16, int32, nullableString, string } from '../field.ts'
import { struct } from '../struct.ts'

/** Keeps a member's session alive and tells it when the group rebalances. Since 3 members may be static. */
export const heartbeat = defineApi({
  key: 12,
  name: 'Heartbeat',
  versions: [0, 4],
  flexibleSince: 4,
  request: struct({
    groupId: string(),
    generationId: int32(),
    memberId: string(),
    groupInstanceId: nullableString({ since: 3, default: null }),
  }),
  response: struct({
    throttleTimeMs: int32({ since: 1, default: 0 }),
    errorCode: int16({ default: 0 }),
  }),
})
