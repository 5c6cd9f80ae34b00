import kafkajs, { type Producer } from 'kafkajs'
import { setTimeout as wait } from 'node:timers/promises'
import type { TopicAt } from './peer-client.ts'

const { Kafka, logLevel } = kafkajs

export const PARTITIONS = 6

const PAUSE_MS = 50

/** Produces to every partition of a topic, round after round; the values say the partition and the round. */
export class GroupFeed {
  /** Rounds that are acknowledged: their values are in the topic. */
  rounds = 0
  readonly #producer: Producer
  readonly #topic: string
  #feeding: Promise<void> | null = null
  #isFeeding = false

  private constructor(producer: Producer, topic: string) {
    this.#producer = producer
    this.#topic = topic
  }

  /** Creates the topic, too. */
  static async create({ address, topic }: TopicAt): Promise<GroupFeed> {
    const kafka = new Kafka({ clientId: 'feed', brokers: [address], logLevel: logLevel.NOTHING })
    const admin = kafka.admin()
    await admin.connect()
    await admin.createTopics({ topics: [{ topic, numPartitions: PARTITIONS }] })
    await admin.disconnect()
    const producer = kafka.producer()
    await producer.connect()
    return new GroupFeed(producer, topic)
  }

  /** Produces until it is stopped. */
  start(): void {
    this.#isFeeding = true
    this.#feeding = (async () => {
      while (this.#isFeeding) {
        await this.round()
        await wait(PAUSE_MS)
      }
    })()
  }

  async stop(): Promise<void> {
    this.#isFeeding = false
    await this.#feeding
  }

  async round(): Promise<void> {
    const messages = Array.from({ length: PARTITIONS }, (_, partition) => {
      return { partition, value: valueOf(partition, this.rounds) }
    })
    await this.#producer.send({ topic: this.#topic, messages })
    this.rounds += 1
  }

  /** Every value of the rounds from `from` on. */
  values(from = 0): readonly string[] {
    return Array.from({ length: this.rounds - from }, (_, round) => {
      return Array.from({ length: PARTITIONS }, (_, partition) => valueOf(partition, from + round))
    }).flat()
  }

  async close(): Promise<void> {
    await this.stop()
    await this.#producer.disconnect()
  }
}

export function valueOf(partition: number, round: number): string {
  return `${partition}/${round}`
}
