import type { BrokerContext } from '../broker-context.ts'
import { listGroups } from '../protocol/messages/list-groups.ts'
import { defineHandler, type Handler } from './handler.ts'

/** The one type of groups that there is here. */
const CLASSIC = 'classic'

/**
 * ListGroups 0-5: all groups, those that only hold offsets too. From version 4 on by state, from 5 on by type; neither
 * minds upper and lower case, and what is no state or type matches nothing.
 */
export function createListGroupsHandler({ groups }: Pick<BrokerContext, 'groups'>): Handler {
  return defineHandler(listGroups, async ({ statesFilter, typesFilter }) => {
    const matchesState = matcher(statesFilter)
    const matchesType = matcher(typesFilter)
    const listed = groups.groups().filter(({ state }) => matchesState(state) && matchesType(CLASSIC))
    return {
      groups: listed.map(({ groupId, protocolType, state }) => ({
        groupId,
        protocolType: protocolType ?? '',
        groupState: state,
        groupType: CLASSIC,
      })),
    }
  })
}

/** An empty filter lets everything pass. */
function matcher(filter: readonly string[]): (text: string) => boolean {
  const wanted = new Set(filter.map((text) => text.trim().toLowerCase()))
  return (text) => wanted.size === 0 || wanted.has(text.toLowerCase())
}
