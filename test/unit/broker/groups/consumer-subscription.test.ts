import { expect, test } from 'vitest'
import { subscribedTopics } from '../../../../broker/groups/consumer-subscription.ts'
import type { Group } from '../../../../broker/groups/group.ts'
import { subscription } from '../../../support/consumer-subscription.ts'
import { GroupDriver } from '../../../support/group-driver.ts'

function groupOf(...metadata: readonly Buffer[]): Group {
  const driver = new GroupDriver()
  for (const each of metadata) driver.join({ protocols: [{ name: 'range', metadata: each }] })
  driver.advance(0)
  return driver.group
}

test('the topics of all members, whatever comes after them', () => {
  const newer = Buffer.concat([subscription(['b', 'c'], 3), Buffer.from('later versions')])
  expect(subscribedTopics(groupOf(subscription(['a', 'b']), newer))).toEqual(new Set(['a', 'b', 'c']))
})

test.for([
  ['empty', Buffer.alloc(0)],
  ['cut', subscription(['topic']).subarray(0, 9)],
  ['of a count that is a lie', Buffer.from('00007fffffff', 'hex')],
  ['of a negative version', Buffer.from('ffff00000000', 'hex')],
  ['of a negative length', Buffer.from('000000000001ffff', 'hex')],
] as const)('unknown when the bytes of one member are %s', ([, bytes]) => {
  expect(subscribedTopics(groupOf(subscription(['a']), bytes))).toBeNull()
})

test('unknown before a protocol is chosen and for other protocol types, none in an empty group', () => {
  const driver = new GroupDriver()
  expect(subscribedTopics(driver.group)).toBeNull()
  driver.join({ protocols: [{ name: 'range', metadata: subscription(['a']) }] })
  expect(subscribedTopics(driver.group)).toBeNull()
  driver.advance(0)
  expect(subscribedTopics({ ...driver.group, protocolType: 'connect' })).toBeNull()
  driver.leave(...driver.group.members.keys())
  expect(subscribedTopics(driver.group)).toEqual(new Set())
})
