import { Admin, Consumer, Producer, stringDeserializers, stringSerializers } from '@platformatic/kafka'
import { MESSAGES } from './messages.ts'

/** Kafka's number of "a topic" among configuration resources. */
const TOPIC = 2

/** Uses everything of @platformatic/kafka that reaches a broker without security, once. */
export async function platformaticSession(bootstrap: string): Promise<void> {
  const options = { clientId: 'platformatic', bootstrapBrokers: [bootstrap] }
  const admin = new Admin(options)
  const topic = 'platformatic-topic'
  await admin.createTopics({ topics: [topic], partitions: 1, replicas: 1 })
  await admin.createPartitions({ topics: [{ name: topic, count: 2, assignments: [{ brokerIds: [0] }] }] })
  await produce(options, topic)
  await consume(options, topic)
  await admin.describeConfigs({
    resources: [{ resourceType: TOPIC, resourceName: topic }],
    includeSynonyms: true,
    includeDocumentation: true,
  })
  await admin.alterConfigs({
    resources: [{ resourceType: TOPIC, resourceName: topic, configs: [{ name: 'retention.ms', value: '7200000' }] }],
  })
  await admin.incrementalAlterConfigs({
    resources: [
      {
        resourceType: TOPIC,
        resourceName: topic,
        configs: [{ name: 'retention.ms', configOperation: 0, value: '3600000' }],
      },
    ],
  })
  await admin.listOffsets({ topics: [{ name: topic, partitions: [{ partitionIndex: 0, timestamp: -1n }] }] })
  await admin.listGroups({ types: ['classic'] })
  await admin.describeGroups({ groups: ['platformatic-group'], includeAuthorizedOperations: true })
  await admin.listConsumerGroupOffsets({ groups: ['platformatic-group'] })
  await admin.alterConsumerGroupOffsets({
    groupId: 'platformatic-group',
    topics: [{ name: topic, partitionOffsets: [{ partition: 0, offset: 1n }] }],
  })
  await admin.deleteConsumerGroupOffsets({
    groupId: 'platformatic-group',
    topics: [{ name: topic, partitionIndexes: [0] }],
  })
  await admin.deleteRecords({ topics: [{ name: topic, partitions: [{ partition: 0, offset: 1n }] }] })
  await admin.deleteGroups({ groups: ['platformatic-group'] })
  await admin.deleteTopics({ topics: [topic] })
  await admin.close()
}

async function produce(options: { clientId: string; bootstrapBrokers: string[] }, topic: string): Promise<void> {
  const producer = new Producer({ ...options, serializers: stringSerializers, idempotent: true })
  // zstd needs a newer Node than the oldest that we support.
  for (const compression of ['none', 'gzip', 'snappy', 'lz4'] as const) {
    await producer.send({ messages: MESSAGES.map((message) => ({ topic, partition: 0, ...message })), compression })
  }
  await producer.close()
}

async function consume(options: { clientId: string; bootstrapBrokers: string[] }, topic: string): Promise<void> {
  const consumer = new Consumer({
    ...options,
    groupId: 'platformatic-group',
    deserializers: stringDeserializers,
    sessionTimeout: 6000,
    rebalanceTimeout: 6000,
    heartbeatInterval: 200,
    maxWaitTime: 500,
  })
  const stream = await consumer.consume({ topics: [topic], mode: 'earliest', autocommit: true })
  let count = 0
  for await (const _message of stream) {
    count += 1
    if (count === 4 * MESSAGES.length) break
  }
  await stream.close()
  await consumer.close()
}
