import type { BrokerContext } from '../broker-context.ts'
import { wireErrorCode } from '../protocol/error-codes.ts'
import { deleteGroups } from '../protocol/messages/delete-groups.ts'
import { defineHandler, type Handler } from './handler.ts'

/** DeleteGroups 0-2: groups without members, with their offsets; each has its own result, a name given twice one. */
export function createDeleteGroupsHandler({ groups }: Pick<BrokerContext, 'groups'>): Handler {
  return defineHandler(deleteGroups, async ({ groupsNames }) => {
    const deletions = [...new Set(groupsNames)].map(async (groupId) => ({
      groupId,
      errorCode: wireErrorCode(await groups.deleteGroup(groupId)),
    }))
    return { results: await Promise.all(deletions) }
  })
}
