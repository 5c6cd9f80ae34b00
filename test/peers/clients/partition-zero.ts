import { FrameMemory } from '../../../broker/protocol/frame-memory.ts'
import { Admin } from '../../../broker/client/admin.ts'
import { Cluster } from '../../../broker/client/cluster.ts'
import { ClientConnection } from '../../../broker/client/connection.ts'
import { readPartition } from '../../../broker/client/read-partition.ts'
import { fetch } from '../../../broker/protocol/messages/fetch.ts'
import { listOffsets } from '../../../broker/protocol/messages/list-offsets.ts'
import { type BatchHeader, lastOffsetOf, readBatchHeader } from '../../../broker/protocol/record-batch.ts'
import type { BatchRecord } from '../../../broker/protocol/record-reader.ts'
import { systemClock } from '../../../broker/system-clock.ts'
import type { TopicAt } from './peer-client.ts'

/** The offset behind the last record, as ListOffsets asks for it. */
const LATEST = -1

/** The batches of partition 0 as the broker keeps them. */
export async function storedBatches({ address, topic }: TopicAt): Promise<readonly BatchHeader[]> {
  return await withCluster(address, async (cluster) => {
    const connection = await cluster.broker(await cluster.leaderOf(topic, 0), 'stored')
    const batches: BatchHeader[] = []
    for (;;) {
      const last = batches.at(-1)
      const fetchOffset = last === undefined ? 0 : lastOffsetOf(last) + 1
      const partitions = [{ partition: 0, fetchOffset, partitionMaxBytes: 1_048_576 }]
      const request = { maxWaitMs: 0, minBytes: 0, maxBytes: 1_048_576, topics: [{ topic, partitions }] }
      const answer = await connection.send(fetch, request, { maxVersion: 12, timeoutMs: 30_000 })
      const bytes = answer.responses[0]?.partitions[0]?.records ?? Buffer.alloc(0)
      if (bytes.length === 0) return batches
      batches.push(...headersIn(bytes))
    }
  })
}

/** The records of partition 0. */
export async function storedRecords({ address, topic }: TopicAt): Promise<readonly BatchRecord[]> {
  return await withCluster(address, async (cluster) => {
    const records: BatchRecord[] = []
    for await (const record of readPartition(cluster, topic, 0, new AbortController().signal)) records.push(record)
    return records
  })
}

/** Creates the topic with that partition alone. */
export async function createTopic({ address, topic }: TopicAt): Promise<void> {
  await withCluster(address, async (cluster) => {
    await new Admin(cluster).ensureTopics([{ name: topic, partitions: 1, replicationFactor: 1, configs: {} }])
  })
}

/** Where the next record of partition 0 will lie; asked at this very address, whatever the broker calls itself. */
export async function storedEnd({ address, topic }: TopicAt): Promise<number> {
  const [host = '', port] = address.split(':')
  const about = {
    host,
    port: Number(port),
    clientId: 'stored',
    clock: systemClock,
    memory: new FrameMemory(),
    requestTimeoutMs: 30_000,
  }
  const connection = await ClientConnection.open(about)
  try {
    const partitions = [{ partitionIndex: 0, timestamp: LATEST }]
    const topics = [{ name: topic, partitions }]
    const answer = await connection.send(listOffsets, { replicaId: -1, isolationLevel: 0, topics })
    return answer.topics[0]?.partitions[0]?.offset ?? 0
  } finally {
    connection.close()
  }
}

async function withCluster<Result>(address: string, use: (cluster: Cluster) => Promise<Result>): Promise<Result> {
  const cluster = new Cluster({ bootstrapServers: [address], clientId: 'stored', clock: systemClock })
  try {
    return await use(cluster)
  } finally {
    await cluster.close()
  }
}

function headersIn(bytes: Buffer): readonly BatchHeader[] {
  const headers: BatchHeader[] = []
  for (let at = 0; at < bytes.length;) {
    const header = readBatchHeader(bytes, at)
    headers.push(header)
    at += header.sizeBytes
  }
  return headers
}
