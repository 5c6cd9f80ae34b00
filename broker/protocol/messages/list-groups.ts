import { defineApi } from '../api.ts'
import { array, int16, int32, string } from '../field.ts'
import { struct } from '../struct.ts'

const group = struct({
  groupId: string(),
  protocolType: string(),
  groupState: string({ since: 4, default: '' }),
  groupType: string({ since: 5, default: '' }),
})

/** Lists the groups of a broker. Since 4 by state, since 5 by type. */
export const listGroups = defineApi({
  key: 16,
  name: 'ListGroups',
  versions: [0, 5],
  flexibleSince: 3,
  request: struct({
    statesFilter: array(string(), { since: 4 }),
    typesFilter: array(string(), { since: 5 }),
  }),
  response: struct({
    throttleTimeMs: int32({ since: 1, default: 0 }),
    errorCode: int16({ default: 0 }),
    groups: array(group),
  }),
})
