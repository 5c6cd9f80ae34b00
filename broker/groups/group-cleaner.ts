import type { Logger } from '../../schemas/runtime.ts'
import type { CommittedOffsets, OffsetChange } from './committed-offsets.ts'
import { deleteGroup } from './group-deletion.ts'
import type { CleanerOptions } from './group-options.ts'
import type { GroupRegistry } from './group-registry.ts'
import type { Group } from './group.ts'
import { createOffsetExpiry } from './offset-expiry.ts'
import type { Scheduler } from './scheduler.ts'

export interface GroupCleanerContext {
  readonly registry: GroupRegistry
  readonly offsets: CommittedOffsets
  readonly scheduler: Scheduler
  readonly logger: Logger
}

/**
 * Removes expired offsets at intervals, and with them the empty groups that have none left. The result stops it. What
 * cannot be written stays for the next time.
 */
export function createGroupCleaner(context: GroupCleanerContext, options: CleanerOptions): () => void {
  const { scheduler, registry, logger } = context
  let cancel = waitForNext()

  function waitForNext(): () => void {
    return scheduler.at(scheduler.now() + options.cleanIntervalMs, () => {
      cancel = waitForNext()
      for (const group of registry.all()) {
        cleanGroup(context, group, options.offsetsRetentionMs).catch((error: unknown) =>
          logger.error('offsets of a consumer group could not be removed', { groupId: group.groupId, error }),
        )
      }
    })
  }

  return () => cancel()
}

async function cleanGroup(context: GroupCleanerContext, group: Group, retentionMs: number | null): Promise<void> {
  const { registry, offsets, scheduler } = context
  const { groupId } = group
  const isExpired = createOffsetExpiry(group, scheduler.now(), retentionMs)
  const expired: OffsetChange[] = []
  for (const { topic, partition, committed } of offsets.ofGroup(groupId)) {
    if (isExpired(topic, committed)) expired.push({ groupId, topic, partition, value: null })
  }
  const isIdle = group.state === 'Empty' && group.pendingMembers.size === 0
  if (isIdle && offsets.countOf(groupId) === expired.length) await deleteGroup(registry, offsets, groupId, expired)
  else if (expired.length > 0) await offsets.write(expired)
}
