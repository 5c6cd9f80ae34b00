import { expect, test } from 'vitest'
import { createOffsetExpiry } from '../../../../broker/groups/offset-expiry.ts'
import { createGroup, type Group, type Member } from '../../../../broker/groups/group.ts'
import { subscription } from '../../../support/consumer-subscription.ts'

const member: Member = {
  memberId: 'm',
  groupInstanceId: null,
  clientId: '',
  clientHost: '',
  sessionTimeoutMs: 1,
  rebalanceTimeoutMs: 1,
  protocols: [{ name: 'range', metadata: subscription(['read']) }],
  assignment: Buffer.alloc(0),
  sessionDeadlineMs: 0,
  parkedJoin: null,
  parkedSync: null,
  isNew: false,
  hasSynced: true,
}

const simple = createGroup('g', 0)
const empty: Group = { ...simple, protocolType: 'consumer', stateSinceMs: 500 }
const stable: Group = { ...empty, state: 'Stable', protocolName: 'range', members: new Map([['m', member]]) }
const unreadable = new Map([['m', { ...member, protocols: [{ name: 'range', metadata: Buffer.from('?') }] }]])

interface Case {
  readonly name: string
  readonly group: Group
  readonly topic?: string
  readonly retentionMs?: number | null
  readonly commitTimeMs?: number
  readonly expireTimeMs?: number | null
  readonly nowMs: number
  readonly expired: boolean
}

const cases: readonly Case[] = [
  { name: 'no members ever, retention passed', group: simple, nowMs: 200, expired: true },
  { name: 'no members ever, retention not passed', group: simple, nowMs: 199, expired: false },
  { name: 'empty, retention passed since then', group: empty, nowMs: 600, expired: true },
  { name: 'empty, retention passed since the commit only', group: empty, nowMs: 599, expired: false },
  { name: 'empty, committed by hand afterwards', group: empty, commitTimeMs: 900, nowMs: 999, expired: false },
  { name: 'stable, topic that is read', group: stable, topic: 'read', nowMs: 10_000, expired: false },
  { name: 'stable, topic that is not read', group: stable, nowMs: 200, expired: true },
  { name: 'stable, unknown what is read', group: { ...stable, members: unreadable }, nowMs: 10_000, expired: false },
  { name: 'stable, other protocol', group: { ...stable, protocolType: 'connect' }, nowMs: 10_000, expired: false },
  { name: 'rebalancing', group: { ...stable, state: 'PreparingRebalance' }, nowMs: 10_000, expired: false },
  { name: 'assigning', group: { ...stable, state: 'CompletingRebalance' }, nowMs: 10_000, expired: false },
  { name: 'no retention', group: simple, retentionMs: null, nowMs: 2 ** 52, expired: false },
  {
    name: 'own time passed, no retention',
    group: simple,
    retentionMs: null,
    expireTimeMs: 300,
    nowMs: 300,
    expired: true,
  },
  { name: 'own time longer than the retention', group: simple, expireTimeMs: 300, nowMs: 299, expired: false },
  { name: 'own time passed, but read', group: stable, topic: 'read', expireTimeMs: 1, nowMs: 10, expired: false },
]

test.for(cases)('$name: $expired', (given) => {
  const { group, nowMs, topic = 'other', retentionMs = 100, commitTimeMs = 100, expireTimeMs = null } = given
  const isExpired = createOffsetExpiry(group, nowMs, retentionMs)
  expect(isExpired(topic, { offset: 1, leaderEpoch: 0, metadata: '', commitTimeMs, expireTimeMs })).toBe(given.expired)
})
