import { describe, expect, test } from 'vitest'
import { GroupDriver, protocols } from '../../../support/group-driver.ts'

describe('a new member', () => {
  test('is named after its client and gets the first generation as leader', () => {
    const driver = new GroupDriver()
    const token = driver.join({ clientId: 'scanner', uniqueId: 'u-1' })
    driver.advance(0)
    expect(driver.joined(token)).toEqual({
      kind: 'join',
      error: 'NONE',
      memberId: 'scanner-u-1',
      generationId: 1,
      protocolType: 'consumer',
      protocolName: 'range',
      leaderId: 'scanner-u-1',
      skipAssignment: false,
      members: [{ memberId: 'scanner-u-1', groupInstanceId: null, metadata: Buffer.from('topics') }],
    })
  })

  test('has a member id that fits the wire, however long its client id is, and no half characters in it', () => {
    const driver = new GroupDriver()
    const token = driver.join({ clientId: '🔥'.repeat(20_000), uniqueId: 'u', memberIdRequired: true })
    const { memberId } = driver.joined(token)
    expect(memberId).toBe(`${'🔥'.repeat(255)}-u`)
    expect(driver.errorOf(driver.join({ memberId: Buffer.from(memberId).toString() }))).toBe('parked')
  })

  test('is told who leads, but only the leader who the members are', () => {
    const driver = new GroupDriver()
    const tokens = [driver.join({ clientId: 'a' }), driver.join({ clientId: 'b' })]
    driver.advance(0)
    const [a, b] = tokens.map((token) => driver.joined(token))
    expect(a!.members.map(({ memberId }) => memberId)).toEqual([a!.memberId, b!.memberId])
    expect(b).toMatchObject({ leaderId: a!.memberId, members: [], generationId: 1 })
  })

  test.for([5_999, 1_800_001, 0, -1])('with a session of %i ms is refused', (sessionTimeoutMs) => {
    const driver = new GroupDriver()
    expect(driver.errorOf(driver.join({ sessionTimeoutMs }))).toBe('INVALID_SESSION_TIMEOUT')
    expect(driver.group.state).toBe('Empty')
  })

  test.for([6_000, 1_800_000])('with a session of %i ms is taken', (sessionTimeoutMs) => {
    const driver = new GroupDriver()
    expect(driver.errorOf(driver.join({ sessionTimeoutMs }))).toBe('parked')
  })

  test('may have a shorter session where the broker allows it', () => {
    const driver = new GroupDriver({ minSessionTimeoutMs: 3_000 })
    expect(driver.errorOf(driver.join({ sessionTimeoutMs: 3_000 }))).toBe('parked')
  })
})

describe('a member id that is required (KIP-394)', () => {
  test('is handed out, and the second JoinGroup with it is taken', () => {
    const driver = new GroupDriver()
    const first = driver.joined(driver.join({ memberIdRequired: true }))
    expect(first).toMatchObject({ error: 'MEMBER_ID_REQUIRED', generationId: -1, members: [] })
    expect(driver.group.members.size).toBe(0)
    const second = driver.join({ memberId: first.memberId, memberIdRequired: true })
    driver.advance(0)
    expect(driver.joined(second)).toMatchObject({ error: 'NONE', memberId: first.memberId, generationId: 1 })
    expect(driver.group.pendingMembers.size).toBe(0)
  })

  test('is forgotten after a session', () => {
    const driver = new GroupDriver()
    const { memberId } = driver.joined(driver.join({ memberIdRequired: true, sessionTimeoutMs: 10_000 }))
    driver.advance(9_999)
    expect(driver.group.pendingMembers.has(memberId)).toBe(true)
    driver.advance(1)
    expect(driver.errorOf(driver.join({ memberId }))).toBe('UNKNOWN_MEMBER_ID')
  })

  test('is waited for by a rebalance, until it is forgotten', () => {
    const driver = new GroupDriver()
    const [leader = ''] = driver.stable('a')
    driver.join({ memberIdRequired: true, sessionTimeoutMs: 6_000 })
    const rejoin = driver.join({ memberId: leader })
    expect(driver.errorOf(rejoin)).toBe('parked')
    driver.advance(6_000)
    expect(driver.joined(rejoin)).toMatchObject({ error: 'NONE', generationId: 2 })
  })

  test('is not asked of static members', () => {
    const driver = new GroupDriver()
    const token = driver.join({ groupInstanceId: 'i', memberIdRequired: true, uniqueId: 'u' })
    driver.advance(0)
    expect(driver.joined(token)).toMatchObject({ error: 'NONE', memberId: 'i-u' })
  })
})

describe('a member that joins again', () => {
  test('takes the place of its earlier request, which is told to join again', () => {
    const driver = new GroupDriver({ initialRebalanceDelayMs: 1_000 })
    const { memberId } = driver.joined(driver.join({ memberIdRequired: true }))
    const first = driver.join({ memberId })
    const second = driver.join({ memberId })
    expect(driver.joined(first)).toMatchObject({ error: 'REBALANCE_IN_PROGRESS', memberId })
    driver.advance(1_000)
    expect(driver.errorOf(second)).toBe('NONE')
  })

  test('learns the current generation again while the leader assigns, as leader with the members', () => {
    const driver = new GroupDriver()
    const [leader = '', follower = ''] = driver.rebalance('a', 'b')
    expect(driver.joined(driver.join({ memberId: leader })).members).toHaveLength(2)
    expect(driver.joined(driver.join({ memberId: follower }))).toMatchObject({ generationId: 1, members: [] })
    expect(driver.group.state).toBe('CompletingRebalance')
  })

  test('with other metadata while the leader assigns sends all that wait for their assignment back', () => {
    const driver = new GroupDriver()
    const [leader = '', follower = ''] = driver.rebalance('a', 'b')
    const waiting = driver.sync(follower)
    driver.join({ memberId: leader, protocols: protocols({ range: 'more' }) })
    expect(driver.errorOf(waiting)).toBe('REBALANCE_IN_PROGRESS')
  })
})

describe('the protocol', () => {
  test('is chosen by vote among those that all support', () => {
    const driver = new GroupDriver()
    const tokens = [
      { range: 'r1', sticky: 's1' },
      { sticky: 's2', range: 'r2' },
      { sticky: 's3', range: 'r3', other: 'o' },
    ].map((offered) => driver.join({ protocols: protocols(offered) }))
    driver.advance(0)
    const leader = driver.joined(tokens[0]!)
    expect(leader.protocolName).toBe('sticky')
    expect(leader.members.map(({ metadata }) => metadata.toString())).toEqual(['s1', 's2', 's3'])
  })

  test('type is free again when the group is empty', () => {
    const driver = new GroupDriver()
    const [id = ''] = driver.stable('a')
    driver.leave(id)
    const token = driver.join({ protocolType: 'connect' })
    driver.advance(0)
    expect(driver.joined(token).protocolType).toBe('connect')
  })
})

describe('a full group', () => {
  test('takes no further member, but keeps its own', () => {
    const driver = new GroupDriver({ maxMembers: 2 })
    const [, follower = ''] = driver.stable('a', 'b')
    expect(driver.joined(driver.join())).toMatchObject({ error: 'GROUP_MAX_SIZE_REACHED', memberId: '' })
    expect(driver.errorOf(driver.join({ memberId: follower }))).toBe('NONE')
    expect(driver.group.state).toBe('Stable')
  })

  test('takes back a static member that was restarted', () => {
    const driver = new GroupDriver({ maxMembers: 2 })
    driver.stable('a!', 'b!')
    const token = driver.join({ groupInstanceId: 'b!' })
    driver.store()
    expect(driver.errorOf(token)).toBe('NONE')
  })

  test('turns away the last ones to join again, and does not wait for them', () => {
    const driver = new GroupDriver({ maxMembers: 3 })
    const [a = '', b = '', c = ''] = driver.stable('a', 'b', 'c')
    const smaller = new GroupDriver({ maxMembers: 2 }, driver.group)
    const tokens = [a, b, c].map((memberId) => smaller.join({ memberId, protocols: protocols({ range: 'changed' }) }))
    expect(tokens.map((token) => smaller.errorOf(token))).toEqual(['NONE', 'NONE', 'GROUP_MAX_SIZE_REACHED'])
    expect([...smaller.group.members.keys()]).toEqual([a, b])
  })

  test('hands out no more ids than it has places', () => {
    const driver = new GroupDriver({ maxMembers: 2 })
    const errors = [1, 2, 3].map(() => driver.errorOf(driver.join({ memberIdRequired: true })))
    expect(errors).toEqual(['MEMBER_ID_REQUIRED', 'MEMBER_ID_REQUIRED', 'GROUP_MAX_SIZE_REACHED'])
  })

  test('counts bytes too, and a member that outgrows it is removed without stopping the others', () => {
    const driver = new GroupDriver({ maxGroupBytes: 1_000 })
    const [leader = '', follower = ''] = driver.stable('a', 'b')
    const large = protocols({ range: 'x'.repeat(990) })
    expect(driver.errorOf(driver.join({ memberId: follower, protocols: large }))).toBe('GROUP_MAX_SIZE_REACHED')
    expect(driver.group.state).toBe('PreparingRebalance')
    expect([...driver.group.members.keys()]).toEqual([leader])
  })
})

test.for([
  ['too many protocols', protocols(Object.fromEntries(Array.from({ length: 65 }, (_, i) => [`p${i}`, ''])))],
  ['too many bytes', protocols({ range: 'x'.repeat(1_048_577) })],
] as const)('%s of one member are refused', ([, offered]) => {
  const driver = new GroupDriver()
  expect(driver.errorOf(driver.join({ protocols: offered }))).toBe('INVALID_REQUEST')
})
