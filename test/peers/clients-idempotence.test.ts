import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Random } from '../support/random.ts'
import { BrokerProcess } from './clients/broker-process.ts'
import { CLIENTS, whyClientMissing } from './clients/clients.ts'
import { createTopic, storedEnd, storedRecords } from './clients/partition-zero.ts'

const KILLS = 6
const SEED = Math.floor(Math.random() * 2 ** 31)
const LINES_AT_ONCE = 20

describe(`idempotent producers, seed ${SEED}`, () => {
  const random = new Random(SEED)
  let broker: BrokerProcess
  beforeAll(async () => {
    broker = await BrokerProcess.start()
  })
  afterAll(() => broker.stop())

  for (const client of CLIENTS) {
    const missing = whyClientMissing(client)
    const reason = missing === null ? '' : ` (not here: ${missing})`
    test.skipIf(missing !== null)(
      `${client.name}: the broker is killed ${KILLS} times, and each value is there once, in order${reason}`,
      async () => {
        const at = { address: broker.address, topic: `once-${client.name.replaceAll(/\W+/g, '-')}` }
        await createTopic(at)
        const producer = await client.stream(at)
        const values: string[] = []
        const fed = new AbortController()
        const feeding = (async () => {
          while (!fed.signal.aborted) {
            const lines = Array.from({ length: LINES_AT_ONCE }, (_, n) => `value ${values.length + n}`)
            values.push(...lines)
            await producer.write(lines)
            await wait(2)
          }
        })()
        for (let kill = 0; kill < KILLS; kill += 1) {
          const before = await storedEnd(at)
          while ((await storedEnd(at)) <= before) await wait(10)
          await wait(random.below(100))
          await broker.kill()
          await broker.restart()
        }
        fed.abort()
        await feeding
        producer.endInput()
        await producer.succeeded()
        const stored = (await storedRecords(at)).map(({ value }) => value?.toString('utf8'))
        expect(stored).toEqual(values)
      },
    )
  }

  test('the broker had nothing to complain about', () => {
    expect(broker.stderr).toBe('')
  })
})
