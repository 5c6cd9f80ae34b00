import type { BatchRules } from '../log/batch-check.ts'
import type { LogConfig } from '../log/partition-log.ts'

interface ConfigRow {
  readonly kind: 'list' | 'long' | 'int' | 'string' | 'double' | 'boolean'
  readonly default: string
  readonly about: string
  /** Allowed words, or the least value of a number. */
  readonly allowed?: readonly string[]
  readonly min?: number
}

/**
 * The topic configs that are accepted, by Kafka's names and with Kafka's defaults unless said otherwise. All are kept
 * and shown; those marked (kept) have no effect yet.
 */
export const TOPIC_CONFIGS = {
  'cleanup.policy': {
    kind: 'list',
    default: 'delete',
    allowed: ['delete', 'compact'],
    about: 'delete: old segments are removed; compact: never removed by time (the cleaner follows)',
  },
  'compression.type': {
    kind: 'string',
    default: 'producer',
    allowed: ['producer', 'uncompressed', 'gzip', 'snappy', 'lz4', 'zstd'],
    about: 'batches are kept as the producer compressed them (kept)',
  },
  'delete.retention.ms': { kind: 'long', default: '86400000', min: 0, about: 'life of tombstones (kept)' },
  'file.delete.delay.ms': { kind: 'long', default: '60000', min: 0, about: 'delay before files are removed (kept)' },
  'flush.messages': { kind: 'long', default: '1', min: 1, about: 'every record is synced before its answer' },
  'flush.ms': { kind: 'long', default: '0', min: 0, about: 'every record is synced before its answer' },
  'index.interval.bytes': { kind: 'int', default: '4096', min: 0, about: 'distance of index entries (kept)' },
  'max.compaction.lag.ms': { kind: 'long', default: '9223372036854775807', min: 1, about: 'see KIP-354 (kept)' },
  'max.message.bytes': { kind: 'int', default: '1048588', min: 0, about: 'the largest batch that is accepted' },
  'message.timestamp.after.max.ms': {
    kind: 'long',
    default: '9223372036854775807',
    min: 0,
    about: 'how far ahead of the clock a record may be; Kafka says one hour, our sources check before they send',
  },
  'message.timestamp.before.max.ms': {
    kind: 'long',
    default: '9223372036854775807',
    min: 0,
    about: 'how far behind the clock a record may be',
  },
  'message.timestamp.type': {
    kind: 'string',
    default: 'CreateTime',
    allowed: ['CreateTime', 'LogAppendTime'],
    about: 'whose clock a record carries',
  },
  'min.cleanable.dirty.ratio': { kind: 'double', default: '0.5', min: 0, about: 'when to compact (kept)' },
  'min.compaction.lag.ms': { kind: 'long', default: '0', min: 0, about: 'see KIP-58 (kept)' },
  'min.insync.replicas': { kind: 'int', default: '1', min: 1, about: 'there is one copy (kept)' },
  preallocate: { kind: 'boolean', default: 'false', allowed: ['true', 'false'], about: 'preallocate files (kept)' },
  'retention.bytes': { kind: 'long', default: '-1', min: -1, about: 'size beyond which old segments are removed' },
  'retention.ms': {
    kind: 'long',
    default: '604800000',
    min: -1,
    about: 'age, counted from append, beyond which segments are removed; -1: never',
  },
  'segment.bytes': { kind: 'int', default: '134217728', min: 14, about: 'size of a segment; Kafka says 1 GiB' },
  'segment.index.bytes': { kind: 'int', default: '10485760', min: 4, about: 'size of an index (kept)' },
  'segment.jitter.ms': { kind: 'long', default: '0', min: 0, about: 'jitter of segment.ms (kept)' },
  'segment.ms': { kind: 'long', default: '604800000', min: 1, about: 'age at which a segment is closed' },
  'unclean.leader.election.enable': {
    kind: 'boolean',
    default: 'false',
    allowed: ['true', 'false'],
    about: 'there is one copy (kept)',
  },
} as const satisfies Record<string, ConfigRow>

export type TopicConfigName = keyof typeof TOPIC_CONFIGS
/** What was set on a topic; everything else is the default. */
export type TopicOverrides = Readonly<Partial<Record<TopicConfigName, string>>>

export function isTopicConfigName(name: string): name is TopicConfigName {
  return Object.hasOwn(TOPIC_CONFIGS, name)
}

/** Why a value cannot be set, or null when it can. */
export function refuseTopicConfig(name: string, value: string | null): string | null {
  if (!isTopicConfigName(name)) return `Unknown topic config name: ${name}`
  if (value === null) return `Null value not supported for topic config: ${name}`
  const row: ConfigRow = TOPIC_CONFIGS[name]
  const invalid = `Invalid value ${value} for configuration ${name}`
  if (row.kind === 'list') {
    const words = value.split(',').map((word) => word.trim())
    return words.every((word) => row.allowed?.includes(word)) ? null : `${invalid}: one of ${row.allowed?.join(', ')}`
  }
  if (row.allowed !== undefined) {
    return row.allowed.includes(value) ? null : `${invalid}: one of ${row.allowed.join(', ')}`
  }
  const isNumber = row.kind === 'double' ? /^\d+(\.\d+)?$/.test(value) : /^-?\d{1,19}$/.test(value)
  if (!isNumber) return `${invalid}: not a number of type ${row.kind}`
  return Number(value) >= (row.min ?? 0) ? null : `${invalid}: at least ${row.min}`
}

export function topicConfig(overrides: TopicOverrides, name: TopicConfigName): string {
  return overrides[name] ?? TOPIC_CONFIGS[name].default
}

export function topicConfigNumber(overrides: TopicOverrides, name: TopicConfigName): number {
  return Number(topicConfig(overrides, name))
}

export function isCompacted(overrides: TopicOverrides): boolean {
  return topicConfig(overrides, 'cleanup.policy').includes('compact')
}

/** What the logs of a topic act on. A compacted topic is never removed by time or size. */
export function toLogConfig(overrides: TopicOverrides): LogConfig {
  const keeps = !topicConfig(overrides, 'cleanup.policy').includes('delete')
  return {
    segmentBytes: topicConfigNumber(overrides, 'segment.bytes'),
    segmentMs: topicConfigNumber(overrides, 'segment.ms'),
    retentionMs: keeps ? Number.POSITIVE_INFINITY : unlimited(topicConfigNumber(overrides, 'retention.ms')),
    retentionBytes: keeps ? Number.POSITIVE_INFINITY : unlimited(topicConfigNumber(overrides, 'retention.bytes')),
  }
}

/** What the topic asks of batches that are appended. */
export function toBatchRules(overrides: TopicOverrides): BatchRules {
  return {
    maxMessageBytes: topicConfigNumber(overrides, 'max.message.bytes'),
    timestampBeforeMaxMs: topicConfigNumber(overrides, 'message.timestamp.before.max.ms'),
    timestampAfterMaxMs: topicConfigNumber(overrides, 'message.timestamp.after.max.ms'),
    requiresKeys: isCompacted(overrides),
  }
}

function unlimited(value: number): number {
  return value < 0 ? Number.POSITIVE_INFINITY : value
}
