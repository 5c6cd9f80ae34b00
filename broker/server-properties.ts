import { StoplogError } from '../schemas/stoplog-error.ts'
import type { BrokerOptions } from './options.ts'
import { isTopicConfigName, refuseTopicConfig, type TopicConfigName } from './topics/topic-config.ts'

type Settable = Omit<BrokerOptions, 'storage' | 'clock' | 'logger' | 'onFatal' | 'topicDefaults'>

interface PropertyRow {
  readonly option: keyof Settable
  readonly kind: 'number' | 'boolean'
  readonly about: string
}

/** Properties of Kafka's `server.properties` that this broker has, and a few of its own, with what they set. */
export const SERVER_PROPERTIES = {
  'auto.create.topics.enable': {
    option: 'autoCreateTopics',
    kind: 'boolean',
    about: 'create topics when first asked for',
  },
  'num.partitions': { option: 'defaultPartitions', kind: 'number', about: 'partitions of a topic that does not say' },
  'group.initial.rebalance.delay.ms': {
    option: 'initialRebalanceDelayMs',
    kind: 'number',
    about: 'how long an empty group waits for more members',
  },
  'group.min.session.timeout.ms': {
    option: 'minSessionTimeoutMs',
    kind: 'number',
    about: 'shortest session time-out that a member may ask for',
  },
  'socket.request.max.bytes': { option: 'maxRequestBytes', kind: 'number', about: 'largest request' },
  'log.flush.interval.ms': {
    option: 'flushIntervalMs',
    kind: 'number',
    about: 'with durability `interval`: how long an acknowledged record may be in memory only',
  },
  'journal.file.bytes': { option: 'journalFileBytes', kind: 'number', about: 'size of a journal file (own)' },
  'tail.bytes': { option: 'tailBytes', kind: 'number', about: 'newest batches kept in memory (own)' },
} as const satisfies Record<string, PropertyRow>

/** Broker-wide defaults of topic configs are called as in Kafka: `log.` and the config's name. */
const TOPIC_PROPERTIES: Readonly<Record<string, TopicConfigName>> = {
  'log.segment.bytes': 'segment.bytes',
  'log.roll.ms': 'segment.ms',
  'log.retention.ms': 'retention.ms',
  'log.retention.bytes': 'retention.bytes',
  'log.cleanup.policy': 'cleanup.policy',
  'log.message.timestamp.type': 'message.timestamp.type',
  'message.max.bytes': 'max.message.bytes',
}

/** Names of all properties, for help and for suggestions. */
export function serverPropertyNames(): readonly string[] {
  return [...Object.keys(SERVER_PROPERTIES), ...Object.keys(TOPIC_PROPERTIES)]
}

/** What properties in text form, such as `num.partitions=2`, set. Throws E_PROPERTY for what is unknown or no value. */
export function parseServerProperties(properties: Readonly<Record<string, string>>): Partial<BrokerOptions> {
  const options: Record<string, number | boolean> = {}
  const topicDefaults: Partial<Record<TopicConfigName, string>> = {}
  for (const [name, text] of Object.entries(properties)) {
    const config = Object.hasOwn(TOPIC_PROPERTIES, name) ? TOPIC_PROPERTIES[name] : undefined
    if (config !== undefined && isTopicConfigName(config)) {
      const refused = refuseTopicConfig(config, text)
      if (refused !== null) throw new StoplogError('E_PROPERTY', refused, { where: name })
      topicDefaults[config] = text
      continue
    }
    const row = Object.hasOwn(SERVER_PROPERTIES, name) ? rowOf(name) : undefined
    if (row === undefined) throw new StoplogError('E_PROPERTY', `there is no property ${name}`, { where: name })
    options[row.option] = parse(name, row, text)
  }
  return { ...options, topicDefaults }
}

function rowOf(name: string): PropertyRow | undefined {
  return Object.entries<PropertyRow>(SERVER_PROPERTIES).find(([known]) => known === name)?.[1]
}

function parse(name: string, { kind }: PropertyRow, text: string): number | boolean {
  if (kind === 'boolean' && /^(true|false)$/.test(text)) return text === 'true'
  if (kind === 'number' && /^\d{1,15}$/.test(text)) return Number(text)
  throw new StoplogError('E_PROPERTY', `${name}: "${text}" is no ${kind}`, { where: name })
}
