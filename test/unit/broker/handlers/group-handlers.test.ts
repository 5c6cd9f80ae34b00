import { describe, expect, test } from 'vitest'
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
import { wireErrorName } from '../../../../broker/protocol/error-codes.ts'
import { CoordinatorDriver } from '../../../support/coordinator-driver.ts'
import { HandlerClient } from '../../../support/handler-client.ts'

const identity = { clusterId: 'c', nodeId: 7, host: 'broker.local', port: 9099 }

function setUp() {
  const driver = new CoordinatorDriver({ offsetsRetentionMs: null })
  return { driver, client: new HandlerClient(createGroupHandlers({ groups: driver.coordinator, identity })) }
}

const joinRequest = {
  groupId: 'g',
  sessionTimeoutMs: 10_000,
  rebalanceTimeoutMs: 20_000,
  memberId: '',
  protocolType: 'consumer',
  protocols: [{ name: 'range', metadata: Buffer.from('topics') }],
}

const errorOf = (answer: { readonly errorCode: number } | null | undefined): string =>
  answer === null || answer === undefined ? 'none' : wireErrorName(answer.errorCode)

describe('FindCoordinator', () => {
  const here = { nodeId: 7, host: 'broker.local', port: 9099, errorCode: 0, errorMessage: null }

  test.for([0, 1, 2, 3])('version %i names this broker', async (version) => {
    const { client } = setUp()
    expect(await client.ask(findCoordinator, version, { key: 'g', keyType: 0 })).toMatchObject(here)
  })

  test.for([4, 5, 6])('version %i names this broker for each key, of groups and of transactions', async (version) => {
    const { client } = setUp()
    for (const keyType of [0, 1]) {
      const answer = await client.ask(findCoordinator, version, { keyType, coordinatorKeys: ['a', 'b'] })
      expect(answer?.coordinators).toEqual([
        { key: 'a', ...here },
        { key: 'b', ...here },
      ])
    }
  })

  test.for([
    [2, 'x', 'INVALID_REQUEST'],
    [-1, 'x', 'INVALID_REQUEST'],
  ] as const)('key type %i with key "%s" is refused: %s', async ([keyType, key, error]) => {
    const { client } = setUp()
    const single = await client.ask(findCoordinator, 3, { key, keyType })
    const batch = await client.ask(findCoordinator, 6, { keyType, coordinatorKeys: [key] })
    expect([errorOf(single), errorOf(batch?.coordinators[0])]).toEqual([error, error])
    expect(single).toMatchObject({ nodeId: -1, host: '', port: -1 })
  })

  test('an empty group id is located like any other, as Kafka does', async () => {
    const { client } = setUp()
    expect(await client.ask(findCoordinator, 3, { key: '', keyType: 0 })).toMatchObject(here)
  })
})

describe('JoinGroup', () => {
  test.for([0, 5, 6, 7, 9])('version %i can tell of a refusal', async (version) => {
    const { client } = setUp()
    const answer = await client.ask(joinGroup, version, { ...joinRequest, memberId: 'nobody' })
    expect(answer).toMatchObject({ generationId: -1, leader: '', memberId: 'nobody', members: [] })
    expect([errorOf(answer), answer?.protocolName]).toEqual(['UNKNOWN_MEMBER_ID', version < 7 ? '' : null])
  })

  test('version 0 takes the session timeout for the rebalance, and a missing client id is none', async () => {
    const { client, driver } = setUp()
    void client.ask(joinGroup, 0, joinRequest, { clientId: null })
    await driver.scheduler.advance(0)
    const [member] = driver.coordinator.group('g')?.members.values() ?? []
    expect(member).toMatchObject({ rebalanceTimeoutMs: 10_000, clientId: '', memberId: '-1', clientHost: '/127.0.0.1' })
  })

  test('a protocol named twice counts once, as the first', async () => {
    const { client, driver } = setUp()
    const twice = [...joinRequest.protocols, { name: 'range', metadata: Buffer.from('other') }]
    const joining = client.ask(joinGroup, 3, { ...joinRequest, protocols: twice })
    await driver.scheduler.advance(0)
    expect((await joining)?.members[0]?.metadata.toString()).toBe('topics')
  })

  test('gives no answer to a connection that has gone', async () => {
    const { client, driver } = setUp()
    const connection = new AbortController()
    const joining = client.ask(joinGroup, 3, joinRequest, { signal: connection.signal })
    connection.abort()
    await driver.scheduler.advance(0)
    expect(await joining).toBeNull()
  })
})

describe('SyncGroup', () => {
  test.for([
    [null, 'range'],
    ['consumer', null],
  ] as const)('version 5 wants protocol type and name: %s, %s', async ([protocolType, protocolName]) => {
    const { client } = setUp()
    const request = { groupId: 'g', generationId: 1, memberId: 'm', protocolType, protocolName }
    expect(errorOf(await client.ask(syncGroup, 5, request))).toBe('INCONSISTENT_GROUP_PROTOCOL')
    expect(errorOf(await client.ask(syncGroup, 4, request))).toBe('UNKNOWN_MEMBER_ID')
  })
})

test('Heartbeat and LeaveGroup of a stranger', async () => {
  const { client } = setUp()
  const stranger = { groupId: 'g', generationId: 1, memberId: 'm' }
  expect(errorOf(await client.ask(heartbeat, 4, stranger))).toBe('UNKNOWN_MEMBER_ID')
  for (const version of [0, 2])
    expect(errorOf(await client.ask(leaveGroup, version, stranger))).toBe('UNKNOWN_MEMBER_ID')
  const batch = await client.ask(leaveGroup, 5, { groupId: 'g', members: [{ memberId: 'm', groupInstanceId: 'i' }] })
  expect(batch).toMatchObject({ errorCode: 0, members: [{ memberId: 'm', groupInstanceId: 'i', errorCode: 25 }] })
  expect(errorOf(await client.ask(leaveGroup, 5, { groupId: '', members: [] }))).toBe('INVALID_GROUP_ID')
  expect(errorOf(await client.ask(leaveGroup, 1, { groupId: '', memberId: 'm' }))).toBe('INVALID_GROUP_ID')
})

describe('OffsetCommit and OffsetFetch', () => {
  const commitOf = (committedOffset: number, more = {}) => ({
    groupId: 'g',
    memberId: '',
    ...more,
    topics: [{ name: 't', partitions: [{ partitionIndex: 0, committedOffset, committedMetadata: 'm\u0000é🔥' }] }],
  })

  test('metadata comes back as it was', async () => {
    const { client } = setUp()
    await client.ask(offsetCommit, 9, commitOf(5))
    const fetched = await client.ask(offsetFetch, 7, { groupId: 'g', topics: null, requireStable: true })
    expect(fetched?.topics).toMatchObject([
      {
        name: 't',
        partitions: [{ committedOffset: 5, committedLeaderEpoch: -1, metadata: 'm\u0000é🔥', errorCode: 0 }],
      },
    ])
  })

  test('several groups at once, also those that nobody knows', async () => {
    const { client } = setUp()
    await client.ask(offsetCommit, 9, commitOf(5))
    const topics = [{ name: 't', partitionIndexes: [0] }]
    const fetched = await client.ask(offsetFetch, 9, {
      groups: [
        { groupId: 'g', topics },
        { groupId: 'h', topics },
        { groupId: 'h', topics: null },
      ],
    })
    const offsets = fetched?.groups.map((group) => group.topics.map((topic) => topic.partitions[0]?.committedOffset))
    expect(offsets).toEqual([[5], [-1], []])
  })

  test('versions 2 to 4 may say how long an offset is kept, later ones may not', async () => {
    const { client, driver } = setUp()
    await client.ask(offsetCommit, 4, commitOf(5, { retentionTimeMs: 60_000 }))
    await driver.scheduler.advance(600_000)
    expect(driver.committed('g')).toBeNull()
    for (const retentionTimeMs of [-1, 2 ** 53]) {
      await client.ask(offsetCommit, 4, commitOf(6, { retentionTimeMs }))
      await driver.scheduler.advance(600_000)
      expect(driver.committed('g')).toBe(6)
    }
  })
})

describe('ListGroups', () => {
  test.for([
    { statesFilter: [], typesFilter: [], listed: ['busy', 'idle'] },
    { statesFilter: ['STABLE '], typesFilter: [], listed: ['busy'] },
    { statesFilter: ['Empty', 'Dead'], typesFilter: ['CLASSIC'], listed: ['idle'] },
    { statesFilter: ['Unheard'], typesFilter: [], listed: [] },
    { statesFilter: [], typesFilter: ['consumer'], listed: [] },
  ])('states $statesFilter, types $typesFilter: $listed', async ({ statesFilter, typesFilter, listed }) => {
    const { client, driver } = setUp()
    await driver.stable('busy', 'm')
    await driver.commit('idle', 1)
    const answer = await client.ask(listGroups, 5, { statesFilter, typesFilter })
    expect(answer?.groups.map(({ groupId }) => groupId).sort()).toEqual(listed)
  })
})

describe('DescribeGroups', () => {
  test('shows what members said in a stable group only', async () => {
    const { client, driver } = setUp()
    const [id = ''] = await driver.stable('g', 'm')
    const ask = () => client.ask(describeGroups, 5, { groups: ['g'] })
    expect((await ask())?.groups[0]).toMatchObject({
      groupState: 'Stable',
      protocolData: 'range',
      members: [{ memberId: id, memberMetadata: Buffer.from('topics'), memberAssignment: Buffer.from(id) }],
    })
    void driver.join('g')
    expect((await ask())?.groups[0]).toMatchObject({
      groupState: 'PreparingRebalance',
      protocolData: '',
      members: [{ memberMetadata: Buffer.alloc(0) }, {}],
    })
  })
})

test('DeleteGroups answers each name once, and OffsetDelete the group as a whole', async () => {
  const { client, driver } = setUp()
  await driver.stable('busy', 'm')
  await driver.commit('idle', 1)
  const deleted = await client.ask(deleteGroups, 2, { groupsNames: ['busy', 'idle', 'idle', 'nobody'] })
  expect(deleted?.results.map((result) => [result.groupId, errorOf(result)])).toEqual([
    ['busy', 'NON_EMPTY_GROUP'],
    ['idle', 'NONE'],
    ['nobody', 'GROUP_ID_NOT_FOUND'],
  ])
  expect(errorOf(await client.ask(offsetDelete, 0, { groupId: 'nobody', topics: [] }))).toBe('GROUP_ID_NOT_FOUND')
})
