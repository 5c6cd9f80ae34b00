/**
 * A client of a broker: `client.js produce|fetch HOST:PORT RECORDS`. Writes records of 1 KB with acks=all in batches of
 * 64 KB, or reads as many. Prints one JSON line.
 */
import { Admin } from '../../../broker/client/admin.ts'
import { Cluster } from '../../../broker/client/cluster.ts'
import { Fetcher } from '../../../broker/client/fetcher.ts'
import { Producer } from '../../../broker/client/producer.ts'
import { NO_HEADERS } from '../../../broker/protocol/record-batch-builder.ts'
import { systemClock } from '../../../broker/system-clock.ts'
import { measureWork } from '../measured-work.ts'
import { recordValues } from './sample-batch.ts'

const TOPIC = 'bench'
const BATCH_BYTES = 65_536

async function produceAll(cluster: Cluster, count: number): Promise<void> {
  await new Admin(cluster).ensureTopics([{ name: TOPIC, partitions: 1, replicationFactor: 1, configs: {} }])
  const producer = new Producer(cluster, { batchBytes: BATCH_BYTES })
  const values = recordValues().map((value) => Buffer.from(value))
  for (let i = 0; i < count; i += 1) {
    const value = values[i % values.length] ?? null
    void producer.append(TOPIC, 0, { timestamp: 1_000, key: null, value, headers: NO_HEADERS })
    if (producer.isFull) await producer.room()
  }
  await producer.flush()
  producer.close()
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
