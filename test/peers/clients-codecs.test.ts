import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Compression } from '../../broker/protocol/record-batch.ts'
import { BrokerProcess } from './clients/broker-process.ts'
import { CLIENTS, whyClientMissing } from './clients/clients.ts'
import { CODECS, type PeerClient } from './clients/peer-client.ts'
import { allKinds } from './clients/records.ts'
import { storedBatches, storedRecords } from './clients/partition-zero.ts'

const RECORDS = allKinds(Date.UTC(2026, 7, 1))

describe('what one client produces, every other reads', () => {
  let broker: BrokerProcess
  beforeAll(async () => {
    broker = await BrokerProcess.start({ 'group.initial.rebalance.delay.ms': '0' })
  })
  afterAll(() => broker.stop())

  for (const producer of CLIENTS) {
    for (const codec of CODECS) {
      const missing = whyNot(producer, codec)
      describe.skipIf(missing !== null)(`${producer.name}, ${codec}${inBrackets(missing)}`, () => {
        const topicAt = () => ({ address: broker.address, topic: `${producer.name.replaceAll(/\W+/g, '-')}-${codec}` })
        let times = RECORDS.map(({ timestamp }) => timestamp)

        test('the batches lie in the log with this codec', async () => {
          const at = topicAt()
          const fromMs = Date.now()
          await producer.produce({ ...at, codec, records: RECORDS })
          const toMs = Date.now()
          const codecs = new Set((await storedBatches(at)).map(({ compression }) => compression))
          // librdkafka leaves alone what a codec would not make smaller.
          codecs.delete('none')
          expect([...codecs]).toEqual(codec === 'none' ? [] : [codec])
          if (producer.setsTimestamps) return
          times = (await storedRecords(at)).map(({ timestamp }) => timestamp)
          expect(times.every((time) => time >= fromMs && time <= toMs)).toBe(true)
        })

        for (const reader of CLIENTS) {
          const missing = whyNot(reader, codec) ?? reader.cannotRead(producer.name, codec)
          test.skipIf(missing !== null)(`${reader.name} reads them${inBrackets(missing)}`, async () => {
            const records = await reader.read(topicAt(), RECORDS.length)
            const expected = RECORDS.map((record, n) => ({ ...record, partition: 0, offset: n, timestamp: times[n] }))
            expect(records).toEqual(expected)
          })
        }
      })
    }
  }

  test('the broker had nothing to complain about', () => {
    expect(broker.stderr).toBe('')
  })
})

function whyNot(client: PeerClient, codec: Compression): string | null {
  return whyClientMissing(client) ?? client.lacks(codec)
}

function inBrackets(reason: string | null): string {
  return reason === null ? '' : ` (not here: ${reason})`
}
