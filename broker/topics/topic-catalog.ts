import { randomUUID } from 'node:crypto'
import { isJsonObject, type Json } from '../../schemas/json.ts'
import type { LogDescription } from '../log/log-recovery.ts'
import { logStartKey, type LogStore } from '../log/log-store.ts'
import { metadataKey } from '../log/metadata-store.ts'
import type { BatchRules } from '../log/batch-check.ts'
import type { PartitionLog } from '../log/partition-log.ts'
import { isTopicConfigName, toBatchRules, toLogConfig, type TopicOverrides } from './topic-config.ts'

export interface Topic {
  readonly name: string
  /** UUID with dashes; never used again, not even for a topic of the same name. */
  readonly id: string
  readonly partitions: readonly PartitionLog[]
  readonly overrides: TopicOverrides
  /** What the overrides say of batches, read once. */
  readonly batchRules: BatchRules
}

interface StoredTopic {
  readonly name: string
  readonly id: string
  /** Log of each partition. */
  readonly logIds: readonly number[]
  readonly overrides: TopicOverrides
}

const PREFIX = 'topic/'
const LAST_LOG_ID = 'last-log-id'

/** The topics that there are. Changes are visible at once and durable when the promise resolves. */
export class TopicCatalog {
  readonly #store: LogStore
  readonly #defaults: TopicOverrides
  readonly #byName = new Map<string, Topic>()
  readonly #byId = new Map<string, Topic>()
  #partitionCount = 0

  /** `defaults` are the configs of new topics that do not say otherwise. */
  constructor(store: LogStore, defaults: TopicOverrides = {}) {
    this.#store = store
    this.#defaults = defaults
    for (const [, json] of store.entries(PREFIX)) {
      const stored = toStoredTopic(json)
      const logs = stored.logIds.map((logId) => store.log(logId)).filter((log) => log !== undefined)
      this.#put(toTopic(stored, logs))
    }
  }

  get(name: string): Topic | undefined {
    return this.#byName.get(name)
  }

  getById(id: string): Topic | undefined {
    return this.#byId.get(id)
  }

  all(): readonly Topic[] {
    return [...this.#byName.values()]
  }

  get partitionCount(): number {
    return this.#partitionCount
  }

  /** The name must be free and valid, the configs checked. */
  async create(name: string, partitionCount: number, given: TopicOverrides): Promise<Topic> {
    const overrides = { ...this.#defaults, ...given }
    const firstLogId = Number(this.#store.get(LAST_LOG_ID) ?? 0) + 1
    const logIds = Array.from({ length: partitionCount }, (_, index) => firstLogId + index)
    const stored: StoredTopic = { name, id: randomUUID(), logIds, overrides }
    const logs = logIds.map((logId, index) =>
      this.#store.createLog(logId, logFolder(name, index, logId), toLogConfig(overrides)),
    )
    const topic = toTopic(stored, logs)
    this.#put(topic)
    await this.#store.write([
      { key: metadataKey('topic', name), value: { ...stored } },
      { key: LAST_LOG_ID, value: firstLogId + partitionCount - 1 },
    ])
    return topic
  }

  /** Adds partitions behind the ones there are. */
  async addPartitions(topic: Topic, total: number): Promise<Topic> {
    const firstLogId = Number(this.#store.get(LAST_LOG_ID) ?? 0) + 1
    const added = Array.from({ length: total - topic.partitions.length }, (_, index) => {
      const logId = firstLogId + index
      const folder = logFolder(topic.name, topic.partitions.length + index, logId)
      return this.#store.createLog(logId, folder, toLogConfig(topic.overrides))
    })
    const grown: Topic = { ...topic, partitions: [...topic.partitions, ...added] }
    this.#put(grown)
    await this.#store.write([
      { key: metadataKey('topic', topic.name), value: { ...toStored(grown) } },
      { key: LAST_LOG_ID, value: firstLogId + added.length - 1 },
    ])
    return grown
  }

  async configure(topic: Topic, overrides: TopicOverrides): Promise<void> {
    const changed: Topic = { ...topic, overrides, batchRules: toBatchRules(overrides) }
    for (const log of topic.partitions) log.config = toLogConfig(overrides)
    this.#put(changed)
    await this.#store.write([{ key: metadataKey('topic', topic.name), value: { ...toStored(changed) } }])
  }

  /** Gone for clients at once; files are removed when it is durable that the topic is no more. */
  async delete(topic: Topic): Promise<void> {
    this.#remove(topic)
    await this.#store.write([
      { key: metadataKey('topic', topic.name), value: null },
      ...topic.partitions.map(({ logId }) => ({ key: logStartKey(logId), value: null })),
    ])
    for (const log of topic.partitions) await this.#store.removeLog(log)
  }

  #put(topic: Topic): void {
    this.#partitionCount += topic.partitions.length - (this.#byName.get(topic.name)?.partitions.length ?? 0)
    this.#byName.set(topic.name, topic)
    this.#byId.set(topic.id, topic)
  }

  #remove({ name, id }: Topic): void {
    this.#partitionCount -= this.#byName.get(name)?.partitions.length ?? 0
    this.#byName.delete(name)
    this.#byId.delete(id)
  }
}

/** The logs that the metadata speaks of, for recovery. */
export function describeLogs(metadata: ReadonlyMap<string, Json>): readonly LogDescription[] {
  return [...metadata]
    .filter(([key]) => key.startsWith(PREFIX))
    .flatMap(([, json]) => {
      const { name, logIds, overrides } = toStoredTopic(json)
      const config = toLogConfig(overrides)
      return logIds.map((logId, index) => ({ logId, folder: logFolder(name, index, logId), config }))
    })
}

/** As Kafka names it, and the log's id, so that a topic of the same name never meets the files of one deleted. */
function logFolder(name: string, partition: number, logId: number): string {
  return `topics/${name}-${partition}.${logId}`
}

function toTopic({ name, id, overrides }: StoredTopic, partitions: readonly PartitionLog[]): Topic {
  return { name, id, partitions, overrides, batchRules: toBatchRules(overrides) }
}

function toStored({ name, id, partitions, overrides }: Topic): StoredTopic {
  return { name, id, logIds: partitions.map(({ logId }) => logId), overrides }
}

function toStoredTopic(json: Json): StoredTopic {
  const { name, id, logIds, overrides } = isJsonObject(json) ? json : {}
  const entries = Object.entries(isJsonObject(overrides) ? overrides : {})
  return {
    name: typeof name === 'string' ? name : '',
    id: typeof id === 'string' ? id : '',
    logIds: (Array.isArray(logIds) ? logIds : []).map(Number),
    overrides: Object.fromEntries(
      entries.filter(([key, value]) => isTopicConfigName(key) && typeof value === 'string'),
    ),
  }
}
