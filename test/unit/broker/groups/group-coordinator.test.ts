import { describe, expect, test } from 'vitest'
import { CoordinatorDriver, outcomeOf } from '../../../support/coordinator-driver.ts'
import { subscription } from '../../../support/consumer-subscription.ts'
import { settle } from '../../../support/manual-scheduler.ts'

describe('requests that wait', () => {
  test('are answered when the group answers', async () => {
    const driver = new CoordinatorDriver({ initialRebalanceDelayMs: 3_000 })
    const joining = driver.join('g')
    expect(await outcomeOf(joining)).toBe('waiting')
    await driver.scheduler.advance(3_000)
    expect(await joining).toMatchObject({ error: 'NONE', generationId: 1 })
  })

  test('are dropped with their connection, while the member stays until its session ends', async () => {
    const driver = new CoordinatorDriver()
    const connection = new AbortController()
    const joining = driver.join('g', { sessionTimeoutMs: 10_000 }, connection.signal)
    connection.abort()
    expect(await joining).toBeNull()
    await driver.scheduler.advance(9_999)
    expect(driver.coordinator.group('g')).toMatchObject({ state: 'CompletingRebalance', members: { size: 1 } })
    await driver.scheduler.advance(1)
    expect(driver.coordinator.group('g')).toMatchObject({ state: 'Empty', generationId: 2 })
  })

  test('of a connection that is gone already count all the same', async () => {
    const driver = new CoordinatorDriver()
    expect(await driver.join('g', {}, AbortSignal.abort())).toBeNull()
    expect(driver.coordinator.group('g')?.members.size).toBe(1)
  })

  test('are refused when the coordinator closes, and not heard afterwards', async () => {
    const driver = new CoordinatorDriver({ initialRebalanceDelayMs: 3_000 })
    const id = (await driver.join('g', { memberIdRequired: true }))?.memberId ?? ''
    const joining = driver.join('g', { memberId: id })
    driver.coordinator.close()
    expect(await joining).toMatchObject({ error: 'COORDINATOR_NOT_AVAILABLE', memberId: id })
    expect(await driver.join('g')).toBeNull()
    expect(driver.coordinator.heartbeat('g', { memberId: id, groupInstanceId: null, generationId: 0 })).toBe(
      'COORDINATOR_NOT_AVAILABLE',
    )
    expect(driver.scheduler.waiting).toBe(0)
  })
})

describe('an empty group id', () => {
  test('is refused for membership', async () => {
    const { coordinator } = new CoordinatorDriver()
    const driver = new CoordinatorDriver()
    const identity = { memberId: '', groupInstanceId: null, generationId: 0 }
    expect((await driver.join(''))?.error).toBe('INVALID_GROUP_ID')
    expect((await driver.sync('', { memberId: 'm' }))?.error).toBe('INVALID_GROUP_ID')
    expect((await driver.leave('', 'm'))?.error).toBe('INVALID_GROUP_ID')
    expect(coordinator.heartbeat('', identity)).toBe('INVALID_GROUP_ID')
    expect((await coordinator.deleteOffsets('', [])).error).toBe('INVALID_GROUP_ID')
  })

  test('may hold offsets, for old consumers without a group', async () => {
    const driver = new CoordinatorDriver()
    expect(await driver.commit('', 5)).toBe('NONE')
    expect(driver.committed('')).toBe(5)
  })
})

test('a request that is refused leaves no group behind', async () => {
  const driver = new CoordinatorDriver()
  await driver.join('g', { memberId: 'nobody' })
  await driver.sync('g', { memberId: 'nobody' })
  await driver.leave('g', 'nobody')
  driver.coordinator.heartbeat('g', { memberId: 'nobody', groupInstanceId: null, generationId: 1 })
  expect(await driver.commit('g', 1, { generationId: 1, memberId: 'nobody' })).toBe('GROUP_ID_NOT_FOUND')
  expect(await driver.commit('g', 1, { generationId: 1, memberId: 'm', namesMissingGroup: false })).toBe(
    'ILLEGAL_GENERATION',
  )
  expect(driver.coordinator.groups()).toEqual([])
})

test('a client may use the memory of its request for something else afterwards', async () => {
  const driver = new CoordinatorDriver()
  const metadata = Buffer.from('topics')
  const joining = driver.join('g', { protocols: [{ name: 'range', metadata }] })
  metadata.fill(0)
  await driver.scheduler.advance(0)
  expect((await joining)?.members[0]?.metadata.toString()).toBe('topics')
})

describe('limits', () => {
  test('of groups: new ones are refused, known ones go on', async () => {
    const driver = new CoordinatorDriver({ maxGroups: 2 })
    await driver.stable('a', 'x')
    expect(await driver.commit('b', 1)).toBe('NONE')
    expect((await driver.join('c'))?.error).toBe('POLICY_VIOLATION')
    expect(await driver.commit('c', 1)).toBe('POLICY_VIOLATION')
    expect(await driver.commit('b', 2)).toBe('NONE')
  })

  test('of bytes in all groups together, given back when members go', async () => {
    const driver = new CoordinatorDriver({ maxAllGroupsBytes: 1_000 })
    const protocols = [{ name: 'range', metadata: Buffer.alloc(900) }]
    const joining = driver.join('a', { protocols })
    await driver.scheduler.advance(0)
    expect((await driver.join('b', { protocols }))?.error).toBe('GROUP_MAX_SIZE_REACHED')
    await driver.leave('a', (await joining)?.memberId ?? '')
    const second = driver.join('b', { protocols })
    await driver.scheduler.advance(0)
    expect((await second)?.error).toBe('NONE')
  })

  test('of offsets: those that are there can be moved, others are refused', async () => {
    const driver = new CoordinatorDriver({ maxCommittedOffsets: 1 })
    expect(await driver.commit('g', 1)).toBe('NONE')
    expect(await driver.commit('g', 1, { partition: 1 })).toBe('INVALID_COMMIT_OFFSET_SIZE')
    expect(await driver.commit('g', 2)).toBe('NONE')
  })
})

describe('a commit', () => {
  test('is judged per partition', async () => {
    const driver = new CoordinatorDriver()
    const at = (partition: number, offset: number, metadata = '') => ({ partition, offset, metadata, leaderEpoch: 3 })
    const results = await driver.coordinator.commitOffsets('g', {
      memberId: '',
      groupInstanceId: null,
      generationId: -1,
      retentionMs: null,
      namesMissingGroup: true,
      topics: [
        { topic: 't', partitions: [at(0, 10, 'x'.repeat(4_096)), at(1, 10, 'x'.repeat(4_097)), at(3, 10), at(-1, 0)] },
        { topic: 'nowhere', partitions: [at(0, 1)] },
        { topic: 'u', partitions: [at(0, 2 ** 63), at(0, -1)] },
      ],
    })
    expect(results.map(({ partitions }) => partitions.map(({ error }) => error))).toEqual([
      ['NONE', 'OFFSET_METADATA_TOO_LARGE', 'UNKNOWN_TOPIC_OR_PARTITION', 'UNKNOWN_TOPIC_OR_PARTITION'],
      ['UNKNOWN_TOPIC_OR_PARTITION'],
      ['INVALID_REQUEST', 'NONE'],
    ])
    expect(driver.coordinator.fetchOffsets('g', null)).toEqual([
      {
        topic: 't',
        partitions: [
          {
            partition: 0,
            committed: {
              offset: 10,
              leaderEpoch: 3,
              metadata: 'x'.repeat(4_096),
              commitTimeMs: driver.scheduler.now(),
              expireTimeMs: null,
            },
          },
        ],
      },
      { topic: 'u', partitions: [{ partition: 0, committed: expect.objectContaining({ offset: -1 }) }] },
    ])
  })

  test('is answered when it is durable', async () => {
    const driver = new CoordinatorDriver()
    driver.store.hold()
    const committing = driver.commit('g', 10)
    expect(await outcomeOf(committing)).toBe('waiting')
    expect(driver.committed('g')).toBeNull()
    driver.store.release()
    expect(await committing).toBe('NONE')
    expect(driver.committed('g')).toBe(10)
  })

  test('that could not be written says so, and leaves the one before', async () => {
    const driver = new CoordinatorDriver()
    await driver.commit('g', 10)
    driver.store.failNext()
    expect(await driver.commit('g', 20)).toBe('COORDINATOR_NOT_AVAILABLE')
    expect(driver.committed('g')).toBe(10)
  })

  test('of a member is refused in another generation', async () => {
    const driver = new CoordinatorDriver()
    const [memberId = ''] = await driver.stable('g', 'a')
    expect(await driver.commit('g', 1, { memberId, generationId: 1 })).toBe('NONE')
    expect(await driver.commit('g', 2, { memberId, generationId: 0 })).toBe('ILLEGAL_GENERATION')
    expect(await driver.commit('g', 2, { memberId: 'other', generationId: 1 })).toBe('UNKNOWN_MEMBER_ID')
    expect(await driver.commit('g', 2)).toBe('UNKNOWN_MEMBER_ID')
    expect(driver.committed('g')).toBe(1)
  })

  test('for topics that do not exist is no sign of life', async () => {
    const driver = new CoordinatorDriver()
    expect(await driver.commit('g', 1, { topic: 'nowhere' })).toBe('UNKNOWN_TOPIC_OR_PARTITION')
    expect(driver.coordinator.groups()).toEqual([])
  })

  test('with a time of its own is removed after it, though offsets are kept for ever', async () => {
    const driver = new CoordinatorDriver({ offsetsRetentionMs: null })
    await driver.commit('g', 1, { retentionMs: 60_000 })
    await driver.commit('g', 1, { partition: 1 })
    await driver.scheduler.advance(600_000)
    expect([driver.committed('g'), driver.committed('g', 't', 1)]).toEqual([null, 1])
  })
})

describe('after a crash', () => {
  test('a stable group is stable, with its generation, assignment and offsets, and a fresh session', async () => {
    const driver = new CoordinatorDriver()
    const [a = '', b = ''] = await driver.stable('g', 'a', 'b')
    await driver.commit('g', 7, { memberId: a, generationId: 1 })
    await driver.scheduler.advance(9_000)
    driver.crash()
    expect(driver.coordinator.group('g')).toMatchObject({ state: 'Stable', generationId: 1, leaderId: a })
    expect((await driver.sync('g', { memberId: b }))?.assignment.toString()).toBe(b)
    expect(driver.committed('g')).toBe(7)
    await driver.scheduler.advance(9_000)
    expect(driver.coordinator.heartbeat('g', { memberId: a, groupInstanceId: null, generationId: 1 })).toBe('NONE')
    await driver.scheduler.advance(1_000)
    expect(driver.coordinator.group('g')?.members.has(b)).toBe(false)
  })

  test('an assignment that was not durable was never given out', async () => {
    const driver = new CoordinatorDriver()
    const joining = driver.join('g')
    await driver.scheduler.advance(0)
    const memberId = (await joining)?.memberId ?? ''
    driver.store.hold()
    const syncing = driver.sync('g', { memberId, assignments: { [memberId]: 'x' } })
    expect(await outcomeOf(syncing)).toBe('waiting')
    driver.crash()
    expect(driver.coordinator.groups()).toEqual([])
    expect((await driver.sync('g', { memberId }))?.error).toBe('UNKNOWN_MEMBER_ID')
  })

  test('groups that only hold offsets are there', async () => {
    const driver = new CoordinatorDriver()
    await driver.commit('simple', 1)
    driver.crash()
    expect(driver.coordinator.groups().map(({ groupId, state }) => [groupId, state])).toEqual([['simple', 'Empty']])
    expect(await driver.commit('simple', 2)).toBe('NONE')
  })

  test('names of all kinds come back', async () => {
    const driver = new CoordinatorDriver()
    const names = ['__proto__', 'a/b', '%2F', '🔥', ' ', 'group/x']
    for (const name of names) await driver.stable(name, 'm')
    driver.crash()
    expect(
      driver.coordinator
        .groups()
        .map(({ groupId }) => groupId)
        .sort(),
    ).toEqual(names.sort())
  })
})

describe('deletion of a group', () => {
  test('removes it with its offsets in one write, and refuses its clients until then', async () => {
    const driver = new CoordinatorDriver()
    const [id = ''] = await driver.stable('g', 'a')
    await driver.commit('g', 1, { memberId: id, generationId: 1 })
    expect(await driver.coordinator.deleteGroup('g')).toBe('NON_EMPTY_GROUP')
    await driver.leave('g', id)
    driver.store.hold()
    const deleting = driver.coordinator.deleteGroup('g')
    expect(await outcomeOf(deleting)).toBe('waiting')
    expect(await driver.commit('g', 2)).toBe('COORDINATOR_NOT_AVAILABLE')
    expect((await driver.join('g'))?.error).toBe('COORDINATOR_NOT_AVAILABLE')
    expect(await driver.coordinator.deleteGroup('g')).toBe('GROUP_ID_NOT_FOUND')
    driver.store.release()
    expect(await deleting).toBe('NONE')
    expect(driver.store.durableKeys).toEqual([])
    expect(driver.committed('g')).toBeNull()
    expect(await driver.coordinator.deleteGroup('g')).toBe('GROUP_ID_NOT_FOUND')
  })

  test('that could not be written leaves the group as it was', async () => {
    const driver = new CoordinatorDriver()
    await driver.commit('g', 1)
    driver.store.failNext()
    expect(await driver.coordinator.deleteGroup('g')).toBe('COORDINATOR_NOT_AVAILABLE')
    expect(driver.committed('g')).toBe(1)
    expect(await driver.commit('g', 2)).toBe('NONE')
  })
})

describe('deletion of offsets', () => {
  const both = [
    { topic: 't', partitions: [0] },
    { topic: 'u', partitions: [0, 7] },
  ]

  test('spares the topics that members read', async () => {
    const driver = new CoordinatorDriver()
    for (const topic of ['t', 'u']) await driver.commit('g', 1, { topic })
    const joining = driver.join('g', { protocols: [{ name: 'range', metadata: subscription(['t']) }] })
    await driver.scheduler.advance(0)
    await joining
    const { error, topics } = await driver.coordinator.deleteOffsets('g', both)
    expect(error).toBe('NONE')
    expect(topics.map(({ partitions }) => partitions.map((each) => each.error))).toEqual([
      ['GROUP_SUBSCRIBED_TO_TOPIC'],
      ['NONE', 'UNKNOWN_TOPIC_OR_PARTITION'],
    ])
    expect([driver.committed('g', 't'), driver.committed('g', 'u')]).toEqual([1, null])
  })

  test('is refused while members of another protocol type are there, or when there is no group', async () => {
    const driver = new CoordinatorDriver()
    void driver.join('g', { protocolType: 'connect' })
    await driver.scheduler.advance(0)
    expect((await driver.coordinator.deleteOffsets('g', both)).error).toBe('NON_EMPTY_GROUP')
    expect((await driver.coordinator.deleteOffsets('nobody', both)).error).toBe('GROUP_ID_NOT_FOUND')
  })

  test('that could not be written is told', async () => {
    const driver = new CoordinatorDriver()
    await driver.commit('g', 1)
    driver.store.failNext()
    expect((await driver.coordinator.deleteOffsets('g', both)).error).toBe('COORDINATOR_NOT_AVAILABLE')
    expect(driver.committed('g')).toBe(1)
  })

  test('happens with the deletion of the topic, for all groups', async () => {
    const driver = new CoordinatorDriver()
    for (const group of ['g', 'h']) for (const topic of ['t', 'u']) await driver.commit(group, 1, { topic })
    await driver.coordinator.topicDeleted('t')
    await driver.coordinator.topicDeleted('nowhere')
    expect(driver.store.durableKeys).toEqual(['offset/g/u/0', 'offset/h/u/0'])
    expect(driver.committed('g', 't')).toBeNull()
  })
})

test('a group that cannot be stored is logged, and its members join again', async () => {
  const driver = new CoordinatorDriver()
  const joining = driver.join('g')
  await driver.scheduler.advance(0)
  const memberId = (await joining)?.memberId ?? ''
  driver.store.failNext()
  expect(await driver.sync('g', { memberId })).toMatchObject({ error: 'COORDINATOR_NOT_AVAILABLE' })
  expect(driver.log.lines).toMatchObject([{ level: 'error', fields: { groupId: 'g' } }])
  const again = driver.join('g', { memberId })
  await settle()
  expect(await again).toMatchObject({ error: 'NONE', generationId: 2 })
})

test('heartbeats move one timer only', async () => {
  const driver = new CoordinatorDriver()
  const ids = await driver.stable('g', 'a', 'b', 'c')
  for (let i = 0; i < 100; i += 1) {
    await driver.scheduler.advance(100)
    for (const memberId of ids) {
      driver.coordinator.heartbeat('g', { memberId, groupInstanceId: null, generationId: 1 })
    }
    expect(driver.scheduler.waiting).toBe(2)
  }
  expect(driver.coordinator.group('g')?.members.size).toBe(3)
})
