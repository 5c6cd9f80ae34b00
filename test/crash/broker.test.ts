import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Admin, Kafka, logLevel, type Producer } from 'kafkajs'
import { expect, test } from 'vitest'
import { Random } from '../support/random.ts'
import { hasKcat, produceWithKcat, readWithKcat, type Acknowledged } from './kcat-producer.ts'
import { ServedBroker } from './served-broker.ts'

/* The broker alone is killed while a foreign client produces: what it has acknowledged must be there afterwards. */

const KILLS = Number(process.env['STOPLOG_CRASH_KILLS'] ?? 40)
const SEED = Number(process.env['STOPLOG_CRASH_SEED'] ?? Math.floor(Math.random() * 2 ** 31))
const TOPIC = 'acknowledged'
const PARTITIONS = 4

function connect(address: string): Kafka {
  return new Kafka({ brokers: [address], logLevel: logLevel.NOTHING, retry: { retries: 0 }, connectionTimeout: 2_000 })
}

/** Sends numbers until the broker is gone; returns those that were acknowledged. */
async function produceUntilGone(producer: Producer, numbers: { next: number }): Promise<readonly number[]> {
  const acknowledged: number[] = []
  const lanes = Array.from({ length: PARTITIONS }, async (_, partition) => {
    for (;;) {
      const batch = Array.from({ length: 20 }, () => numbers.next++)
      const messages = batch.map((n) => ({ value: String(n), partition }))
      try {
        await producer.send({ topic: TOPIC, acks: -1, messages })
      } catch {
        return
      }
      acknowledged.push(...batch)
    }
  })
  await Promise.all(lanes)
  return acknowledged
}

async function readAll(kafka: Kafka, admin: Admin): Promise<ReadonlySet<number>> {
  const ends = await admin.fetchTopicOffsets(TOPIC)
  const wanted = ends.reduce((sum, { high, low }) => sum + Number(high) - Number(low), 0)
  const consumer = kafka.consumer({ groupId: 'judge', retry: { retries: 5 } })
  await consumer.connect()
  await consumer.subscribe({ topic: TOPIC, fromBeginning: true })
  const found = new Set<number>()
  let read = 0
  await new Promise<void>((resolve, reject) => {
    consumer.on('consumer.crash', ({ payload: { error } }) => reject(error))
    const eachBatch = async ({ batch }: { batch: { messages: { value: Buffer | null }[] } }): Promise<void> => {
      for (const { value } of batch.messages) found.add(Number(value?.toString()))
      read += batch.messages.length
      if (read >= wanted) resolve()
    }
    consumer.run({ eachBatch }).catch(reject)
  })
  await consumer.disconnect()
  return found
}

test(`${KILLS} kills of the broker alone (seed ${SEED}): no acknowledged record is missing`, async () => {
  const random = new Random(SEED)
  const folder = await mkdtemp(join(tmpdir(), 'stoplog-crash-broker-'))
  const acknowledged: number[] = []
  const numbers = { next: 0 }
  try {
    for (let kill = 0; kill < KILLS; kill += 1) {
      const broker = await ServedBroker.start(folder)
      const kafka = connect(broker.address)
      const admin = kafka.admin()
      await admin.connect()
      await admin.createTopics({ topics: [{ topic: TOPIC, numPartitions: PARTITIONS }] }).catch(() => false)
      const producer = kafka.producer()
      await producer.connect()
      const ended = broker.killAfter(20 + random.below(400))
      for (const n of await produceUntilGone(producer, numbers)) acknowledged.push(n)
      await ended
      await Promise.allSettled([producer.disconnect(), admin.disconnect()])
    }
    const broker = await ServedBroker.start(folder)
    const kafka = connect(broker.address)
    const admin = kafka.admin()
    await admin.connect()
    const found = await readAll(kafka, admin)
    await admin.disconnect()
    await broker.stop()
    process.stdout.write(
      `${JSON.stringify({ seed: SEED, kills: KILLS, acknowledged: acknowledged.length, found: found.size })}\n`,
    )
    expect(acknowledged.length).toBeGreaterThan(KILLS)
    expect(acknowledged.filter((n) => !found.has(n))).toEqual([])
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})

test.skipIf(!hasKcat())(
  `${KILLS} kills while kcat produces (seed ${SEED}): each acknowledged record lies where it was said to lie`,
  async () => {
    const random = new Random(SEED)
    const folder = await mkdtemp(join(tmpdir(), 'stoplog-crash-broker-'))
    const acknowledged: Acknowledged[] = []
    const numbers = { next: 0 }
    try {
      for (let kill = 0; kill < KILLS; kill += 1) {
        const broker = await ServedBroker.start(folder)
        const gone = broker.killAfter(100 + random.below(500))
        const said = await produceWithKcat({ address: broker.address, topic: TOPIC }, numbers, gone)
        for (const record of said) acknowledged.push(record)
      }
      const broker = await ServedBroker.start(folder)
      const found = await readWithKcat({ address: broker.address, topic: TOPIC })
      await broker.stop()
      const counts = { acknowledged: acknowledged.length, found: found.size }
      process.stdout.write(`${JSON.stringify({ producer: 'kcat', seed: SEED, kills: KILLS, ...counts })}\n`)
      expect(acknowledged.length).toBeGreaterThan(KILLS)
      expect(acknowledged.filter(({ offset, value }) => found.get(offset) !== value)).toEqual([])
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  },
)
