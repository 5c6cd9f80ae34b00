import type { WireErrorName } from '../protocol/error-codes.ts'
import type { CommittedOffsets, OffsetChange } from './committed-offsets.ts'
import { groupKey, type GroupRegistry } from './group-registry.ts'

/**
 * Removes a group and everything it has committed in one write, if nobody is in it. Until that is durable the group is
 * Dead and refuses its clients; if it cannot be made durable, the group is back.
 */
export async function deleteGroup(
  registry: GroupRegistry,
  offsets: CommittedOffsets,
  groupId: string,
  removal: readonly OffsetChange[] = offsets.removalOfGroup(groupId),
): Promise<WireErrorName> {
  const group = registry.get(groupId)
  if (group === undefined) return 'GROUP_ID_NOT_FOUND'
  const verdict = registry.decide(groupId, (token) => ({ kind: 'delete', token }))
  if (verdict !== 'NONE') return verdict
  try {
    await offsets.write(removal, [{ key: groupKey(groupId), value: null }])
  } catch {
    registry.put(group)
    return 'COORDINATOR_NOT_AVAILABLE'
  }
  registry.remove(groupId)
  return 'NONE'
}
