import type { Clock } from '../../schemas/runtime.ts'
import type { ResponseOf } from '../protocol/api.ts'
import { findCoordinator } from '../protocol/messages/find-coordinator.ts'
import { FrameMemory } from '../protocol/frame-memory.ts'
import { metadata } from '../protocol/messages/metadata.ts'
import { ConnectionLost, expectSuccess, WireFailure } from './client-error.ts'
import { ClientConnection } from './connection.ts'

export interface ClusterOptions {
  /** `host:port` of brokers to ask first. */
  readonly bootstrapServers: readonly string[]
  readonly clientId: string
  readonly clock: Clock
  readonly requestTimeoutMs?: number
}

interface Address {
  readonly host: string
  readonly port: number
}

interface TopicLeaders {
  readonly topicId: string
  /** Leader of each partition, by index; -1 while there is none. */
  readonly leaders: readonly number[]
}

/** Group coordinator, by the number of the FindCoordinator request. */
const GROUP = 0

/**
 * The brokers of a cluster, and who leads what. Connections are opened when they are needed, one per broker and
 * purpose: a purpose whose requests wait (a fetch, a join) holds up nobody else.
 */
export class Cluster {
  /** What answers are read into. */
  readonly memory = new FrameMemory()
  readonly #options: Required<ClusterOptions>
  readonly #bootstrap: readonly Address[]
  readonly #brokers = new Map<number, Address>()
  readonly #topics = new Map<string, TopicLeaders>()
  readonly #connections = new Map<string, Promise<ClientConnection>>()
  #closed = false

  constructor(options: ClusterOptions) {
    this.#options = { requestTimeoutMs: 30_000, ...options }
    this.#bootstrap = options.bootstrapServers.map(toAddress)
  }

  get clock(): Clock {
    return this.#options.clock
  }

  /** Number of partitions of a topic. Rejects with WireFailure UNKNOWN_TOPIC_OR_PARTITION when it does not exist. */
  async partitionsOf(topic: string): Promise<number> {
    return (await this.#leadersOf(topic)).leaders.length
  }

  /** Number of the broker that leads the partition. Rejects with a retriable WireFailure while there is none. */
  async leaderOf(topic: string, partition: number): Promise<number> {
    const leader = (await this.#leadersOf(topic)).leaders[partition]
    if (leader === undefined) throw new WireFailure('UNKNOWN_TOPIC_OR_PARTITION', `${topic}-${partition}`)
    if (leader < 0) throw new WireFailure('LEADER_NOT_AVAILABLE', `${topic}-${partition}`)
    return leader
  }

  /** What is known of the topic is asked for again when it is next needed. */
  forgetTopic(topic: string): void {
    this.#topics.delete(topic)
  }

  /** The connection to a broker for a purpose; opened again when it was lost. */
  async broker(nodeId: number, purpose: string): Promise<ClientConnection> {
    let address = this.#brokers.get(nodeId)
    if (address === undefined) {
      await this.refresh([])
      address = this.#brokers.get(nodeId)
    }
    if (address === undefined) throw new ConnectionLost(`broker ${nodeId} is not known`)
    return this.#connect(address, `${nodeId}/${purpose}`)
  }

  /** A connection to any broker, for questions that all can answer. */
  async anyBroker(): Promise<ClientConnection> {
    const known = [...this.#brokers].map(([nodeId, address]) => [`${nodeId}/admin`, address] as const)
    const bootstrap = this.#bootstrap.map((address, index) => [`bootstrap-${index}`, address] as const)
    let failure: unknown = new ConnectionLost('no bootstrap server is given')
    for (const [name, address] of [...known, ...bootstrap]) {
      try {
        return await this.#connect(address, name)
      } catch (error) {
        failure = error
      }
    }
    throw failure
  }

  /** The connection to the coordinator of a group, for a purpose. */
  async coordinator(groupId: string, purpose: string): Promise<ClientConnection> {
    const any = await this.anyBroker()
    const request = { key: groupId, keyType: GROUP, coordinatorKeys: [groupId] }
    const answer = await any.send(findCoordinator, request)
    // From version 4 on the answer is a list.
    const found = answer.coordinators[0] ?? answer
    expectSuccess(found.errorCode, `coordinator of group ${groupId}`, found.errorMessage)
    this.#brokers.set(found.nodeId, { host: found.host, port: found.port })
    return this.#connect({ host: found.host, port: found.port }, `${found.nodeId}/${purpose}`)
  }

  /** Asks for the brokers and for these topics; null asks for all topics. Never creates a topic. */
  async refresh(topics: readonly string[] | null): Promise<ResponseOf<typeof metadata>> {
    const connection = await this.anyBroker()
    const answer = await connection.send(metadata, {
      topics: topics?.map((name) => ({ name })) ?? null,
      allowAutoTopicCreation: false,
    })
    this.#brokers.clear()
    for (const { nodeId, host, port } of answer.brokers) this.#brokers.set(nodeId, { host, port })
    for (const { name, topicId, errorCode, partitions } of answer.topics) {
      if (name === null) continue
      if (errorCode !== 0) {
        this.#topics.delete(name)
        continue
      }
      const leaders: number[] = []
      for (const { partitionIndex, leaderId } of partitions) leaders[partitionIndex] = leaderId
      this.#topics.set(name, { topicId, leaders })
    }
    return answer
  }

  async close(): Promise<void> {
    this.#closed = true
    const connections = await Promise.allSettled(this.#connections.values())
    for (const opened of connections) if (opened.status === 'fulfilled') opened.value.close()
    this.#connections.clear()
  }

  async #leadersOf(topic: string): Promise<TopicLeaders> {
    const known = this.#topics.get(topic)
    if (known !== undefined) return known
    const answer = await this.refresh([topic])
    const found = this.#topics.get(topic)
    if (found !== undefined) return found
    expectSuccess(answer.topics.find(({ name }) => name === topic)?.errorCode ?? 3, `topic ${topic}`)
    throw new WireFailure('UNKNOWN_TOPIC_OR_PARTITION', `topic ${topic}`)
  }

  async #connect(address: Address, name: string): Promise<ClientConnection> {
    if (this.#closed) throw new ConnectionLost('the client is closed')
    const known = this.#connections.get(name)
    if (known !== undefined) {
      const connection = await known.catch(() => null)
      if (connection?.isOpen === true) return connection
      if (this.#connections.get(name) === known) this.#connections.delete(name)
      return this.#connect(address, name)
    }
    const opening = ClientConnection.open({ ...this.#options, ...address, memory: this.memory })
    this.#connections.set(name, opening)
    try {
      return await opening
    } catch (error) {
      if (this.#connections.get(name) === opening) this.#connections.delete(name)
      throw error
    }
  }
}

/** Of `host:port`, with `[…]` around an IPv6 address. */
function toAddress(server: string): Address {
  const colon = server.lastIndexOf(':')
  const host = colon < 0 ? server : server.slice(0, colon)
  return { host: host.replace(/^\[(.*)\]$/, '$1'), port: colon < 0 ? 9092 : Number(server.slice(colon + 1)) }
}
