import kafkajs, { type Kafka } from 'kafkajs'
import { MESSAGES } from './messages.ts'

// A CommonJS package, whose enumerations are not all found by name.
const { CompressionTypes, ConfigResourceTypes, Kafka: KafkaClient, logLevel } = kafkajs

/** Uses everything of kafkajs that reaches a broker without security, once. */
export async function kafkajsSession(bootstrap: string): Promise<void> {
  const kafka = new KafkaClient({ clientId: 'kafkajs', brokers: [bootstrap], logLevel: logLevel.NOTHING })
  const admin = kafka.admin()
  await admin.connect()
  const topic = 'kafkajs-topic'
  await admin.createTopics({
    topics: [{ topic, numPartitions: 1, configEntries: [{ name: 'retention.ms', value: '3600000' }] }],
  })
  await admin.createPartitions({ topicPartitions: [{ topic, count: 2 }] })
  await produce(kafka, topic)
  await transact(kafka, topic)
  await consume(kafka, topic)
  const resource = { type: ConfigResourceTypes.TOPIC, name: topic }
  await admin.describeConfigs({ includeSynonyms: true, resources: [{ ...resource, configNames: ['retention.ms'] }] })
  await admin.alterConfigs({
    validateOnly: false,
    resources: [{ ...resource, configEntries: [{ name: 'retention.ms', value: '7200000' }] }],
  })
  await admin.fetchTopicOffsets(topic)
  await admin.fetchTopicOffsetsByTimestamp(topic, 0)
  await admin.listGroups()
  await admin.describeGroups(['kafkajs-group'])
  await admin.setOffsets({ groupId: 'kafkajs-group', topic, partitions: [{ partition: 0, offset: '1' }] })
  await admin.fetchOffsets({ groupId: 'kafkajs-group', topics: [topic] })
  await admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: '1' }] })
  await admin.deleteGroups(['kafkajs-group'])
  await admin.describeCluster()
  await admin.deleteTopics({ topics: [topic] })
  await admin.disconnect()
}

async function produce(kafka: Kafka, topic: string): Promise<void> {
  const producer = kafka.producer({ idempotent: true, maxInFlightRequests: 1 })
  await producer.connect()
  for (const compression of [CompressionTypes.None, CompressionTypes.GZIP]) {
    await producer.send({ topic, compression, messages: MESSAGES.map((message) => ({ ...message, partition: 0 })) })
  }
  await producer.disconnect()
}

async function transact(kafka: Kafka, topic: string): Promise<void> {
  const producer = kafka.producer({ idempotent: true, maxInFlightRequests: 1, transactionalId: 'kafkajs-tx' })
  await producer.connect()
  const transaction = await producer.transaction()
  await transaction.send({ topic, messages: [{ value: 'committed', partition: 1 }] })
  await transaction.sendOffsets({
    consumerGroupId: 'kafkajs-group',
    topics: [{ topic, partitions: [{ partition: 0, offset: '0' }] }],
  })
  await transaction.commit()
  const aborted = await producer.transaction()
  await aborted.send({ topic, messages: [{ value: 'aborted', partition: 1 }] })
  await aborted.abort()
  await producer.disconnect()
}

async function consume(kafka: Kafka, topic: string): Promise<void> {
  const consumer = kafka.consumer({ groupId: 'kafkajs-group', sessionTimeout: 6000, heartbeatInterval: 100 })
  await consumer.connect()
  await consumer.subscribe({ topic, fromBeginning: true })
  let count = 0
  await new Promise<void>((resolve, reject) => {
    consumer
      .run({
        eachMessage: async (payload) => {
          await payload.heartbeat()
          count += 1
          if (count === 2 * MESSAGES.length + 1) resolve()
        },
      })
      .catch(reject)
  })
  await consumer.commitOffsets([{ topic, partition: 0, offset: '5', metadata: 'by hand' }])
  await consumer.disconnect()
}
