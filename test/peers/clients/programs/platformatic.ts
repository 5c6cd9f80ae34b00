import { Consumer, type Message, type MessageToProduce, Producer } from '@platformatic/kafka'
import type { PeerRecord } from '../peer-record.ts'
import {
  clientCommand,
  type CommandTo,
  fromBase64,
  linesAsTheyCome,
  printRecord,
  recordsToProduce,
  toBase64,
  untilTold,
} from './client-command.ts'

const command = clientCommand()
const options = { clientId: 'platformatic', bootstrapBrokers: [command.address] }
if (command.does === 'produce') await produce(command)
if (command.does === 'read') await read(command)
if (command.does === 'stream') await stream(command)
if (command.does === 'join') await join(command)

async function produce({ topic, codec }: CommandTo<'produce'>): Promise<void> {
  const producer = new Producer({ ...options, autocreateTopics: true })
  const messages = (await recordsToProduce()).map((record) => toMessage(topic, record))
  await producer.send({ messages, compression: codec })
  await producer.close()
}

async function stream({ topic }: CommandTo<'stream'>): Promise<void> {
  const producer = new Producer({
    ...options,
    idempotent: true,
    autocreateTopics: true,
    retries: true,
    retryDelay: 200,
  })
  for await (const lines of linesAsTheyCome()) {
    await producer.send({ messages: lines.map((line) => ({ topic, partition: 0, value: Buffer.from(line) })) })
  }
  await producer.close()
}

/** It has no consumer without a group. */
async function read({ topic, count }: CommandTo<'read'>): Promise<void> {
  const consumer = new Consumer({ ...options, groupId: `read-by-${process.pid}`, maxWaitTime: 500 })
  const stream = await consumer.consume({ topics: [topic], mode: 'earliest' })
  let left = count
  for await (const message of stream) {
    print(message)
    left -= 1
    if (left === 0) break
  }
  await stream.close()
  await consumer.close()
}

async function join({ topic, group, sessionTimeoutMs }: CommandTo<'join'>): Promise<void> {
  const consumer = new Consumer({
    ...options,
    groupId: group,
    sessionTimeout: sessionTimeoutMs,
    rebalanceTimeout: sessionTimeoutMs,
    heartbeatInterval: 500,
    maxWaitTime: 500,
  })
  // Its own commits end the stream when one of them meets a rebalance.
  const stream = await consumer.consume({
    topics: [topic],
    mode: 'committed',
    fallbackMode: 'earliest',
    autocommit: false,
  })
  const reading = (async () => {
    for await (const message of stream) {
      print(message)
      // In a rebalance, the partition may belong to another by now, who reads it again.
      await Promise.resolve(message.commit()).catch(() => undefined)
    }
  })()
  await untilTold()
  await stream.close()
  await reading
  await consumer.close()
}

function print({ partition, offset, timestamp, key, value, headers }: Message): void {
  printRecord({
    partition,
    offset: Number(offset),
    timestamp: Number(timestamp),
    key: toBase64(key),
    value: toBase64(value),
    headers: Array.from(headers, ([name, value]) => [name.toString('utf8'), toBase64(value)]),
  })
}

function toMessage(topic: string, { key, value, headers, timestamp }: PeerRecord): MessageToProduce {
  const [keyBytes, valueBytes] = [fromBase64(key), fromBase64(value)]
  return {
    topic,
    partition: 0,
    timestamp: BigInt(timestamp),
    headers: new Map(headers.map(([name, value]) => [Buffer.from(name), fromBase64(value) ?? Buffer.alloc(0)])),
    ...(keyBytes === null ? {} : { key: keyBytes }),
    ...(valueBytes === null ? {} : { value: valueBytes }),
  }
}
