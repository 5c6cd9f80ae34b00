import { describe, expect, test } from 'vitest'
import { settleLoadedGroup } from '../../../../broker/groups/step-group.ts'
import { GroupDriver, protocols } from '../../../support/group-driver.ts'

describe('the first rebalance of an empty group', () => {
  test('waits for company', () => {
    const driver = new GroupDriver({ initialRebalanceDelayMs: 3_000 })
    const first = driver.join()
    driver.advance(2_999)
    expect(driver.errorOf(first)).toBe('parked')
    driver.advance(1)
    expect(driver.joined(first).generationId).toBe(1)
  })

  test('waits on while members keep coming, each in the same generation', () => {
    const driver = new GroupDriver({ initialRebalanceDelayMs: 3_000 })
    const tokens = [driver.join()]
    for (let i = 0; i < 3; i += 1) {
      driver.advance(2_000)
      tokens.push(driver.join())
    }
    driver.advance(3_000)
    expect(tokens.map((token) => driver.errorOf(token))).toEqual(['parked', 'parked', 'parked', 'parked'])
    driver.advance(3_000)
    expect(tokens.map((token) => driver.joined(token).generationId)).toEqual([1, 1, 1, 1])
  })

  test('never waits beyond the rebalance timeout', () => {
    const driver = new GroupDriver({ initialRebalanceDelayMs: 3_000 })
    const first = driver.join({ rebalanceTimeoutMs: 10_000 })
    for (let i = 0; i < 9; i += 1) {
      driver.advance(1_000)
      driver.join({ rebalanceTimeoutMs: 10_000 })
    }
    expect(driver.errorOf(first)).toBe('parked')
    driver.advance(1_000)
    expect(driver.errorOf(first)).toBe('NONE')
  })

  test('is not cut short because everybody known is there', () => {
    const driver = new GroupDriver({ initialRebalanceDelayMs: 3_000 })
    const { memberId } = driver.joined(driver.join({ memberIdRequired: true }))
    expect(driver.errorOf(driver.join({ memberId }))).toBe('parked')
  })

  test('comes to its end in the next tick without a delay', () => {
    const driver = new GroupDriver({ initialRebalanceDelayMs: 0 })
    const tokens = [driver.join(), driver.join()]
    expect(tokens.map((token) => driver.errorOf(token))).toEqual(['parked', 'parked'])
    driver.advance(0)
    expect(tokens.map((token) => driver.joined(token).generationId)).toEqual([1, 1])
  })
})

describe('a rebalance', () => {
  test('ends as soon as all members have joined', () => {
    const driver = new GroupDriver()
    const [a = '', b = ''] = driver.stable('a', 'b')
    const tokens = [driver.join({ memberId: a }), driver.join({ memberId: b })]
    expect(tokens.map((token) => driver.joined(token).generationId)).toEqual([2, 2])
  })

  test('waits for the slowest member, then goes on without the dynamic ones that are missing', () => {
    const driver = new GroupDriver()
    const slow = driver.join({ rebalanceTimeoutMs: 90_000, sessionTimeoutMs: 1_800_000 })
    const quick = driver.join({ rebalanceTimeoutMs: 10_000 })
    driver.advance(0)
    const { memberId } = driver.joined(quick)
    const slowId = driver.joined(slow).memberId
    driver.sync(memberId)
    driver.sync(slowId)
    driver.store()
    const rejoin = driver.join({ memberId, protocols: protocols({ range: 'changed' }) })
    driver.advance(89_999)
    expect(driver.errorOf(rejoin)).toBe('parked')
    driver.advance(1)
    expect(driver.joined(rejoin)).toMatchObject({ generationId: 2, leaderId: memberId })
    expect(driver.heartbeat(slowId, 1)).toBe('UNKNOWN_MEMBER_ID')
  })

  test('keeps static members that are missing, with their place', () => {
    const driver = new GroupDriver()
    const [a = '', still = ''] = driver.stable('a', 'still!')
    const session = { sessionTimeoutMs: 600_000 }
    driver.join({ groupInstanceId: 'still!', ...session })
    driver.store()
    const rejoin = driver.join({ memberId: a, ...session })
    driver.advance(60_000)
    expect(driver.joined(rejoin).members).toHaveLength(2)
    expect(driver.group.members.has(still)).toBe(false)
  })

  test('makes the first one back the leader when the leader is missing', () => {
    const driver = new GroupDriver()
    const [, b = '', c = ''] = driver.stable('a!', 'b', 'c')
    for (const memberId of [c, b]) {
      const session = { sessionTimeoutMs: 600_000, protocols: protocols({ range: 'changed' }) }
      driver.join({ memberId, ...session })
    }
    const static1 = [...driver.group.members.values()].find(({ groupInstanceId }) => groupInstanceId === 'a!')
    expect(driver.group.leaderId).toBe(static1?.memberId)
    for (let i = 0; i < 9; i += 1) {
      driver.advance(7_000)
      if (driver.group.state === 'PreparingRebalance') driver.heartbeat(static1?.memberId ?? '', 1)
    }
    expect(driver.group).toMatchObject({ state: 'CompletingRebalance', generationId: 2, leaderId: b })
  })

  test('is waited on again when only static members are left and none came back', () => {
    const driver = new GroupDriver()
    const [a = '', still = ''] = driver.stable('a', 'still!')
    driver.leave(a)
    for (let i = 0; i < 15; i += 1) {
      driver.advance(9_000)
      expect(driver.heartbeat(still)).toBe('REBALANCE_IN_PROGRESS')
    }
    expect(driver.group).toMatchObject({ state: 'PreparingRebalance', generationId: 1 })
    const back = driver.join({ memberId: still, groupInstanceId: 'still!' })
    expect(driver.joined(back)).toMatchObject({ generationId: 2, leaderId: still })
  })

  test('tells members by their heartbeats, and renews their sessions meanwhile', () => {
    const driver = new GroupDriver()
    const [a = '', b = ''] = driver.stable('a', 'b')
    driver.join({ memberId: a })
    for (let i = 0; i < 3; i += 1) {
      driver.advance(9_000)
      expect(driver.heartbeat(b)).toBe('REBALANCE_IN_PROGRESS')
    }
    expect(driver.group.members.size).toBe(2)
  })

  test('accepts commits of the generation before, and renews the session by them', () => {
    const driver = new GroupDriver()
    const [a = '', b = ''] = driver.stable('a', 'b')
    driver.join({ memberId: a })
    driver.advance(9_000)
    expect(driver.commit(b)).toBe('NONE')
    driver.advance(9_000)
    expect(driver.group.members.has(b)).toBe(true)
  })
})

describe('a session that ends', () => {
  test('removes the member and makes the others rebalance', () => {
    const driver = new GroupDriver()
    const [a = '', b = ''] = driver.stable('a', 'b')
    driver.advance(9_999)
    driver.heartbeat(a)
    driver.advance(1)
    expect(driver.group.state).toBe('PreparingRebalance')
    expect(driver.heartbeat(b)).toBe('UNKNOWN_MEMBER_ID')
  })

  test('of the last member leaves an empty group behind, one generation on, and has that stored', () => {
    const driver = new GroupDriver()
    driver.stable('a')
    driver.advance(10_000)
    expect(driver.group).toMatchObject({ state: 'Empty', generationId: 2, leaderId: null, protocolType: 'consumer' })
    expect(driver.stores[0]?.record).toMatchObject({ generationId: 2, members: [] })
  })

  test('does not end while the member waits for the others', () => {
    const driver = new GroupDriver()
    const [a = '', b = ''] = driver.stable('a', 'b')
    const rejoin = driver.join({ memberId: a })
    for (let i = 0; i < 5; i += 1) {
      driver.advance(9_000)
      driver.heartbeat(b)
    }
    expect(driver.errorOf(rejoin)).toBe('parked')
    driver.join({ memberId: b })
    expect(driver.errorOf(rejoin)).toBe('NONE')
  })

  test('begins anew when the member gets its answer', () => {
    const driver = new GroupDriver()
    const [a = ''] = driver.rebalance('a')
    driver.advance(9_999)
    expect(driver.heartbeat(a)).toBe('NONE')
  })

  test('ends the wait of a first JoinGroup after five minutes, for nobody may be there', () => {
    const driver = new GroupDriver()
    const [, still = ''] = driver.stable('a', 'still!')
    const first = driver.join({ rebalanceTimeoutMs: 1_800_000 })
    for (let i = 0; i < 60 && driver.errorOf(first) === 'parked'; i += 1) {
      driver.advance(5_000)
      if (i < 59) driver.heartbeat(still)
    }
    expect(driver.joined(first)).toMatchObject({ error: 'UNKNOWN_MEMBER_ID', memberId: '' })
  })
})

describe('members that never ask for their assignment', () => {
  test('are removed after the rebalance timeout, and those who wait begin anew', () => {
    const driver = new GroupDriver()
    const [leader = '', lazy = '', waiting = ''] = driver.rebalance('a', 'b', 'c')
    const token = driver.sync(waiting)
    for (let i = 0; i < 12; i += 1) {
      driver.advance(5_000)
      for (const id of [leader, lazy]) driver.heartbeat(id)
    }
    expect(driver.errorOf(token)).toBe('REBALANCE_IN_PROGRESS')
    expect([...driver.group.members.keys()]).toEqual([waiting])
    expect(driver.group.state).toBe('PreparingRebalance')
  })

  test('are removed from a stable group as well', () => {
    const driver = new GroupDriver()
    const [leader = '', lazy = ''] = driver.rebalance('a', 'b')
    driver.sync(leader)
    driver.store()
    expect(driver.group.state).toBe('Stable')
    for (let i = 0; i < 12; i += 1) {
      driver.advance(5_000)
      for (const id of [leader, lazy]) driver.heartbeat(id)
    }
    expect([...driver.group.members.keys()]).toEqual([leader])
  })
})

test('a group loaded with more members than are allowed now rebalances', () => {
  const driver = new GroupDriver()
  driver.stable('a', 'b', 'c')
  const options = { ...driver.options, maxMembers: 2 }
  expect(settleLoadedGroup(driver.group, driver.nowMs, driver.options).group.state).toBe('Stable')
  expect(settleLoadedGroup(driver.group, driver.nowMs, options).group.state).toBe('PreparingRebalance')
})
