import { defineApi } from '../api.ts'
import { array, int16, int32, string } from '../field.ts'
import { struct } from '../struct.ts'

/** Deletes groups that have no members, with their offsets. */
export const deleteGroups = defineApi({
  key: 42,
  name: 'DeleteGroups',
  versions: [0, 2],
  flexibleSince: 2,
  request: struct({
    groupsNames: array(string()),
  }),
  response: struct({
    throttleTimeMs: int32({ default: 0 }),
    results: array(struct({ groupId: string(), errorCode: int16({ default: 0 }) })),
  }),
})
