import { expect, test } from 'vitest'
import { GroupDriver } from '../../../support/group-driver.ts'

test('each member of a batch has its own result', () => {
  const driver = new GroupDriver()
  const [a = '', , c = '', d = ''] = driver.stable('a', 'b!', 'c!', 'd!')
  const token = driver.leave(
    { memberId: a, groupInstanceId: null },
    { memberId: '', groupInstanceId: 'b!' },
    { memberId: d, groupInstanceId: 'c!' },
    { memberId: '', groupInstanceId: 'nobody' },
    { memberId: '', groupInstanceId: null },
    { memberId: a, groupInstanceId: null },
  )
  expect(driver.left(token)).toEqual({
    kind: 'leave',
    error: 'NONE',
    members: [
      { memberId: a, groupInstanceId: null, error: 'NONE' },
      { memberId: '', groupInstanceId: 'b!', error: 'NONE' },
      { memberId: d, groupInstanceId: 'c!', error: 'FENCED_INSTANCE_ID' },
      { memberId: '', groupInstanceId: 'nobody', error: 'UNKNOWN_MEMBER_ID' },
      { memberId: '', groupInstanceId: null, error: 'UNKNOWN_MEMBER_ID' },
      { memberId: a, groupInstanceId: null, error: 'UNKNOWN_MEMBER_ID' },
    ],
  })
  expect([...driver.group.members.keys()]).toEqual([c, d])
})

test('the last one to leave is answered when the empty group is stored', () => {
  const driver = new GroupDriver()
  const [a = ''] = driver.stable('a')
  const token = driver.leave(a)
  expect(driver.errorOf(token)).toBe('parked')
  expect(driver.group).toMatchObject({ state: 'Empty', generationId: 2 })
  driver.store()
  expect(driver.left(token).members).toEqual([{ memberId: a, groupInstanceId: null, error: 'NONE' }])
})

test('is told when that could not be stored', () => {
  const driver = new GroupDriver()
  const [a = ''] = driver.stable('a')
  const token = driver.leave(a)
  driver.store({ failed: true })
  expect(driver.left(token)).toMatchObject({ error: 'COORDINATOR_NOT_AVAILABLE' })
})

test('a member that waits in JoinGroup is answered, and the others need not wait for it', () => {
  const driver = new GroupDriver()
  const [a = '', b = '', c = ''] = driver.stable('a', 'b', 'c')
  const waiting = [driver.join({ memberId: a }), driver.join({ memberId: b })]
  driver.leave(b)
  expect(driver.joined(waiting[1]!)).toMatchObject({ error: 'UNKNOWN_MEMBER_ID', memberId: '' })
  expect(driver.errorOf(waiting[0]!)).toBe('parked')
  driver.leave(c)
  expect(driver.joined(waiting[0]!).generationId).toBe(2)
})

test('an id that was only handed out can be given back', () => {
  const driver = new GroupDriver()
  const [a = ''] = driver.stable('a')
  const { memberId } = driver.joined(driver.join({ memberIdRequired: true }))
  const rejoin = driver.join({ memberId: a })
  expect(driver.errorOf(rejoin)).toBe('parked')
  expect(driver.left(driver.leave(memberId)).members[0]?.error).toBe('NONE')
  expect(driver.errorOf(rejoin)).toBe('NONE')
})
