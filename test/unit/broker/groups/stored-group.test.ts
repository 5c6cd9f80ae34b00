import { describe, expect, test } from 'vitest'
import type { Json } from '../../../../schemas/json.ts'
import { decodeStoredGroup, encodeStoredGroup, toGroup, toStoredGroup } from '../../../../broker/groups/stored-group.ts'
import { GroupDriver } from '../../../support/group-driver.ts'

function roundTrip(driver: GroupDriver, nowMs = driver.nowMs) {
  const json = JSON.parse(JSON.stringify(encodeStoredGroup(toStoredGroup(driver.group)))) as Json
  return toGroup('g', decodeStoredGroup('group/g', json), nowMs)
}

describe('a group that is loaded', () => {
  test('is stable as it was, and each member has a fresh session', () => {
    const driver = new GroupDriver()
    const ids = driver.stable('a', 's!')
    driver.advance(9_000)
    const loaded = roundTrip(driver, 5_000_000)
    const expected = { ...driver.group, members: new Map(driver.group.members) }
    for (const id of ids) {
      expected.members.set(id, { ...driver.group.members.get(id)!, sessionDeadlineMs: 5_010_000, hasSynced: true })
    }
    expect(loaded).toEqual({ ...expected, syncDeadlineMs: null })
  })

  test('goes on with its generation', () => {
    const driver = new GroupDriver()
    const [a = ''] = driver.stable('a')
    const again = new GroupDriver({}, roundTrip(driver))
    expect(again.heartbeat(a)).toBe('NONE')
    expect(again.synced(again.sync(a)).assignment.toString()).toBe('a')
    expect(again.joined(again.join({ memberId: a })).generationId).toBe(2)
  })

  test('does not rebalance because a follower asks again for what it had', () => {
    const driver = new GroupDriver()
    const [, follower = ''] = driver.stable('a', 'b')
    const again = new GroupDriver({}, roundTrip(driver))
    expect(again.joined(again.join({ memberId: follower })).generationId).toBe(1)
    expect(again.group.state).toBe('Stable')
  })

  test('is empty when everybody had left', () => {
    const driver = new GroupDriver()
    const [a = ''] = driver.stable('a')
    driver.leave(a)
    expect(roundTrip(driver)).toEqual(driver.group)
  })
})

test.for<[string, (record: Record<string, Json>) => Json]>([
  ['no object', () => 'text'],
  ['another format', (record) => ({ ...record, format: 2 })],
  ['a field too many', (record) => ({ ...record, more: 1 })],
  ['a field too few', ({ leaderId: _leaderId, ...record }) => record],
  [
    'no base64',
    (record) => ({ ...record, members: [{ ...((record['members'] as Json[])[0] as object), assignment: '*' }] }),
  ],
])('%s is damage, and the message says where', ([, damage]) => {
  const driver = new GroupDriver()
  driver.stable('a')
  const record = encodeStoredGroup(toStoredGroup(driver.group)) as Record<string, Json>
  expect(() => decodeStoredGroup('group/g', damage(record))).toThrow(
    expect.objectContaining({ code: 'E_DATA_DAMAGED', where: 'group/g' }),
  )
})
