import { afterEach, describe, expect, test } from 'vitest'
import { Admin } from '../../../broker/client/admin.ts'
import { Fetcher, OffsetOutOfRange } from '../../../broker/client/fetcher.ts'
import { Producer } from '../../../broker/client/producer.ts'
import { NO_HEADERS } from '../../../broker/protocol/record-batch-builder.ts'
import type { Compression } from '../../../broker/protocol/record-batch.ts'
import { RunningBroker } from '../../support/running-broker.ts'

const running: RunningBroker[] = []
afterEach(async () => {
  for (const broker of running.splice(0)) await broker.stop()
})

async function start(options = {}): Promise<RunningBroker> {
  const broker = await RunningBroker.start(options)
  running.push(broker)
  return broker
}

async function createTopic(broker: RunningBroker, name: string, partitions = 1, configs = {}): Promise<Admin> {
  const admin = new Admin(broker.cluster())
  await admin.ensureTopics([{ name, partitions, replicationFactor: 1, configs }])
  return admin
}

/** Reads until so many records have come. */
async function read(fetcher: Fetcher, count: number): Promise<string[]> {
  const values: string[] = []
  const signal = AbortSignal.timeout(10_000)
  while (values.length < count && !signal.aborted) {
    for (const { records } of await fetcher.poll(signal))
      values.push(...records.map(({ valueText }) => valueText ?? ''))
  }
  return values
}

describe('producing and fetching', () => {
  test.for<Compression>(['none', 'gzip', 'snappy', 'lz4', 'zstd'])(
    'records come back as they were: %s',
    async (compression) => {
      const broker = await start()
      await createTopic(broker, 't')
      const producer = new Producer(broker.cluster(), { compression, batchBytes: 2_000 })
      const sent = Array.from({ length: 500 }, (_, i) => `value ${i} äöü ${'x'.repeat(i % 50)}`)
      for (const [i, value] of sent.entries()) {
        void producer.append('t', 0, { timestamp: 1_000 + i, key: `k${i}`, value, headers: NO_HEADERS })
      }
      await producer.flush()
      const fetcher = new Fetcher(broker.cluster(), { purpose: 'test' })
      fetcher.assign('t', 0, 0)
      expect(await read(fetcher, 500)).toEqual(sent)
      fetcher.close()
      producer.close()
    },
  )

  test('a fetch waits for records that come later', async () => {
    const broker = await start()
    await createTopic(broker, 't')
    const fetcher = new Fetcher(broker.cluster(), { purpose: 'test', maxWaitMs: 5_000 })
    fetcher.assign('t', 0, 0)
    const reading = read(fetcher, 1)
    const producer = new Producer(broker.cluster(), { lingerMs: 0 })
    await producer.append('t', 0, { timestamp: 1, key: null, value: 'late', headers: NO_HEADERS })
    expect(await reading).toEqual(['late'])
    fetcher.close()
    producer.close()
  })

  test('what was acknowledged is there after a restart, and the client goes on by itself', async () => {
    const broker = await start({ tailBytes: 10_000, journalFileBytes: 20_000 })
    await createTopic(broker, 't', 3, { 'segment.bytes': '5000' })
    const producer = new Producer(broker.cluster(), { batchBytes: 500 })
    const fetcher = new Fetcher(broker.cluster(), { purpose: 'test' })
    for (let p = 0; p < 3; p += 1) fetcher.assign('t', p, 0)
    const sent: string[] = []
    for (let round = 0; round < 3; round += 1) {
      for (let i = 0; i < 300; i += 1) {
        const value = `${round}-${i}`
        sent.push(value)
        void producer.append('t', i % 3, { timestamp: i, key: value, value, headers: NO_HEADERS })
      }
      await producer.flush()
      await broker.restart()
    }
    expect((await read(fetcher, sent.length)).sort()).toEqual(sent.sort())
    fetcher.close()
    producer.close()
  })

  test('an offset that is not there is an error that says so', async () => {
    const broker = await start()
    const admin = await createTopic(broker, 't')
    const producer = new Producer(broker.cluster(), { lingerMs: 0 })
    for (let i = 0; i < 5; i += 1) {
      await producer.append('t', 0, { timestamp: i, key: null, value: `${i}`, headers: NO_HEADERS })
    }
    await admin.deleteRecords([{ topic: 't', partition: 0, offset: 3 }])
    const fetcher = new Fetcher(broker.cluster(), { purpose: 'test' })
    fetcher.assign('t', 0, 1)
    await expect(fetcher.poll(AbortSignal.timeout(5_000))).rejects.toThrow(OffsetOutOfRange)
    fetcher.assign('t', 0, 3)
    expect(await read(fetcher, 2)).toEqual(['3', '4'])
    fetcher.close()
    producer.close()
  })

  test('offsets are found by time, and at both ends', async () => {
    const broker = await start()
    const admin = await createTopic(broker, 't')
    const producer = new Producer(broker.cluster(), { lingerMs: 0, compression: 'lz4' })
    for (const timestamp of [100, 300, 200, 500]) {
      await producer.append('t', 0, { timestamp, key: null, value: 'v', headers: NO_HEADERS })
    }
    const ask = async (question: 'latest' | 'earliest' | number): Promise<number | undefined> =>
      (await admin.listOffsets([{ topic: 't', partition: 0 }], question))[0]?.offset
    expect(await Promise.all([ask('earliest'), ask('latest'), ask(0), ask(150), ask(301), ask(501), ask(-3)])).toEqual([
      0, 4, 0, 1, 3, -1, 3,
    ])
    producer.close()
  })

  test('a record that is too large for its topic is refused for good, and others go on', async () => {
    const broker = await start()
    await createTopic(broker, 't', 1, { 'max.message.bytes': '1000' })
    const producer = new Producer(broker.cluster(), { lingerMs: 0 })
    const record = { timestamp: 1, key: null, headers: NO_HEADERS }
    await expect(producer.append('t', 0, { ...record, value: 'x'.repeat(2_000) })).rejects.toThrow('MESSAGE_TOO_LARGE')
    await expect(producer.flush()).rejects.toThrow('MESSAGE_TOO_LARGE')
    await producer.append('t', 0, { ...record, value: 'fits' })
    await producer.flush()
    producer.close()
  })
})
