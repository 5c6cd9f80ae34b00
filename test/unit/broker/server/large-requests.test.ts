import { afterEach, describe, expect, test } from 'vitest'
import { Admin } from '../../../../broker/client/admin.ts'
import { Producer } from '../../../../broker/client/producer.ts'
import { BROKER_LIMITS } from '../../../../broker/limits.ts'
import { createTopics } from '../../../../broker/protocol/messages/create-topics.ts'
import { fetch } from '../../../../broker/protocol/messages/fetch.ts'
import { joinGroup } from '../../../../broker/protocol/messages/join-group.ts'
import { listOffsets } from '../../../../broker/protocol/messages/list-offsets.ts'
import { metadata } from '../../../../broker/protocol/messages/metadata.ts'
import { produce } from '../../../../broker/protocol/messages/produce.ts'
import { compress } from '../../../../broker/protocol/compression.ts'
import { BATCH_HEADER_BYTES, NO_PRODUCER, writeBatchHeader } from '../../../../broker/protocol/record-batch.ts'
import { NO_HEADERS } from '../../../../broker/protocol/record-batch-builder.ts'
import { Writer } from '../../../../broker/protocol/writer.ts'
import { takenBytes, usedBytes } from '../../../support/memory.ts'
import { RawConnection } from '../../../support/raw-connection.ts'
import { readAnswer, requestFrame } from '../../../support/request-frame.ts'
import { RunningBroker } from '../../../support/running-broker.ts'

const MIB = 1_048_576
const MANY = 90_000

const cleanUps: (() => Promise<void> | void)[] = []
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).toReversed()) await cleanUp()
})

async function start(): Promise<RunningBroker> {
  const broker = await RunningBroker.start()
  cleanUps.push(() => broker.stop())
  return broker
}

async function connect(broker: RunningBroker, options = {}): Promise<RawConnection> {
  const connection = await RawConnection.open(broker.broker.port, options)
  cleanUps.push(() => connection.destroy())
  return connection
}

async function createTopic(broker: RunningBroker, name: string): Promise<void> {
  await new Admin(broker.cluster()).ensureTopics([{ name, partitions: 1, replicationFactor: 1, configs: {} }])
}

/** A batch of so many empty records, compressed: next to nothing on the wire. */
function emptyRecords(count: number): Buffer {
  // Length 6, attributes, timestamp delta, offset delta, null key, null value, no headers.
  const records = Buffer.alloc(count * 7, Buffer.from([12, 0, 0, 0, 1, 1, 0]))
  return batchOf(compress('gzip', records), count)
}

function batchOf(body: Buffer, count: number): Buffer {
  const batch = Buffer.concat([Buffer.alloc(BATCH_HEADER_BYTES), body])
  writeBatchHeader(batch, 0, batch.length, {
    ...NO_PRODUCER,
    compression: 'gzip',
    lastOffsetDelta: count - 1,
    baseTimestamp: 1_000,
    maxTimestamp: 1_000,
    recordCount: count,
  })
  return batch
}

function produceRequest(topic: string, records: Buffer): Buffer {
  const topicData = [{ name: topic, partitionData: [{ index: 0, records }] }]
  return requestFrame(produce, 9, { transactionalId: null, acks: -1, timeoutMs: 1_000, topicData })
}

function fetchRequest(topic: string, count: number, limits: { readonly maxBytes: number; readonly maxWaitMs: number }) {
  const partition = { partition: 0, fetchOffset: 0, partitionMaxBytes: limits.maxBytes }
  const topics = [{ topic, partitions: Array.from({ length: count }, () => partition) }]
  return requestFrame(fetch, 4, { ...limits, minBytes: 1, isolationLevel: 0, topics })
}

describe('a request that names a great deal', () => {
  test('of topics to create, all the same, is refused for each of them', async () => {
    const broker = await start()
    const topic = { name: 'twice', numPartitions: 1, replicationFactor: 1, assignments: [], configs: [] }
    const frame = requestFrame(createTopics, 5, { topics: Array.from({ length: MANY }, () => topic) })
    const answer = await (await connect(broker)).ask(frame)
    const errors = readAnswer(createTopics, 5, answer ?? Buffer.alloc(0)).response.topics.map((each) => each.errorCode)
    expect(errors).toEqual(Array.from({ length: MANY }, () => 42))
  })

  test('of topics to know, is answered for each of them', async () => {
    const broker = await start()
    const topics = Array.from({ length: MANY }, (_, i) => ({ name: `t${i}` }))
    const frame = requestFrame(metadata, 9, { topics, allowAutoTopicCreation: false })
    const answer = await (await connect(broker)).ask(frame)
    expect(readAnswer(metadata, 9, answer ?? Buffer.alloc(0)).response.topics.length).toBe(MANY)
  })

  test('more than the limit closes its connection', async () => {
    const broker = await start()
    const topics = Array.from({ length: BROKER_LIMITS.maxRequestElements.default + 1 }, () => ({ name: '' }))
    expect(await (await connect(broker)).ask(requestFrame(metadata, 9, { topics }))).toBe(null)
    expect(broker.logger.lines).toMatchObject([{ fields: { reason: expect.stringMatching(/^bad-length: more than/) } }])
  })

  test('Invariant 6: larger than any that brings no records closes its connection', async () => {
    const broker = await start()
    const frame = requestFrame(metadata, 1, { topics: [] })
    const padded = Buffer.concat([frame, Buffer.alloc(BROKER_LIMITS.maxOtherRequestBytes.default)])
    expect(await (await connect(broker)).ask(padded)).toBe(null)
    expect(broker.logger.lines).toMatchObject([
      { fields: { reason: expect.stringMatching(/^frame-too-large: Metadata/) } },
    ])
  })
})

describe('what one request leaves behind', () => {
  test('a member of a group keeps its own bytes, not the request that brought them', async () => {
    const broker = await start()
    const connection = await connect(broker)
    const before = usedBytes()
    for (let i = 0; i < 40; i += 1) {
      const request = {
        groupId: `g${i}`,
        sessionTimeoutMs: 30_000,
        rebalanceTimeoutMs: 30_000,
        protocolType: 'consumer',
        protocols: [{ name: 'range', metadata: Buffer.alloc(10) }],
      }
      const join = async (memberId: string) => {
        const frame = requestFrame(joinGroup, 6, { ...request, memberId })
        const answer = await connection.ask(withUnknownTag(frame, Buffer.alloc(4 * MIB)))
        return readAnswer(joinGroup, 6, answer ?? Buffer.alloc(0)).response
      }
      expect(await join((await join('')).memberId)).toMatchObject({ errorCode: 0, generationId: 1 })
    }
    // Twice 40 requests of 4 MiB; what the last of them take until they are collected is little beside it.
    expect(usedBytes() - before).toBeLessThan(80 * MIB)
  })

  test('a batch of millions of empty records is looked through without keeping them', async () => {
    const broker = await start()
    await createTopic(broker, 't')
    const count = 3_000_000
    const connection = await connect(broker)
    const before = usedBytes()
    expect(await connection.ask(produceRequest('t', emptyRecords(count)))).not.toBe(null)
    const partitions = [{ partitionIndex: 0, timestamp: -3 }]
    const frame = requestFrame(listOffsets, 7, {
      replicaId: -1,
      isolationLevel: 0,
      topics: [{ name: 't', partitions }],
    })
    const answer = await connection.ask(frame)
    const [topic] = readAnswer(listOffsets, 7, answer ?? Buffer.alloc(0)).response.topics
    expect(topic?.partitions).toMatchObject([{ errorCode: 0, timestamp: 1_000, offset: 0 }])
    expect(takenBytes() - before).toBeLessThan(150 * MIB)
  })

  test('a batch that cannot be decompressed has a place in time all the same', async () => {
    const broker = await start()
    await createTopic(broker, 't')
    const connection = await connect(broker)
    await connection.ask(produceRequest('t', batchOf(Buffer.from('no gzip'), 5)))
    await connection.ask(produceRequest('t', batchOf(Buffer.from('nor this'), 2)))
    for (const [timestamp, offset] of [
      [900, 0],
      [1_000, 0],
      [1_001, -1],
      [-3, 0],
    ] as const) {
      const topics = [{ name: 't', partitions: [{ partitionIndex: 0, timestamp }] }]
      const answer = await connection.ask(requestFrame(listOffsets, 7, { replicaId: -1, isolationLevel: 0, topics }))
      expect(readAnswer(listOffsets, 7, answer ?? Buffer.alloc(0)).response.topics[0]?.partitions).toMatchObject([
        { errorCode: 0, offset },
      ])
    }
    expect(broker.logger.lines).toEqual([])
  })
})

describe('fetches', () => {
  async function filled(): Promise<RunningBroker> {
    const broker = await start()
    await createTopic(broker, 't')
    const producer = new Producer(broker.cluster())
    const value = Buffer.alloc(900_000)
    for (let i = 0; i < 60; i += 1) {
      await producer.append('t', 0, { timestamp: i, key: null, value, headers: NO_HEADERS })
    }
    producer.close()
    return broker
  }

  test('many large ones, whose answers nobody takes, take no more memory than the limit', async () => {
    const broker = await filled()
    const before = usedBytes()
    const frame = fetchRequest('t', 1, { maxBytes: 50 * MIB, maxWaitMs: 0 })
    for (let i = 0; i < 12; i += 1) {
      const connection = await connect(broker, { reads: false })
      for (let n = 0; n < 20; n += 1) connection.socket.write(Buffer.concat([sizeOf(frame), frame]))
    }
    const honest = await connect(broker)
    expect(await honest.ask(frame)).not.toBe(null)
    expect(usedBytes() - before).toBeLessThan(BROKER_LIMITS.maxHeldBytes.default + 32 * MIB)
    expect((await honest.ask(requestFrame(metadata, 1, { topics: [] }))) === null).toBe(false)
  })

  test('one that names a partition many times gives no more than it asked for in all', async () => {
    const broker = await filled()
    const answer = await (await connect(broker)).ask(fetchRequest('t', 1_000, { maxBytes: 2 * MIB, maxWaitMs: 0 }))
    expect(answer?.length).toBeLessThan(3 * MIB)
  })
})

function sizeOf(frame: Buffer): Buffer {
  const size = Buffer.alloc(4)
  size.writeInt32BE(frame.length)
  return size
}

/** The request with a tagged field in its header that nobody knows. */
function withUnknownTag(frame: Buffer, content: Buffer): Buffer {
  const tagsAt = 10 + Buffer.byteLength('raw')
  const writer = new Writer()
  writer.unsignedVarint(1)
  writer.unsignedVarint(99)
  writer.unsignedVarint(content.length)
  return Buffer.concat([frame.subarray(0, tagsAt), writer.toBuffer(), content, frame.subarray(tagsAt + 1)])
}
