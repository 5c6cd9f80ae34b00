import type { Clock, Logger } from '../schemas/runtime.ts'
import type { Storage } from './log/storage.ts'
import { BROKER_LIMITS } from './limits.ts'
import type { TopicOverrides } from './topics/topic-config.ts'

/** `commit`: an answer means that the disk has it. `interval`: it will have it within `flushIntervalMs`. */
export type Durability = 'commit' | 'interval'

export interface BrokerOptions {
  readonly storage: Storage
  readonly clock: Clock
  readonly logger: Logger
  /** The disk has failed or a defect has shown: the broker serves nobody any more and the process should end. */
  onFatal(error: Error): void
  readonly host?: string
  /** 0 takes a free one. */
  readonly port?: number
  /** What clients are told to connect to, where that is not the address itself. */
  readonly advertisedHost?: string
  readonly durability?: Durability
  readonly flushIntervalMs?: number
  readonly autoCreateTopics?: boolean
  readonly defaultPartitions?: number
  readonly initialRebalanceDelayMs?: number
  readonly minSessionTimeoutMs?: number
  /** Null: committed offsets are kept for ever. */
  readonly offsetsRetentionMs?: number | null
  readonly journalFileBytes?: number
  readonly tailBytes?: number
  readonly maxRequestBytes?: number
  /** Configs of every topic that does not say otherwise when it is created. */
  readonly topicDefaults?: TopicOverrides
}

/** Every option with its value; the defaults are Kafka's but for the name of the machine and what one copy means. */
export type BrokerSettingsFull = Required<BrokerOptions>

export function withDefaults(options: BrokerOptions): BrokerSettingsFull {
  const host = options.host ?? '127.0.0.1'
  return {
    host,
    port: 9092,
    advertisedHost: host,
    durability: 'commit',
    flushIntervalMs: 1_000,
    autoCreateTopics: true,
    defaultPartitions: 4,
    initialRebalanceDelayMs: 3_000,
    minSessionTimeoutMs: BROKER_LIMITS.minSessionTimeoutMs.default,
    offsetsRetentionMs: 7 * 86_400_000,
    journalFileBytes: BROKER_LIMITS.journalFileBytes.default,
    tailBytes: BROKER_LIMITS.tailBytes.default,
    maxRequestBytes: BROKER_LIMITS.maxRequestBytes.default,
    topicDefaults: {},
    ...options,
  }
}
