import { array, int16, int32, nullableBytes, string } from '../protocol/field.ts'
import { type Infer, struct } from '../protocol/struct.ts'
import { Reader } from '../protocol/reader.ts'
import { Writer } from '../protocol/writer.ts'
import type { Codec } from '../protocol/codec.ts'

/**
 * What consumers tell each other through the coordinator, which does not look at it: the classic protocol type
 * `consumer` (apache/kafka `ConsumerProtocolSubscription`, `ConsumerProtocolAssignment`). A version of two bytes stands
 * in front; later versions only add fields at the end, and each reader reads as far as it knows.
 */
const topicPartitions = struct({ topic: string(), partitions: array(int32()) })

const subscription = struct({
  topics: array(string()),
  userData: nullableBytes({ default: null }),
  ownedPartitions: array(topicPartitions, { since: 1 }),
  generationId: int32({ since: 2, default: -1 }),
})

const assignment = struct({
  assignedPartitions: array(topicPartitions),
  userData: nullableBytes({ default: null }),
})

const VERSION_FIELD = int16().compile({ version: 0, flexible: false })
const OUR_SUBSCRIPTION_VERSION = 1
const OUR_ASSIGNMENT_VERSION = 0
const NEWEST_SUBSCRIPTION = 2
const NEWEST_ASSIGNMENT = 0

export interface TopicPartition {
  readonly topic: string
  readonly partition: number
}

export type Subscription = Infer<typeof subscription>

export function encodeSubscription(topics: readonly string[], owned: readonly TopicPartition[]): Buffer {
  const writer = startWith(OUR_SUBSCRIPTION_VERSION)
  const codec = subscription.compile({ version: OUR_SUBSCRIPTION_VERSION, flexible: false })
  codec.write(writer, { topics: [...topics].sort(), userData: null, ownedPartitions: groupByTopic(owned) })
  return writer.toBuffer()
}

export function decodeSubscription(bytes: Buffer): Subscription {
  return decode(bytes, NEWEST_SUBSCRIPTION, (version) => subscription.compile({ version, flexible: false }))
}

export function encodeAssignment(partitions: readonly TopicPartition[]): Buffer {
  const writer = startWith(OUR_ASSIGNMENT_VERSION)
  const codec = assignment.compile({ version: OUR_ASSIGNMENT_VERSION, flexible: false })
  codec.write(writer, { assignedPartitions: groupByTopic(partitions) })
  return writer.toBuffer()
}

/** A member that has nothing gets no bytes at all. */
export function decodeAssignment(bytes: Buffer): readonly TopicPartition[] {
  if (bytes.length === 0) return []
  const read = decode(bytes, NEWEST_ASSIGNMENT, (version) => assignment.compile({ version, flexible: false }))
  return read.assignedPartitions.flatMap(({ topic, partitions }) =>
    partitions.map((partition) => ({ topic, partition })),
  )
}

function startWith(version: number): Writer {
  const writer = new Writer()
  VERSION_FIELD.write(writer, version)
  return writer
}

function decode<T>(bytes: Buffer, newest: number, codecOf: (version: number) => Codec<T, never>): T {
  const reader = new Reader(bytes)
  const version = Math.min(VERSION_FIELD.read(reader), newest)
  return codecOf(version).read(reader)
}

function groupByTopic(partitions: readonly TopicPartition[]): { topic: string; partitions: number[] }[] {
  const topics = new Map<string, number[]>()
  for (const { topic, partition } of partitions) topics.set(topic, [...(topics.get(topic) ?? []), partition])
  return [...topics].map(([topic, indexes]) => ({ topic, partitions: indexes.sort((a, b) => a - b) }))
}
