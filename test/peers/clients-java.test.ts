import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { whyMissing } from './servers/peer-missing.ts'
import { BrokerProcess } from './clients/broker-process.ts'
import { KAFKA_TOOLS, runKafkaTool } from './clients/kafka-tools.ts'
import { CODECS } from './clients/peer-client.ts'

const RECORDS = 1_000

/** What Kafka's compatibility test is told to expect: everything that this version serves. */
const EXPECTED = {
  'offsets-for-times-supported': 'True',
  'cluster-id-supported': 'True',
  'expect-record-too-large-exception': 'False',
  'num-cluster-nodes': '1',
  'create-topics-supported': 'True',
  'describe-acls-supported': 'False',
  'describe-configs-supported': 'True',
  'idempotent-producer-supported': 'True',
}

const CONSUMER_GROUPS = 'consumer.group.ConsumerGroupCommand'

const missing = await whyMissing(() => KAFKA_TOOLS.install())
const reason = missing === null ? '' : ` (not here: ${missing})`

describe.skipIf(missing !== null)(`${KAFKA_TOOLS.name}${reason}`, () => {
  let broker: BrokerProcess
  beforeAll(async () => {
    broker = await BrokerProcess.start({ 'num.partitions': '4', 'group.initial.rebalance.delay.ms': '0' })
  })
  afterAll(() => broker.stop())

  const run = (tool: string, args: readonly string[], input?: string): Promise<readonly string[]> =>
    runKafkaTool(tool, ['--bootstrap-server', broker.address, ...args], input)

  test("Kafka's compatibility test of a Java client passes", async () => {
    const options = Object.entries(EXPECTED).map(([name, value]) => [`--${name}`, value])
    const lines = await run('ClientCompatibilityTest', ['--topic', 'compatible', ...options.flat()])
    expect(lines.at(-1)).toBe('SUCCESS.')
  })

  for (const codec of CODECS) {
    test(`the Java client writes and reads ${codec}, and a group keeps where it was`, async () => {
      const topic = `java-${codec}`
      const group = `group-${codec}`
      const lines = Array.from({ length: RECORDS }, (_, n) => `n:${n}\tkey ${n}\tvalue ${n} ${'x'.repeat(n)}`)
      const withKeys = ['--reader-property', 'parse.key=true', '--reader-property', 'parse.headers=true']
      await run('ConsoleProducer', ['--topic', topic, '--compression-codec', codec, ...withKeys], lines.join('\n'))
      const printed = ['--formatter-property', 'print.key=true', '--formatter-property', 'print.headers=true']
      const until = ['--from-beginning', '--max-messages', String(RECORDS), '--timeout-ms', '60000']
      const read = await run('consumer.ConsoleConsumer', ['--topic', topic, '--group', group, ...until, ...printed])
      expect(read.toSorted()).toEqual(lines.toSorted())
      expect(await offsetsOf(run, group)).toMatchObject({ committed: RECORDS, lag: 0 })
    })
  }

  test('a group is set back, listed and deleted', async () => {
    const group = ['--group', 'group-none']
    await run(CONSUMER_GROUPS, [...group, '--topic', 'java-none', '--reset-offsets', '--to-earliest', '--execute'])
    expect(await offsetsOf(run, 'group-none')).toEqual({ committed: 0, lag: RECORDS })
    await run(CONSUMER_GROUPS, [...group, '--delete'])
    const groups = await run(CONSUMER_GROUPS, ['--list'])
    const left = CODECS.filter((codec) => codec !== 'none').map((codec) => `group-${codec}`)
    expect(groups.filter((name) => name.startsWith('group-')).toSorted()).toEqual(left.toSorted())
  })

  test('the broker had nothing to complain about', () => {
    expect(broker.stderr).toBe('')
  })
})

/** What a group has committed, over all partitions, by Kafka's own report. */
async function offsetsOf(
  run: (tool: string, args: readonly string[]) => Promise<readonly string[]>,
  group: string,
): Promise<{ readonly committed: number; readonly lag: number }> {
  const lines = await run(CONSUMER_GROUPS, ['--describe', '--offsets', '--group', group])
  const rows = lines.map((line) => line.trim().split(/\s+/)).filter(([name]) => name === group)
  const total = (column: number): number => rows.reduce((sum, row) => sum + Number(row[column]), 0)
  return { committed: total(3), lag: total(5) }
}
