import { expect, test } from 'vitest'
import { GroupDriver } from '../../../support/group-driver.ts'

test('nobody gets an assignment before the leader has brought it and it is stored', () => {
  const driver = new GroupDriver()
  const [leader = '', follower = ''] = driver.rebalance('a', 'b')
  const tokens = [driver.sync(follower), driver.sync(leader, { [leader]: 'one', [follower]: 'two' })]
  expect(tokens.map((token) => driver.errorOf(token))).toEqual(['parked', 'parked'])
  expect(driver.group.state).toBe('CompletingRebalance')
  expect(driver.stores[0]?.record.members.map(({ assignment }) => assignment.toString())).toEqual(['one', 'two'])
  driver.store()
  expect(tokens.map((token) => driver.synced(token))).toMatchObject([
    { error: 'NONE', protocolType: 'consumer', protocolName: 'range', assignment: Buffer.from('two') },
    { error: 'NONE', assignment: Buffer.from('one') },
  ])
  expect(driver.group.state).toBe('Stable')
})

test('one that comes later gets its own at once', () => {
  const driver = new GroupDriver()
  const [leader = '', follower = ''] = driver.rebalance('a', 'b')
  driver.sync(leader, { [follower]: 'two' })
  driver.store()
  expect(driver.synced(driver.sync(follower)).assignment.toString()).toBe('two')
})

test('members that the leader leaves out get nothing, and strangers that it names are left out', () => {
  const driver = new GroupDriver()
  const [leader = '', follower = ''] = driver.rebalance('a', 'b')
  const token = driver.sync(follower)
  driver.sync(leader, { stranger: 'x', ['__proto__']: 'y' })
  expect(driver.stores[0]?.record.members).toHaveLength(2)
  driver.store()
  expect(driver.synced(token)).toMatchObject({ error: 'NONE', assignment: Buffer.alloc(0) })
})

test('what followers bring as assignments is not heard', () => {
  const driver = new GroupDriver()
  const [, follower = ''] = driver.rebalance('a', 'b')
  driver.sync(follower, { [follower]: 'everything' })
  expect(driver.stores).toEqual([])
})

test('an assignment that cannot be stored sends all back to joining', () => {
  const driver = new GroupDriver()
  const [leader = '', follower = ''] = driver.rebalance('a', 'b')
  const tokens = [driver.sync(follower), driver.sync(leader, { [leader]: 'one' })]
  driver.store({ failed: true })
  expect(tokens.map((token) => driver.errorOf(token))).toEqual([
    'COORDINATOR_NOT_AVAILABLE',
    'COORDINATOR_NOT_AVAILABLE',
  ])
  expect(driver.group.state).toBe('PreparingRebalance')
})

test('a second assignment for the same generation does not replace the one that is being stored', () => {
  const driver = new GroupDriver()
  const [leader = ''] = driver.rebalance('a')
  const first = driver.sync(leader, { [leader]: 'one' })
  const second = driver.sync(leader, { [leader]: 'two' })
  expect(driver.stores).toHaveLength(1)
  expect(driver.errorOf(first)).toBe('REBALANCE_IN_PROGRESS')
  driver.store()
  expect(driver.synced(second).assignment.toString()).toBe('one')
})

test('an assignment stored for a generation that is over means nothing', () => {
  const driver = new GroupDriver()
  const [leader = ''] = driver.rebalance('a')
  const old = driver.sync(leader, { [leader]: 'old' })
  driver.join()
  expect(driver.errorOf(old)).toBe('REBALANCE_IN_PROGRESS')
  driver.join({ memberId: leader })
  driver.store()
  expect(driver.group).toMatchObject({ state: 'CompletingRebalance', generationId: 2, isStoring: false })
  const token = driver.sync(leader, { [leader]: 'new' })
  driver.store()
  expect(driver.synced(token).assignment.toString()).toBe('new')
})

test('an assignment that is too large is refused, and the leader may bring another', () => {
  const driver = new GroupDriver({ maxGroupBytes: 1_000 })
  const [leader = ''] = driver.rebalance('a')
  expect(driver.errorOf(driver.sync(leader, { [leader]: 'x'.repeat(1_000) }))).toBe('INVALID_REQUEST')
  expect(driver.stores).toEqual([])
  const token = driver.sync(leader, { [leader]: 'x' })
  driver.store()
  expect(driver.errorOf(token)).toBe('NONE')
})

test('a member that leaves while it waits is answered', () => {
  const driver = new GroupDriver()
  const [, follower = ''] = driver.rebalance('a', 'b')
  const token = driver.sync(follower)
  driver.leave(follower)
  expect(driver.errorOf(token)).toBe('UNKNOWN_MEMBER_ID')
})
