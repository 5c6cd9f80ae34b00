/**
 * A client of a broker: `client.js produce|fetch HOST:PORT RECORDS PARTITIONS`. Writes records of 1 KB with acks=all, each
 * request with a batch of 64 KB for every partition, or reads as many. Prints one JSON line.
 */
import { Admin } from '../../../broker/client/admin.ts'
import { isRetriable } from '../../../broker/client/client-error.ts'
import { Cluster } from '../../../broker/client/cluster.ts'
import { Fetcher } from '../../../broker/client/fetcher.ts'
import { produce } from '../../../broker/protocol/messages/produce.ts'
import { NO_HEADERS, RecordBatchBuilder } from '../../../broker/protocol/record-batch-builder.ts'
import { systemClock } from '../../../broker/system-clock.ts'
import { measureWork } from '../measured-work.ts'
import { recordValues } from './sample-batch.ts'

const BATCH_BYTES = 65_536

/** As many requests are on their way as a Java producer has (`max.in.flight.requests.per.connection`). */
const IN_FLIGHT = 5
/** Later ones name topics by their ids. */
const MAX_VERSION = 12

interface Work {
  readonly cluster: Cluster
  readonly topic: string
  readonly records: number
  readonly partitions: number
}

async function produceAll({ cluster, topic, records, partitions }: Work): Promise<void> {
  await new Admin(cluster).ensureTopics([{ name: topic, partitions, replicationFactor: 1, configs: {} }])
  await untilLed(cluster, topic, partitions)
  const connection = await cluster.broker(await cluster.leaderOf(topic, 0), 'produce')
  const values = recordValues().map((value) => Buffer.from(value))
  let left = records
  const sendInTurn = async (): Promise<void> => {
    while (left > 0) {
      const partitionData = []
      for (let index = 0; index < partitions && left > 0; index += 1) {
        const builder = new RecordBatchBuilder(BATCH_BYTES)
        for (const value of values.slice(0, left)) builder.append(1_000, null, value, NO_HEADERS)
        left -= builder.count
        partitionData.push({ index, records: builder.finish() })
      }
      const topicData = [{ name: topic, partitionData }]
      const request = { transactionalId: null, acks: -1, timeoutMs: 30_000, topicData }
      const { responses } = await connection.send(produce, request, { maxVersion: MAX_VERSION })
      const refused = responses[0]?.partitionResponses.find(({ errorCode }) => errorCode !== 0)
      if (refused !== undefined) throw new Error(`the broker has answered ${refused.errorCode}`)
    }
  }
  await Promise.all(Array.from({ length: IN_FLIGHT }, sendInTurn))
}

/** Kafka answers that a topic is there before its leader knows. */
async function untilLed(cluster: Cluster, topic: string, partitions: number): Promise<void> {
  const wanted = Array.from({ length: partitions }, (_, partition) => ({ topic, partition }))
  for (;;) {
    try {
      await new Admin(cluster).listOffsets(wanted, 'latest')
      return
    } catch (error) {
      if (!isRetriable(error)) throw error
      cluster.forgetTopic(topic)
      await systemClock.sleep(100)
    }
  }
}

async function fetchAll({ cluster, topic, records: wanted, partitions }: Work): Promise<void> {
  const fetcher = new Fetcher(cluster, { purpose: topic })
  for (let partition = 0; partition < partitions; partition += 1) fetcher.assign(topic, partition, 0)
  const { signal } = new AbortController()
  let fetched = 0
  while (fetched < wanted) for (const { records } of await fetcher.poll(signal)) fetched += records.length
  fetcher.close()
}

const [, , mode, address = '', records = '1000', partitions = '1'] = process.argv
const cluster = new Cluster({ bootstrapServers: [address], clientId: 'bench', clock: systemClock })
const asked = { cluster, topic: `bench-${partitions}`, records: Number(records), partitions: Number(partitions) }
const work = await measureWork(() => (mode === 'produce' ? produceAll : fetchAll)(asked))
process.stdout.write(`${JSON.stringify(work)}\n`)
await cluster.close()
