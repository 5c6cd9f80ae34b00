import { compressFrameSync, decompressFrameSync } from 'lz4-napi'
import { compress, decompress, init } from '@bokuweb/zstd-wasm'
import kafkajs, { type EachMessagePayload, type IHeaders, type Kafka, type Message } from 'kafkajs'
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

// A CommonJS package, whose enumerations are not all found by name.
const { CompressionCodecs, CompressionTypes, Kafka: KafkaClient, logLevel } = kafkajs

const CODECS = {
  none: CompressionTypes.None,
  gzip: CompressionTypes.GZIP,
  snappy: CompressionTypes.Snappy,
  lz4: CompressionTypes.LZ4,
  zstd: CompressionTypes.ZSTD,
}

/** Where `kafkajs-snappy` lies. */
const SNAPPY = process.env['KAFKAJS_SNAPPY'] ?? ''

const command = clientCommand()
await plugCodecsIn()
const kafka = new KafkaClient({ clientId: 'kafkajs', brokers: [command.address], logLevel: logLevel.ERROR })
if (command.does === 'produce') await produce(kafka, command)
if (command.does === 'read') await read(kafka, command)
if (command.does === 'stream') await stream(kafka, command)
if (command.does === 'join') await join(kafka, command)

/** kafkajs itself has gzip alone, and lets others in. */
async function plugCodecsIn(): Promise<void> {
  await init()
  const { default: snappy }: { default: unknown } = await import(SNAPPY)
  Object.assign(CompressionCodecs, {
    [CompressionTypes.Snappy]: snappy,
    [CompressionTypes.LZ4]: () => ({
      compress: async ({ buffer }: { buffer: Buffer }) => compressFrameSync(buffer),
      decompress: async (buffer: Buffer) => decompressFrameSync(buffer),
    }),
    [CompressionTypes.ZSTD]: () => ({
      compress: async ({ buffer }: { buffer: Buffer }) => Buffer.from(compress(buffer)),
      decompress: async (buffer: Buffer) => Buffer.from(decompress(buffer)),
    }),
  })
}

async function produce(kafka: Kafka, { topic, codec }: CommandTo<'produce'>): Promise<void> {
  const producer = kafka.producer()
  await producer.connect()
  const messages = (await recordsToProduce()).map(toMessage)
  await producer.send({ topic, compression: CODECS[codec], messages })
  await producer.disconnect()
}

async function stream(kafka: Kafka, { topic }: CommandTo<'stream'>): Promise<void> {
  const retry = { initialRetryTime: 50, maxRetryTime: 500, retries: 10_000 }
  const producer = kafka.producer({ idempotent: true, maxInFlightRequests: 1, retry })
  await producer.connect()
  for await (const lines of linesAsTheyCome()) {
    await producer.send({ topic, messages: lines.map((value) => ({ partition: 0, value })) })
  }
  await producer.disconnect()
}

/** It has no consumer without a group. */
async function read(kafka: Kafka, { topic, count }: CommandTo<'read'>): Promise<void> {
  const consumer = kafka.consumer({ groupId: `read-by-${process.pid}` })
  await consumer.connect()
  await consumer.subscribe({ topic, fromBeginning: true })
  let left = count
  await new Promise<void>((resolve, reject) => {
    const eachMessage = async (payload: EachMessagePayload): Promise<void> => {
      print(payload)
      left -= 1
      if (left === 0) resolve()
    }
    consumer.on('consumer.crash', ({ payload }) => reject(payload.error))
    consumer.run({ eachMessage }).catch(reject)
  })
  await consumer.disconnect()
}

async function join(kafka: Kafka, { topic, group, sessionTimeoutMs }: CommandTo<'join'>): Promise<void> {
  const consumer = kafka.consumer({ groupId: group, sessionTimeout: sessionTimeoutMs, heartbeatInterval: 500 })
  await consumer.connect()
  await consumer.subscribe({ topic, fromBeginning: true })
  await consumer.run({ autoCommitThreshold: 5, eachMessage: async (payload) => print(payload) })
  await untilTold()
  await consumer.disconnect()
}

function print({ partition, message }: EachMessagePayload): void {
  printRecord({
    partition,
    offset: Number(message.offset),
    timestamp: Number(message.timestamp),
    key: toBase64(message.key),
    value: toBase64(message.value),
    headers: Object.entries(message.headers ?? {}).map(([name, value]) => [name, toBase64(value as Buffer)]),
  })
}

function toMessage({ key, value, headers, timestamp }: PeerRecord): Message {
  const ofMessage: IHeaders = Object.fromEntries(headers.map(([name, value]) => [name, fromBase64(value) ?? undefined]))
  return { partition: 0, key: fromBase64(key), value: fromBase64(value), headers: ofMessage, timestamp: `${timestamp}` }
}
