import { defineApi } from '../api.ts'
import { OPERATIONS_NOT_ASKED } from '../authorized-operations.ts'
import { array, boolean, bytes, int16, int32, nullableString, string } from '../field.ts'
import { struct } from '../struct.ts'

const member = struct({
  memberId: string(),
  groupInstanceId: nullableString({ since: 4, default: null }),
  clientId: string(),
  clientHost: string(),
  memberMetadata: bytes(),
  memberAssignment: bytes(),
})

const group = struct({
  errorCode: int16({ default: 0 }),
  errorMessage: nullableString({ since: 6, default: null }),
  groupId: string(),
  groupState: string(),
  protocolType: string(),
  protocolData: string(),
  members: array(member),
  authorizedOperations: int32({ since: 3, default: OPERATIONS_NOT_ASKED }),
})

/**
 * Shows state and members of groups. Since 3 allowed operations can be asked for; since 6 a group that is not there
 * is an error, before it was shown as dead.
 */
export const describeGroups = defineApi({
  key: 15,
  name: 'DescribeGroups',
  versions: [0, 6],
  flexibleSince: 5,
  request: struct({
    groups: array(string()),
    includeAuthorizedOperations: boolean({ since: 3, default: false }),
  }),
  response: struct({
    throttleTimeMs: int32({ since: 1, default: 0 }),
    groups: array(group),
  }),
})
