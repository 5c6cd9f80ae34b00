/**
 * A client of a broker: `client.js produce|fetch HOST:PORT RECORDS`. Writes records of 1 KB with acks=all in batches of
 * 64 KB, or reads as many. Prints one JSON line.
 */
import { Admin } from '../../../broker/client/admin.ts'
import { Cluster } from '../../../broker/client/cluster.ts'
import { Fetcher } from '../../../broker/client/fetcher.ts'
import { produce } from '../../../broker/protocol/messages/produce.ts'
import { NO_HEADERS, RecordBatchBuilder } from '../../../broker/protocol/record-batch-builder.ts'
import { systemClock } from '../../../broker/system-clock.ts'
import { measureWork } from '../measured-work.ts'
import { recordValues } from './sample-batch.ts'

const TOPIC = 'bench'
const BATCH_BYTES = 65_536

/** As many requests are on their way as a Java producer has (`max.in.flight.requests.per.connection`). */
const IN_FLIGHT = 5
/** Later ones name topics by their ids. */
const MAX_VERSION = 12

async function produceAll(cluster: Cluster, count: number): Promise<void> {
  await new Admin(cluster).ensureTopics([{ name: TOPIC, partitions: 1, replicationFactor: 1, configs: {} }])
  const connection = await cluster.broker(await cluster.leaderOf(TOPIC, 0), 'produce')
  const values = recordValues().map((value) => Buffer.from(value))
  let left = count
  const sendInTurn = async (): Promise<void> => {
    while (left > 0) {
      const builder = new RecordBatchBuilder(BATCH_BYTES)
      for (const value of values.slice(0, left)) builder.append(1_000, null, value, NO_HEADERS)
      left -= builder.count
      const topicData = [{ name: TOPIC, partitionData: [{ index: 0, records: builder.finish() }] }]
      const request = { transactionalId: null, acks: -1, timeoutMs: 30_000, topicData }
      const { responses } = await connection.send(produce, request, { maxVersion: MAX_VERSION })
      const errorCode = responses[0]?.partitionResponses[0]?.errorCode
      if (errorCode !== 0) throw new Error(`the broker has answered ${errorCode}`)
    }
  }
  await Promise.all(Array.from({ length: IN_FLIGHT }, sendInTurn))
}

async function fetchAll(cluster: Cluster, count: number): Promise<void> {
  const fetcher = new Fetcher(cluster, { purpose: TOPIC })
  fetcher.assign(TOPIC, 0, 0)
  const { signal } = new AbortController()
  let fetched = 0
  while (fetched < count) for (const { records } of await fetcher.poll(signal)) fetched += records.length
  fetcher.close()
}

const [, , mode, address = '', count = '1000'] = process.argv
const cluster = new Cluster({ bootstrapServers: [address], clientId: 'bench', clock: systemClock })
const work = await measureWork(() => (mode === 'produce' ? produceAll : fetchAll)(cluster, Number(count)))
process.stdout.write(`${JSON.stringify(work)}\n`)
await cluster.close()
