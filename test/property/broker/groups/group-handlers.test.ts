import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { createGroupHandlers } from '../../../../broker/handlers/group-handlers.ts'
import { deleteGroups } from '../../../../broker/protocol/messages/delete-groups.ts'
import { describeGroups } from '../../../../broker/protocol/messages/describe-groups.ts'
import { findCoordinator } from '../../../../broker/protocol/messages/find-coordinator.ts'
import { heartbeat } from '../../../../broker/protocol/messages/heartbeat.ts'
import { joinGroup } from '../../../../broker/protocol/messages/join-group.ts'
import { leaveGroup } from '../../../../broker/protocol/messages/leave-group.ts'
import { listGroups } from '../../../../broker/protocol/messages/list-groups.ts'
import { offsetCommit } from '../../../../broker/protocol/messages/offset-commit.ts'
import { offsetDelete } from '../../../../broker/protocol/messages/offset-delete.ts'
import { offsetFetch } from '../../../../broker/protocol/messages/offset-fetch.ts'
import { syncGroup } from '../../../../broker/protocol/messages/sync-group.ts'
import { CoordinatorDriver } from '../../../support/coordinator-driver.ts'
import { HandlerClient } from '../../../support/handler-client.ts'

const identity = { clusterId: 'c', nodeId: 0, host: '127.0.0.1', port: 9092 }

/** Few different names, so that requests meet, and nasty ones among them. */
const name = fc.constantFrom('', 'g', 'm', '__proto__', 'a/b%2F', '🔥é\u0000', 'x'.repeat(32_767), 'é'.repeat(16_000))
const nullableName = fc.option(name)
const int32 = fc.constantFrom(-2_147_483_648, -1, 0, 1, 2, 6_000, 10_000, 2_147_483_647)
const int64 = fc.constantFrom(-9_007_199_254_740_991, -1, 0, 1, 9_007_199_254_740_991, 2 ** 62)
const bytes = fc.constantFrom(
  Buffer.alloc(0),
  Buffer.from('some'),
  Buffer.alloc(70_000),
  Buffer.from('00007fffffff', 'hex'),
)
const few = <T>(element: fc.Arbitrary<T>) => fc.array(element, { maxLength: 3 })
const identityFields = {
  groupId: name,
  memberId: name,
  groupInstanceId: nullableName,
  generationId: fc.constantFrom(-1, 0, 1, 2),
}
const topics = few(
  fc.record({
    name: fc.constantFrom('t', 'u', '__proto__', ''),
    partitions: few(fc.record({ partitionIndex: int32 })),
  }),
)
const wantedTopics = few(fc.record({ name, partitionIndexes: few(int32) }))
const committed = fc.record({
  partitionIndex: int32,
  committedOffset: int64,
  committedLeaderEpoch: int32,
  committedMetadata: nullableName,
})

const REQUESTS = [
  [
    joinGroup,
    fc.record({
      ...identityFields,
      sessionTimeoutMs: int32,
      rebalanceTimeoutMs: int32,
      protocolType: name,
      protocols: few(fc.record({ name, metadata: bytes })),
      reason: nullableName,
    }),
  ],
  [
    syncGroup,
    fc.record({
      ...identityFields,
      protocolType: nullableName,
      protocolName: nullableName,
      assignments: few(fc.record({ memberId: name, assignment: bytes })),
    }),
  ],
  [heartbeat, fc.record(identityFields)],
  [
    leaveGroup,
    fc.record({
      groupId: name,
      memberId: name,
      members: few(fc.record({ memberId: name, groupInstanceId: nullableName, reason: nullableName })),
    }),
  ],
  [
    offsetCommit,
    fc.record({
      ...identityFields,
      generationIdOrMemberEpoch: int32,
      retentionTimeMs: int64,
      topics: few(fc.record({ name: fc.constantFrom('t', 'u', ''), partitions: few(committed) })),
    }),
  ],
  [
    offsetFetch,
    fc.record({
      groupId: name,
      topics: wantedTopics,
      groups: few(
        fc.record({ groupId: name, memberId: nullableName, memberEpoch: int32, topics: fc.option(wantedTopics) }),
      ),
      requireStable: fc.boolean(),
    }),
  ],
  [offsetDelete, fc.record({ groupId: name, topics })],
  [findCoordinator, fc.record({ key: name, keyType: fc.integer({ min: -128, max: 127 }), coordinatorKeys: few(name) })],
  [listGroups, fc.record({ statesFilter: few(name), typesFilter: few(name) })],
  [describeGroups, fc.record({ groups: few(name), includeAuthorizedOperations: fc.boolean() })],
  [deleteGroups, fc.record({ groupsNames: few(name) })],
] as const

const request = fc.oneof(
  ...REQUESTS.map(([api, content]) =>
    fc.record({
      api: fc.constant(api),
      version: fc.integer({ min: api.minVersion, max: api.maxVersion }),
      content: content as fc.Arbitrary<object>,
      clientId: nullableName,
    }),
  ),
)

test('any request in any version has an answer that can be written, and none stops the broker', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(request, { maxLength: 25, size: 'max' }), async (requests) => {
      const driver = new CoordinatorDriver({ maxGroups: 5, maxMembers: 3, maxAllGroupsBytes: 500_000 })
      const client = new HandlerClient(createGroupHandlers({ groups: driver.coordinator, identity }))
      const connection = new AbortController()
      const answers = []
      for (const { api, version, content, clientId } of requests) {
        answers.push(client.ask(api, version, content, { clientId, signal: connection.signal }))
        await driver.scheduler.advance(700)
      }
      connection.abort()
      await Promise.all(answers)
      driver.crash()
      expect(driver.coordinator.groups().length).toBeLessThanOrEqual(5)
    }),
    { numRuns: 200 },
  )
})
