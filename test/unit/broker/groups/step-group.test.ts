import { describe, expect, test } from 'vitest'
import { GroupDriver, protocols } from '../../../support/group-driver.ts'

/**
 * The table of Kafka's classic protocol: a group in each state, with a leader, a follower and a static member (none in
 * Empty and Dead), is sent each request. The outcome is the answer's error, or `parked`, and the state afterwards.
 */
type State = 'Empty' | 'PreparingRebalance' | 'CompletingRebalance' | 'Stable' | 'Dead'

interface Scene {
  readonly driver: GroupDriver
  readonly leader: string
  readonly follower: string
}

function scene(state: State): Scene {
  const driver = new GroupDriver()
  if (state === 'CompletingRebalance') {
    const [leader = '', follower = ''] = driver.rebalance('leader', 'follower', 'static!')
    return { driver, leader, follower }
  }
  if (state === 'Empty' || state === 'Dead') {
    if (state === 'Dead') driver.ask((token) => ({ kind: 'delete', token }))
    return { driver, leader: 'leader', follower: 'follower' }
  }
  const [leader = '', follower = ''] = driver.stable('leader', 'follower', 'static!')
  if (state === 'PreparingRebalance') driver.join({ memberId: leader, protocols: protocols({ range: 'changed' }) })
  return { driver, leader, follower }
}

type Request = (scene: Scene) => string

const asFollower = ({ follower }: Scene) => ({ memberId: follower })
const errorOf = ({ driver }: Scene, token: number): string => driver.errorOf(token)

const REQUESTS: Readonly<Record<string, Request>> = {
  'join, new': (s) => errorOf(s, s.driver.join()),
  'join, new, id required': (s) => errorOf(s, s.driver.join({ memberIdRequired: true })),
  'join, new static': (s) => errorOf(s, s.driver.join({ groupInstanceId: 'other!' })),
  'join, static again': (s) => errorOf(s, s.driver.join({ groupInstanceId: 'static!' })),
  'join, unknown id': (s) => errorOf(s, s.driver.join({ memberId: 'nobody' })),
  'join, follower unchanged': (s) => errorOf(s, s.driver.join(asFollower(s))),
  'join, follower changed': (s) =>
    errorOf(s, s.driver.join({ ...asFollower(s), protocols: protocols({ range: 'changed' }) })),
  'join, leader unchanged': (s) => errorOf(s, s.driver.join({ memberId: s.leader })),
  'join, other protocol': (s) => errorOf(s, s.driver.join({ protocols: protocols({ sticky: '' }) })),
  'join, other protocol type': (s) => errorOf(s, s.driver.join({ protocolType: 'connect' })),
  'join, no protocols': (s) => errorOf(s, s.driver.join({ protocols: [] })),
  'sync, follower': (s) => errorOf(s, s.driver.sync(s.follower)),
  'sync, leader': (s) => errorOf(s, s.driver.sync(s.leader)),
  'sync, unknown id': (s) => errorOf(s, s.driver.sync('nobody')),
  'sync, other generation': (s) => errorOf(s, s.driver.sync(s.follower, {}, { generationId: 7 })),
  'sync, other protocol': (s) => errorOf(s, s.driver.sync(s.follower, {}, { protocolName: 'sticky' })),
  'sync, fenced': (s) => errorOf(s, s.driver.sync(s.follower, {}, { groupInstanceId: 'static!' })),
  heartbeat: (s) => s.driver.heartbeat(s.follower),
  'heartbeat, unknown id': (s) => s.driver.heartbeat('nobody'),
  'heartbeat, other generation': (s) => s.driver.heartbeat(s.follower, 7),
  'heartbeat, fenced': (s) => s.driver.heartbeat(s.follower, undefined, 'static!'),
  'heartbeat, unknown instance': (s) => s.driver.heartbeat(s.follower, undefined, 'other!'),
  leave: (s) => s.driver.left(s.driver.leave(s.follower)).members[0]?.error ?? 'whole request',
  'leave, unknown id': (s) => s.driver.left(s.driver.leave('nobody')).members[0]?.error ?? 'whole request',
  'commit, member': (s) => s.driver.commit(s.follower),
  'commit, other generation': (s) => s.driver.commit(s.follower, 7),
  'commit, unknown id': (s) => s.driver.commit('nobody', 1),
  'commit, from outside': (s) => s.driver.commit('', -1),
  'commit, fenced': (s) => s.driver.commit(s.follower, undefined, { groupInstanceId: 'static!' }),
  delete: (s) => s.driver.errorOf(s.driver.ask((token) => ({ kind: 'delete', token }))),
}

const P = 'PreparingRebalance'
const C = 'CompletingRebalance'
const S = 'Stable'
const E = 'Empty'
const D = 'Dead'
const UNKNOWN = 'UNKNOWN_MEMBER_ID'
const NO_COORDINATOR = 'COORDINATOR_NOT_AVAILABLE'

type Outcome = string | readonly [error: string, state: State]

/** A text alone: this error, and the state as it was. Columns: Empty, Preparing, Completing, Stable, Dead. */
const TABLE: Readonly<Record<string, readonly [Outcome, Outcome, Outcome, Outcome, Outcome]>> = {
  'join, new': [['parked', P], 'parked', ['parked', P], ['parked', P], NO_COORDINATOR],
  'join, new, id required': [
    'MEMBER_ID_REQUIRED',
    'MEMBER_ID_REQUIRED',
    'MEMBER_ID_REQUIRED',
    'MEMBER_ID_REQUIRED',
    NO_COORDINATOR,
  ],
  'join, new static': [['parked', P], 'parked', ['parked', P], ['parked', P], NO_COORDINATOR],
  'join, static again': [['parked', P], 'parked', ['parked', P], ['parked', S], NO_COORDINATOR],
  'join, unknown id': [UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, NO_COORDINATOR],
  'join, follower unchanged': [UNKNOWN, 'parked', 'NONE', 'NONE', NO_COORDINATOR],
  'join, follower changed': [UNKNOWN, 'parked', ['parked', P], ['parked', P], NO_COORDINATOR],
  'join, leader unchanged': [UNKNOWN, 'parked', 'NONE', ['parked', P], NO_COORDINATOR],
  'join, other protocol': [
    ['parked', P],
    'INCONSISTENT_GROUP_PROTOCOL',
    'INCONSISTENT_GROUP_PROTOCOL',
    'INCONSISTENT_GROUP_PROTOCOL',
    NO_COORDINATOR,
  ],
  'join, other protocol type': [
    ['parked', P],
    'INCONSISTENT_GROUP_PROTOCOL',
    'INCONSISTENT_GROUP_PROTOCOL',
    'INCONSISTENT_GROUP_PROTOCOL',
    NO_COORDINATOR,
  ],
  'join, no protocols': [
    'INCONSISTENT_GROUP_PROTOCOL',
    'INCONSISTENT_GROUP_PROTOCOL',
    'INCONSISTENT_GROUP_PROTOCOL',
    'INCONSISTENT_GROUP_PROTOCOL',
    NO_COORDINATOR,
  ],
  'sync, follower': [UNKNOWN, 'REBALANCE_IN_PROGRESS', 'parked', 'NONE', NO_COORDINATOR],
  'sync, leader': [UNKNOWN, 'REBALANCE_IN_PROGRESS', 'parked', 'NONE', NO_COORDINATOR],
  'sync, unknown id': [UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, NO_COORDINATOR],
  'sync, other generation': [UNKNOWN, 'ILLEGAL_GENERATION', 'ILLEGAL_GENERATION', 'ILLEGAL_GENERATION', NO_COORDINATOR],
  'sync, other protocol': [
    UNKNOWN,
    'INCONSISTENT_GROUP_PROTOCOL',
    'INCONSISTENT_GROUP_PROTOCOL',
    'INCONSISTENT_GROUP_PROTOCOL',
    NO_COORDINATOR,
  ],
  'sync, fenced': [UNKNOWN, 'FENCED_INSTANCE_ID', 'FENCED_INSTANCE_ID', 'FENCED_INSTANCE_ID', NO_COORDINATOR],
  heartbeat: [UNKNOWN, 'REBALANCE_IN_PROGRESS', 'NONE', 'NONE', NO_COORDINATOR],
  'heartbeat, unknown id': [UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, NO_COORDINATOR],
  'heartbeat, other generation': [
    UNKNOWN,
    'ILLEGAL_GENERATION',
    'ILLEGAL_GENERATION',
    'ILLEGAL_GENERATION',
    NO_COORDINATOR,
  ],
  'heartbeat, fenced': [UNKNOWN, 'FENCED_INSTANCE_ID', 'FENCED_INSTANCE_ID', 'FENCED_INSTANCE_ID', NO_COORDINATOR],
  'heartbeat, unknown instance': [UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, NO_COORDINATOR],
  leave: [UNKNOWN, 'NONE', ['NONE', P], ['NONE', P], 'whole request'],
  'leave, unknown id': [UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, 'whole request'],
  'commit, member': [UNKNOWN, 'NONE', 'REBALANCE_IN_PROGRESS', 'NONE', NO_COORDINATOR],
  'commit, other generation': [
    UNKNOWN,
    'ILLEGAL_GENERATION',
    'ILLEGAL_GENERATION',
    'ILLEGAL_GENERATION',
    NO_COORDINATOR,
  ],
  'commit, unknown id': [UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, NO_COORDINATOR],
  'commit, from outside': ['NONE', UNKNOWN, UNKNOWN, UNKNOWN, NO_COORDINATOR],
  'commit, fenced': [UNKNOWN, 'FENCED_INSTANCE_ID', 'FENCED_INSTANCE_ID', 'FENCED_INSTANCE_ID', NO_COORDINATOR],
  delete: [['NONE', D], 'NON_EMPTY_GROUP', 'NON_EMPTY_GROUP', 'NON_EMPTY_GROUP', 'GROUP_ID_NOT_FOUND'],
}

const STATES = [E, P, C, S, D] as const

const cases = Object.entries(TABLE).flatMap(([request, outcomes]) =>
  STATES.map((state, column) => ({ request, state, outcome: outcomes[column] ?? '' })),
)

describe('a request in a state', () => {
  test.for(cases)('$request in $state', ({ request, state, outcome }) => {
    const at = scene(state)
    expect(at.driver.group.state).toBe(state)
    const error = REQUESTS[request]!(at)
    const [expected, next] = typeof outcome === 'string' ? [outcome, state] : outcome
    expect([error, at.driver.group.state]).toEqual([expected, next])
  })

  test('every request has a row', () => {
    expect(Object.keys(TABLE)).toEqual(Object.keys(REQUESTS))
  })
})
