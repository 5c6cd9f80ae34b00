import { afterEach, expect, test } from 'vitest'
import { Admin } from '../../../broker/client/admin.ts'
import { Fetcher } from '../../../broker/client/fetcher.ts'
import { Producer } from '../../../broker/client/producer.ts'
import { FrameReader } from '../../../broker/protocol/frame-reader.ts'
import { fetch } from '../../../broker/protocol/messages/fetch.ts'
import { NO_HEADERS } from '../../../broker/protocol/record-batch-builder.ts'
import { verifyBatch } from '../../../broker/protocol/record-batch.ts'
import { RawConnection, withSize } from '../../support/raw-connection.ts'
import { readAnswer, requestFrame } from '../../support/request-frame.ts'
import { RunningBroker } from '../../support/running-broker.ts'

/* Requests are read into memory that is used again. What a reader gets must be what was written, however late it is. */

const MIB = 1_048_576
const VERSION = 12

const cleanUps: (() => Promise<void> | void)[] = []
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).toReversed()) await cleanUp()
})

async function start(partitions: number, options: { readonly tailBytes: number }): Promise<RunningBroker> {
  const broker = await RunningBroker.start({ ...options, topicDefaults: { 'segment.bytes': `${4 * MIB}` } })
  cleanUps.push(() => broker.stop())
  const configs = { 'max.message.bytes': `${2 * MIB}` }
  await new Admin(broker.cluster()).ensureTopics([{ name: 't', partitions, replicationFactor: 1, configs }])
  return broker
}

/** Tells itself apart from every other value, in each of its bytes that another one may be written over. */
function valueOf(partition: number, index: number): string {
  return `${partition}:${index} `.repeat(200 + ((index * 37) % 2_000))
}

async function produce(broker: RunningBroker, partition: number, from: number, to: number): Promise<void> {
  const producer = new Producer(broker.cluster(), { batchBytes: 20_000 + partition * 30_000, lingerMs: 1 })
  for (let index = from; index < to; index += 1) {
    const appended = producer.append('t', partition, {
      timestamp: index,
      key: null,
      value: valueOf(partition, index),
      headers: NO_HEADERS,
    })
    if (index % 20 === 0) await appended
  }
  await producer.flush()
  producer.close()
}

/** Compares the records of a partition with what was written, as they come. */
async function follow(broker: RunningBroker, partition: number, count: number): Promise<void> {
  const fetcher = new Fetcher(broker.cluster(), { purpose: `follower of ${partition}` })
  fetcher.assign('t', partition, 0)
  const signal = AbortSignal.timeout(60_000)
  let index = 0
  while (index < count) {
    for (const { records } of await fetcher.poll(signal)) {
      for (const { valueText } of records) {
        if (valueText !== valueOf(partition, index)) throw new Error(`another value at ${partition}:${index}`)
        index += 1
      }
    }
  }
  fetcher.close()
}

test.for([MIB, 8 * MIB])(
  'many producers and readers at once, %d bytes of memory for the newest batches',
  { timeout: 120_000 },
  async (tailBytes) => {
    const broker = await start(4, { tailBytes })
    const count = 1_500
    await Promise.all([0, 1, 2, 3].flatMap((p) => [produce(broker, p, 0, count), follow(broker, p, count)]))
    expect(broker.fatal).toEqual([])
    expect(broker.logger.lines.filter(({ level }) => level === 'error')).toEqual([])
  },
)

test('an answer that is not taken keeps its bytes while others write on', { timeout: 120_000 }, async () => {
  const broker = await start(1, { tailBytes: 24 * MIB })
  await produce(broker, 0, 0, 1_500)
  const late = await RawConnection.open(broker.broker.port, { reads: false })
  cleanUps.push(() => late.destroy())
  const partitions = [{ partition: 0, fetchOffset: 0, partitionMaxBytes: 20 * MIB }]
  const request = { maxWaitMs: 1_000, minBytes: 1, maxBytes: 20 * MIB, topics: [{ topic: 't', partitions }] }
  late.socket.write(withSize(requestFrame(fetch, VERSION, request)))
  // More than the memory holds: all of it would be used again by now.
  await produce(broker, 0, 1_500, 5_000)
  const reader = new FrameReader(64 * MIB)
  const answered = await new Promise<Buffer>((resolve) => {
    late.socket.on('data', (chunk: Buffer) => {
      reader.push(chunk)
      const frame = reader.next()
      if (frame !== null) resolve(frame)
    })
  })
  const { response } = readAnswer(fetch, VERSION, answered)
  const records = response.responses[0]?.partitions[0]?.records ?? Buffer.alloc(0)
  expect(records.length).toBeGreaterThan(10 * MIB)
  let nextOffset = 0
  for (let at = 0; at < records.length;) {
    const header = verifyBatch(records, at)
    expect(header.baseOffset).toBe(nextOffset)
    nextOffset += header.lastOffsetDelta + 1
    at += header.sizeBytes
  }
})
