import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Random } from '../support/random.ts'
import { AnswerGate, GATE_HOST } from './clients/answer-gate.ts'
import { BrokerProcess } from './clients/broker-process.ts'
import { CLIENTS, whyClientMissing } from './clients/clients.ts'
import type { TopicAt } from './clients/peer-client.ts'
import { LineFeed } from './clients/line-feed.ts'
import { createTopic, storedEnd, storedRecords } from './clients/partition-zero.ts'

const KILLS = 6
const SEED = Math.floor(Math.random() * 2 ** 31)

describe(`idempotent producers, seed ${SEED}`, () => {
  const random = new Random(SEED)
  let broker: BrokerProcess
  let gate: AnswerGate
  beforeAll(async () => {
    broker = await BrokerProcess.start({}, `--advertised-host=${GATE_HOST}`)
    gate = await AnswerGate.open(broker.port)
  })
  afterAll(async () => {
    await gate.close()
    await broker.stop()
  })

  for (const client of CLIENTS) {
    const missing = whyClientMissing(client)
    const reason = missing === null ? '' : ` (not here: ${missing})`
    test.skipIf(missing !== null)(
      `${client.name}: the broker is killed ${KILLS} times, and each value is there once, in order${reason}`,
      async () => {
        const at = { address: broker.address, topic: `once-${client.name.replaceAll(/\W+/g, '-')}` }
        await createTopic(at)
        const producer = await client.stream({ ...at, address: gate.address })
        const failed = producer.untilFailed()
        failed.catch(() => undefined)
        const feed = new LineFeed(producer)
        try {
          for (let kill = 0; kill < KILLS; kill += 1) {
            await Promise.race([untilMoreStored(at), failed])
            await wait(random.below(100))
            // Of what is stored from here on, the producer does not know.
            gate.shut()
            await wait(random.below(200))
            await broker.kill()
            gate.reopen()
            await broker.restart()
          }
          await feed.stop()
          producer.endInput()
          await producer.succeeded()
        } finally {
          await producer.kill()
        }
        const stored = (await storedRecords(at)).map(({ value }) => value?.toString('utf8'))
        expect(stored).toEqual(feed.lines)
      },
    )
  }

  test('the broker had nothing to complain about', () => {
    expect(broker.stderr).toBe('')
  })
})

async function untilMoreStored(at: TopicAt): Promise<void> {
  const before = await storedEnd(at)
  while ((await storedEnd(at)) <= before) await wait(10)
}
