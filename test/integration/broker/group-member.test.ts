import { afterEach, describe, expect, test } from 'vitest'
import { Admin } from '../../../broker/client/admin.ts'
import type { TopicPartition } from '../../../broker/client/consumer-protocol.ts'
import { GroupMember } from '../../../broker/client/group-member.ts'
import { commitOffsets, fetchOffsets } from '../../../broker/client/group-offsets.ts'
import { RunningBroker } from '../../support/running-broker.ts'

const cleanUps: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).toReversed()) await cleanUp()
})

async function start(): Promise<RunningBroker> {
  const broker = await RunningBroker.start({ minSessionTimeoutMs: 100 })
  cleanUps.push(() => broker.stop())
  await new Admin(broker.cluster()).ensureTopics([{ name: 't', partitions: 4, replicationFactor: 1, configs: {} }])
  return broker
}

interface Joined {
  readonly member: GroupMember
  /** What it has now. */
  partitions: number[]
  rounds: number
  /** Why it was thrown out. */
  failure: Error | null
}

function join(broker: RunningBroker, instanceId: string | null = null): Joined {
  const joined: Joined = {
    partitions: [],
    rounds: 0,
    failure: null,
    member: new GroupMember(broker.cluster(), {
      groupId: 'g',
      topics: ['t'],
      instanceId,
      sessionTimeoutMs: 5_000,
      heartbeatIntervalMs: 20,
      onAssigned: async (partitions) => {
        joined.partitions = partitions.map(({ partition }: TopicPartition) => partition)
        joined.rounds += 1
      },
      onRevoked: async () => {
        joined.partitions = []
      },
    }),
  }
  joined.member.run().catch((error: Error) => {
    joined.failure = error
  })
  cleanUps.push(() => joined.member.close())
  return joined
}

async function until(condition: () => boolean): Promise<void> {
  const signal = AbortSignal.timeout(20_000)
  while (!condition()) {
    signal.throwIfAborted()
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

function shared(...members: readonly Joined[]): boolean {
  const all = members.flatMap(({ partitions }) => partitions).sort((a, b) => a - b)
  return all.join() === '0,1,2,3' && members.every(({ partitions }) => partitions.length > 0)
}

describe('a group', () => {
  test('shares the partitions out again when members come and go', async () => {
    const broker = await start()
    const first = join(broker)
    await until(() => shared(first))
    const second = join(broker)
    const third = join(broker)
    await until(() => shared(first, second, third))
    await second.member.close()
    await until(() => shared(first, third))
  })

  test('takes a member back at once that comes back under its instance id, broker restart or not', async () => {
    const broker = await start()
    const first = join(broker, 'worker')
    await until(() => shared(first))
    await first.member.close()
    const again = join(broker, 'worker')
    await until(() => shared(again))
    await broker.restart()
    const third = join(broker, 'worker')
    await until(() => shared(third))
    // Two cannot be the same worker: the older one is told so and stops.
    await until(() => again.failure !== null)
    expect(String(again.failure)).toContain('FENCED_INSTANCE_ID')
  })

  test('keeps its members over a restart of the broker', async () => {
    const broker = await start()
    const first = join(broker)
    await until(() => shared(first))
    await broker.restart()
    await first.member.commit([{ topic: 't', partition: 0, offset: 1, metadata: '' }])
    expect(first.rounds).toBe(1)
  })
})

describe('committed offsets', () => {
  test('are there after a restart, with their text', async () => {
    const broker = await start()
    const cluster = broker.cluster()
    const position = { topic: 't', partition: 1, offset: 42, metadata: '{"a":1} äöü' }
    await commitOffsets(cluster, 'g', [position, { ...position, partition: 2, offset: 7 }])
    await broker.restart()
    expect(await fetchOffsets(cluster, 'g', null)).toEqual([position, { ...position, partition: 2, offset: 7 }])
    expect(await fetchOffsets(cluster, 'g', [{ topic: 't', partition: 0 }, position])).toEqual([position])
    expect(await fetchOffsets(cluster, 'other', null)).toEqual([])
  })

  test('of a member that was left behind are refused', async () => {
    const broker = await start()
    const first = join(broker, 'worker')
    await until(() => shared(first))
    const second = join(broker, 'worker')
    await until(() => shared(second))
    await expect(first.member.commit([{ topic: 't', partition: 0, offset: 1, metadata: '' }])).rejects.toThrow(
      /FENCED_INSTANCE_ID|UNKNOWN_MEMBER_ID/,
    )
  })
})
