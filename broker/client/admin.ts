import { wireErrorName } from '../protocol/error-codes.ts'
import { ZERO_UUID } from '../protocol/field.ts'
import { createTopics } from '../protocol/messages/create-topics.ts'
import { deleteRecords } from '../protocol/messages/delete-records.ts'
import { deleteTopics } from '../protocol/messages/delete-topics.ts'
import { describeConfigs } from '../protocol/messages/describe-configs.ts'
import { describeGroups } from '../protocol/messages/describe-groups.ts'
import { listGroups } from '../protocol/messages/list-groups.ts'
import { listOffsets } from '../protocol/messages/list-offsets.ts'
import { expectSuccess, WireFailure } from './client-error.ts'
import type { Cluster } from './cluster.ts'
import type { TopicPartition } from './consumer-protocol.ts'

export interface TopicSpec {
  readonly name: string
  readonly partitions: number
  /** -1 leaves it to the cluster. */
  readonly replicationFactor: number
  readonly configs: Readonly<Record<string, string>>
}

export interface TopicSummary {
  readonly name: string
  readonly partitions: number
  readonly isInternal: boolean
}

export interface PartitionOffset extends TopicPartition {
  readonly offset: number
}

/** What `listOffsets` is asked: the end (of committed data), the beginning, or the first record from a time on. */
export type OffsetQuestion = 'latest' | 'earliest' | number

const QUESTIONS = { latest: -1, earliest: -2 } as const
const READ_COMMITTED = 1
const TOPIC_RESOURCE = 2
/** Groups by classic protocol that a DescribeGroups answer is about. */
const DESCRIBE_VERSION = 5

/** The administration that the runtime and the command line need. Failures are WireFailure. */
export class Admin {
  readonly #cluster: Cluster

  constructor(cluster: Cluster) {
    this.#cluster = cluster
  }

  async topics(): Promise<readonly TopicSummary[]> {
    const { topics } = await this.#cluster.refresh(null)
    return topics
      .filter(({ errorCode }) => errorCode === 0)
      .map(({ name, partitions, isInternal }) => ({ name: name ?? '', partitions: partitions.length, isInternal }))
  }

  /** Creates the topics that do not exist. Resolves with the names of those it has created. */
  async ensureTopics(specs: readonly TopicSpec[]): Promise<readonly string[]> {
    if (specs.length === 0) return []
    const connection = await this.#cluster.anyBroker()
    const answer = await connection.send(createTopics, {
      topics: specs.map(({ name, partitions, replicationFactor, configs }) => ({
        name,
        numPartitions: partitions,
        replicationFactor,
        configs: Object.entries(configs).map(([config, value]) => ({ name: config, value })),
      })),
      timeoutMs: 30_000,
      validateOnly: false,
    })
    const created: string[] = []
    for (const { name, errorCode, errorMessage } of answer.topics) {
      if (wireErrorName(errorCode) === 'TOPIC_ALREADY_EXISTS') continue
      expectSuccess(errorCode, `create topic ${name}`, errorMessage)
      this.#cluster.forgetTopic(name)
      created.push(name)
    }
    return created
  }

  async deleteTopics(names: readonly string[]): Promise<void> {
    const connection = await this.#cluster.anyBroker()
    const request = {
      topics: names.map((name) => ({ name, topicId: ZERO_UUID })),
      topicNames: names,
      timeoutMs: 30_000,
    }
    const answer = await connection.send(deleteTopics, request)
    for (const { name, errorCode } of answer.responses) expectSuccess(errorCode, `delete topic ${name}`)
    for (const name of names) this.#cluster.forgetTopic(name)
  }

  /** Offsets of these partitions; -1 where no record is as late as a time that was asked for. */
  async listOffsets(
    partitions: readonly TopicPartition[],
    question: OffsetQuestion,
  ): Promise<readonly PartitionOffset[]> {
    const byLeader = new Map<number, TopicPartition[]>()
    for (const wanted of partitions) {
      const leader = await this.#cluster.leaderOf(wanted.topic, wanted.partition)
      byLeader.set(leader, [...(byLeader.get(leader) ?? []), wanted])
    }
    const timestamp = typeof question === 'number' ? question : QUESTIONS[question]
    const found: PartitionOffset[] = []
    for (const [leader, wanted] of byLeader) {
      const connection = await this.#cluster.broker(leader, 'admin')
      const answer = await connection.send(listOffsets, {
        replicaId: -1,
        isolationLevel: READ_COMMITTED,
        topics: [...new Set(wanted.map(({ topic }) => topic))].map((name) => ({
          name,
          partitions: wanted
            .filter(({ topic }) => topic === name)
            .map(({ partition }) => ({ partitionIndex: partition, timestamp })),
        })),
      })
      for (const { name, partitions: answers } of answer.topics) {
        for (const { partitionIndex, errorCode, offset } of answers) {
          if (errorCode !== 0) this.#cluster.forgetTopic(name)
          expectSuccess(errorCode, `offsets of ${name}-${partitionIndex}`)
          found.push({ topic: name, partition: partitionIndex, offset })
        }
      }
    }
    return found
  }

  /** Makes everything before the offsets unreadable; the broker removes it when it suits. */
  async deleteRecords(before: readonly PartitionOffset[]): Promise<void> {
    const byLeader = new Map<number, PartitionOffset[]>()
    for (const wanted of before) {
      const leader = await this.#cluster.leaderOf(wanted.topic, wanted.partition)
      byLeader.set(leader, [...(byLeader.get(leader) ?? []), wanted])
    }
    for (const [leader, wanted] of byLeader) {
      const connection = await this.#cluster.broker(leader, 'admin')
      const answer = await connection.send(deleteRecords, {
        topics: [...new Set(wanted.map(({ topic }) => topic))].map((name) => ({
          name,
          partitions: wanted
            .filter(({ topic }) => topic === name)
            .map(({ partition, offset }) => ({ partitionIndex: partition, offset })),
        })),
        timeoutMs: 30_000,
      })
      for (const { name, partitions } of answer.topics) {
        for (const { partitionIndex, errorCode } of partitions) {
          expectSuccess(errorCode, `delete records of ${name}-${partitionIndex}`)
        }
      }
    }
  }

  /** Every config of a topic, set or default. */
  async topicConfig(topic: string): Promise<Readonly<Record<string, string | null>>> {
    const connection = await this.#cluster.anyBroker()
    const answer = await connection.send(describeConfigs, {
      resources: [{ resourceType: TOPIC_RESOURCE, resourceName: topic, configurationKeys: null }],
    })
    const result = answer.results[0]
    if (result === undefined) throw new WireFailure('UNKNOWN_SERVER_ERROR', `configs of ${topic}`)
    expectSuccess(result.errorCode, `configs of ${topic}`, result.errorMessage)
    return Object.fromEntries(result.configs.map(({ name, value }) => [name, value]))
  }

  async groups(): Promise<readonly { readonly groupId: string; readonly state: string }[]> {
    const connection = await this.#cluster.anyBroker()
    const answer = await connection.send(listGroups, {})
    expectSuccess(answer.errorCode, 'groups')
    return answer.groups.map(({ groupId, groupState }) => ({ groupId, state: groupState }))
  }

  /** State of a group by the classic protocol, and who its members are. */
  async describeGroup(groupId: string): Promise<{ readonly state: string; readonly members: readonly string[] }> {
    const connection = await this.#cluster.coordinator(groupId, 'admin')
    const answer = await connection.send(describeGroups, { groups: [groupId] }, { maxVersion: DESCRIBE_VERSION })
    const group = answer.groups[0]
    if (group === undefined) throw new WireFailure('GROUP_ID_NOT_FOUND', `group ${groupId}`)
    expectSuccess(group.errorCode, `group ${groupId}`)
    return { state: group.groupState, members: group.members.map(({ memberId }) => memberId) }
  }
}
