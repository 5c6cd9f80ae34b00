import { BROKER_LIMITS } from '../limits.ts'

/** Settings of all groups, by Kafka's meaning; the bounds come from `broker/limits.ts`. */
export interface GroupOptions {
  /** `group.initial.rebalance.delay.ms`: how long an empty group waits for more members before it assigns. */
  readonly initialRebalanceDelayMs: number
  /** `group.min.session.timeout.ms` */
  readonly minSessionTimeoutMs: number
  /** `group.max.session.timeout.ms` */
  readonly maxSessionTimeoutMs: number
  /** How long the first JoinGroup of a member may wait. */
  readonly newMemberTimeoutMs: number
  /** `group.max.size` */
  readonly maxMembers: number
  /** Protocols that one member offers. */
  readonly maxMemberProtocols: number
  /** Names and metadata of all protocols of one member. */
  readonly maxMemberBytes: number
  /** All members of one group with their assignments. */
  readonly maxGroupBytes: number
}

/** When offsets go by themselves. */
export interface CleanerOptions {
  /** `offsets.retention.minutes`, in ms. Null: offsets stay until somebody deletes them, as under `pipeline run`. */
  readonly offsetsRetentionMs: number | null
  /** `offsets.retention.check.interval.ms` */
  readonly cleanIntervalMs: number
}

/** Settings of the whole coordinator. */
export interface CoordinatorOptions extends GroupOptions, CleanerOptions {
  readonly maxGroups: number
  /** All members of all groups. */
  readonly maxAllGroupsBytes: number
  /** Offsets of all groups. */
  readonly maxCommittedOffsets: number
  /** `offset.metadata.max.bytes`, which Kafka counts in UTF-16 units. */
  readonly maxOffsetMetadataLength: number
}

const DEFAULT_GROUP_OPTIONS: GroupOptions = {
  initialRebalanceDelayMs: 3_000,
  minSessionTimeoutMs: BROKER_LIMITS.minSessionTimeoutMs.default,
  maxSessionTimeoutMs: BROKER_LIMITS.maxSessionTimeoutMs.default,
  newMemberTimeoutMs: BROKER_LIMITS.newMemberTimeoutMs.default,
  maxMembers: BROKER_LIMITS.maxGroupMembers.default,
  maxMemberProtocols: BROKER_LIMITS.maxMemberProtocols.default,
  maxMemberBytes: BROKER_LIMITS.maxMemberBytes.default,
  maxGroupBytes: BROKER_LIMITS.maxGroupBytes.default,
}

export const DEFAULT_COORDINATOR_OPTIONS: CoordinatorOptions = {
  ...DEFAULT_GROUP_OPTIONS,
  offsetsRetentionMs: 7 * 86_400_000,
  cleanIntervalMs: 600_000,
  maxGroups: BROKER_LIMITS.maxGroups.default,
  maxAllGroupsBytes: BROKER_LIMITS.maxAllGroupsBytes.default,
  maxCommittedOffsets: BROKER_LIMITS.maxCommittedOffsets.default,
  maxOffsetMetadataLength: BROKER_LIMITS.maxOffsetMetadataLength.default,
}
