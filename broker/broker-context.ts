import type { Clock, Logger } from '../schemas/runtime.ts'
import type { GroupCoordinator } from './groups/group-coordinator.ts'
import type { LogStore } from './log/log-store.ts'
import type { ProducerIds } from './producers/producer-ids.ts'
import type { HeldBytes } from './server/held-bytes.ts'
import type { TopicCatalog } from './topics/topic-catalog.ts'

/** Who this broker says it is. There is one of it: its own controller and coordinator. */
export interface BrokerIdentity {
  readonly clusterId: string
  readonly nodeId: number
  /** Address that clients are told to connect to. */
  readonly host: string
  readonly port: number
}

/** What handlers work on. */
export interface BrokerContext {
  readonly identity: BrokerIdentity
  readonly store: LogStore
  readonly topics: TopicCatalog
  readonly groups: GroupCoordinator
  readonly producerIds: ProducerIds
  /** What is kept for clients already: large answers have to fit in. */
  readonly held: HeldBytes
  readonly clock: Clock
  readonly logger: Logger
  readonly settings: BrokerSettings
}

/** Kafka's broker settings as far as they are ours, in Kafka's words. */
export interface BrokerSettings {
  /** `auto.create.topics.enable` */
  readonly autoCreateTopics: boolean
  /** `num.partitions` */
  readonly defaultPartitions: number
  readonly maxPartitions: number
  readonly maxDecompressedBytes: number
  readonly maxFetchBytes: number
  readonly maxFetchWaitMs: number
}
