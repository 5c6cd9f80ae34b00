import type { BrokerContext } from '../broker-context.ts'
import { createDeleteGroupsHandler } from './delete-groups.ts'
import { createDescribeGroupsHandler } from './describe-groups.ts'
import { createFindCoordinatorHandler } from './find-coordinator.ts'
import type { Handler } from './handler.ts'
import { createHeartbeatHandler } from './heartbeat.ts'
import { createJoinGroupHandler } from './join-group.ts'
import { createLeaveGroupHandler } from './leave-group.ts'
import { createListGroupsHandler } from './list-groups.ts'
import { createOffsetCommitHandler } from './offset-commit.ts'
import { createOffsetDeleteHandler } from './offset-delete.ts'
import { createOffsetFetchHandler } from './offset-fetch.ts'
import { createSyncGroupHandler } from './sync-group.ts'

/** The APIs of consumer groups and their offsets. */
export function createGroupHandlers(context: Pick<BrokerContext, 'groups' | 'identity'>): readonly Handler[] {
  return [
    createFindCoordinatorHandler(context),
    createJoinGroupHandler(context),
    createSyncGroupHandler(context),
    createHeartbeatHandler(context),
    createLeaveGroupHandler(context),
    createOffsetCommitHandler(context),
    createOffsetFetchHandler(context),
    createOffsetDeleteHandler(context),
    createListGroupsHandler(context),
    createDescribeGroupsHandler(context),
    createDeleteGroupsHandler(context),
  ]
}
