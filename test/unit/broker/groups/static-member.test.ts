import { describe, expect, test } from 'vitest'
import { GroupDriver, protocols } from '../../../support/group-driver.ts'

describe('a static member that comes back to a stable group (KIP-345)', () => {
  test('takes over id, assignment and place without a rebalance, once that is stored', () => {
    const driver = new GroupDriver()
    const [leader = '', old = ''] = driver.stable('a', 's!')
    const token = driver.join({ groupInstanceId: 's!', uniqueId: 'new' })
    expect(driver.errorOf(token)).toBe('parked')
    expect(driver.stores[0]?.record.members.map(({ memberId }) => memberId)).toEqual([leader, 's!-new'])
    driver.store()
    expect(driver.joined(token)).toMatchObject({
      error: 'NONE',
      memberId: 's!-new',
      generationId: 1,
      leaderId: leader,
      members: [],
    })
    expect(driver.group.state).toBe('Stable')
    expect(driver.synced(driver.sync('s!-new')).assignment.toString()).toBe('s!')
    expect(driver.heartbeat(old, 1, 's!')).toBe('FENCED_INSTANCE_ID')
    expect(driver.heartbeat(old, 1)).toBe('UNKNOWN_MEMBER_ID')
  })

  test('as leader is shown its former id by old versions, so that it does not assign', () => {
    const driver = new GroupDriver()
    const [old = ''] = driver.stable('s!', 'b')
    const token = driver.join({ groupInstanceId: 's!' })
    driver.store()
    expect(driver.joined(token)).toMatchObject({ leaderId: old, members: [], skipAssignment: false })
    expect(driver.group.leaderId).toBe(driver.joined(token).memberId)
  })

  test('as leader is told to skip the assignment by version 9, and who the members are (KIP-814)', () => {
    const driver = new GroupDriver()
    driver.stable('s!', 'b')
    const token = driver.join({ groupInstanceId: 's!', canSkipAssignment: true })
    driver.store()
    const answer = driver.joined(token)
    expect(answer).toMatchObject({ leaderId: answer.memberId, skipAssignment: true })
    expect(answer.members).toHaveLength(2)
  })

  test('as follower is never told to skip it', () => {
    const driver = new GroupDriver()
    const [leader = ''] = driver.stable('a', 's!')
    const token = driver.join({ groupInstanceId: 's!', canSkipAssignment: true })
    driver.store()
    expect(driver.joined(token)).toMatchObject({ leaderId: leader, skipAssignment: false, members: [] })
  })

  test('rebalances when it makes the group choose another protocol', () => {
    const driver = new GroupDriver()
    const offered = protocols({ range: '', sticky: '' })
    driver.join({ groupInstanceId: 's!', protocols: offered })
    driver.advance(0)
    const [old = ''] = driver.group.members.keys()
    driver.sync(old)
    driver.store()
    const token = driver.join({ groupInstanceId: 's!', protocols: protocols({ sticky: '' }) })
    expect(driver.joined(token)).toMatchObject({ generationId: 2, protocolName: 'sticky' })
  })

  test('is told to ask again when its new id cannot be stored, and then gets another', () => {
    const driver = new GroupDriver()
    driver.stable('a', 's!')
    const failed = driver.join({ groupInstanceId: 's!' })
    driver.store({ failed: true })
    expect(driver.joined(failed)).toMatchObject({ error: 'COORDINATOR_NOT_AVAILABLE', memberId: '' })
    const token = driver.join({ groupInstanceId: 's!', uniqueId: 'third' })
    driver.store()
    expect(driver.joined(token).memberId).toBe('s!-third')
    expect(driver.group.members.size).toBe(2)
  })

  test('waits for a rebalance that began before its new id was stored', () => {
    const driver = new GroupDriver()
    const [leader = ''] = driver.stable('a', 's!')
    const token = driver.join({ groupInstanceId: 's!' })
    driver.join({ memberId: leader })
    driver.store()
    expect(driver.joined(token).generationId).toBe(2)
  })
})

test('two at once: the one before is fenced, wherever it waits', () => {
  const driver = new GroupDriver({ initialRebalanceDelayMs: 1_000 })
  const joins = [driver.join({ groupInstanceId: 's!' }), driver.join({ groupInstanceId: 's!' })]
  expect(driver.joined(joins[0]!)).toMatchObject({ error: 'FENCED_INSTANCE_ID' })
  driver.advance(2_000)
  const { memberId } = driver.joined(joins[1]!)
  driver.join()
  driver.advance(0)
  expect(driver.group.members.size).toBe(2)
  expect(driver.heartbeat(memberId, 1, 's!')).toBe('REBALANCE_IN_PROGRESS')
})

test('a return while the leader assigns starts the rebalance over', () => {
  const driver = new GroupDriver()
  const [leader = '', old = ''] = driver.rebalance('a', 's!')
  const waiting = driver.sync(old)
  const token = driver.join({ groupInstanceId: 's!' })
  expect(driver.errorOf(waiting)).toBe('FENCED_INSTANCE_ID')
  expect(driver.group.state).toBe('PreparingRebalance')
  driver.join({ memberId: leader })
  expect(driver.joined(token).generationId).toBe(2)
})

test('a missing one is removed by its session', () => {
  const driver = new GroupDriver()
  const [a = '', still = ''] = driver.stable('a', 's!')
  driver.advance(9_000)
  driver.heartbeat(a)
  driver.advance(1_000)
  expect([...driver.group.members.keys()]).toEqual([a])
  expect(driver.heartbeat(still, 1, 's!')).toBe('UNKNOWN_MEMBER_ID')
})

test('one that was removed joins as new', () => {
  const driver = new GroupDriver()
  driver.stable('s!')
  driver.advance(10_000)
  expect(driver.group.state).toBe('Empty')
  const token = driver.join({ groupInstanceId: 's!' })
  driver.advance(0)
  expect(driver.joined(token).generationId).toBe(3)
})
