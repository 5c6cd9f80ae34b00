import type { Limit } from '../schemas/limit.ts'

/** Every bound of the broker. `createBroker` takes other values for the ones that a user may want to move. */
export const BROKER_LIMITS = {
  maxRequestBytes: {
    default: 104_857_600,
    unit: 'bytes',
    reason: "Kafka's socket.request.max.bytes; a larger frame closes the connection before it is read",
  },
  maxOtherRequestBytes: {
    default: 8_388_608,
    unit: 'bytes',
    reason: 'a request that brings no records: one may name each of `maxPartitions` partitions with a text beside it',
  },
  maxRequestElements: {
    default: 100_000,
    unit: 'count',
    reason: 'elements of all arrays of one request, numbers apart: ten for each of `maxPartitions`, one kilobyte each',
  },
  maxConnections: { default: 1_000, unit: 'count', reason: 'each one holds a socket and a read buffer' },
  maxInFlightPerConnection: {
    default: 64,
    unit: 'count',
    reason: 'requests of one connection that wait for their answer; beyond it the socket is not read',
  },
  maxUnsentBytes: {
    default: 16_777_216,
    unit: 'bytes',
    reason: 'answers that a client does not take; beyond it its requests are not read',
  },
  maxHeldBytes: {
    default: 268_435_456,
    unit: 'bytes',
    reason:
      'unfinished requests and answers not taken, of all connections; from half of it on fetches bring less, beyond ' +
      'it the connection that holds most is closed',
  },
  maxFetchWaitMs: {
    default: 60_000,
    unit: 'ms',
    reason: 'a fetch that waits longer is answered with nothing: the client may be gone without a word',
  },
  connectionIdleMs: { default: 600_000, unit: 'ms', reason: "Kafka's connections.max.idle.ms" },
  maxQueuedRequestBytes: {
    default: 134_217_728,
    unit: 'bytes',
    reason: 'requests that wait for the disk, of all connections; beyond it no socket is read',
  },
  maxResponseBytes: {
    default: 134_217_728,
    unit: 'bytes',
    reason: 'an answer that our client reads; larger ones close the connection before they are read',
  },
  maxFetchBytes: {
    default: 57_671_680,
    unit: 'bytes',
    reason: "one answer to Fetch, as Kafka's fetch.max.bytes",
  },
  maxDecompressedBytes: {
    default: 104_857_600,
    unit: 'bytes',
    reason: 'what one batch may grow to where the broker has to look into it',
  },
  maxPartitions: {
    default: 10_000,
    unit: 'count',
    reason: 'partitions of all topics: each one takes memory, and a file descriptor per segment',
  },
  retentionCheckMs: { default: 60_000, unit: 'ms', reason: 'how often old segments are looked for' },
  producerIdExpirationMs: {
    default: 86_400_000,
    unit: 'ms',
    reason: "Kafka's producer.id.expiration.ms: how long a retry of a silent producer is recognised",
  },
  journalFileBytes: {
    default: 67_108_864,
    unit: 'bytes',
    reason: 'one journal file; at each one a checkpoint moves its records to the segments, so it bounds recovery',
  },
  journalFiles: {
    default: 4,
    unit: 'count',
    reason: 'journal files not yet checkpointed; beyond it no requests are read until the checkpoint catches up',
  },
  journalSpareFiles: { default: 2, unit: 'count', reason: 'released journal files kept to be written over' },
  tailBytes: {
    default: 33_554_432,
    unit: 'bytes',
    reason: 'newest batches of all partitions kept in memory, for readers at the end and for large segment writes',
  },
  minSessionTimeoutMs: {
    default: 6_000,
    unit: 'ms',
    reason: "Kafka's group.min.session.timeout.ms; shorter sessions end by a pause of the client alone",
  },
  maxSessionTimeoutMs: {
    default: 1_800_000,
    unit: 'ms',
    reason: "Kafka's group.max.session.timeout.ms; a dead member holds its partitions that long",
  },
  newMemberTimeoutMs: {
    default: 300_000,
    unit: 'ms',
    reason: 'a first JoinGroup that waits cannot be told from one whose client has gone; Kafka waits as long',
  },
  maxGroups: { default: 10_000, unit: 'count', reason: 'each one is kept in memory with its members and offsets' },
  maxGroupMembers: {
    default: 1_000,
    unit: 'count',
    reason: "Kafka's group.max.size; each rebalance hands all members to the leader in one answer",
  },
  maxMemberProtocols: { default: 64, unit: 'count', reason: 'each join compares the protocols of all members' },
  maxMemberBytes: {
    default: 1_048_576,
    unit: 'bytes',
    reason: 'subscription of one member, kept in memory and in the record of its group',
  },
  maxGroupBytes: {
    default: 4_194_304,
    unit: 'bytes',
    reason: 'members of one group with their assignments, written as one record at each rebalance',
  },
  maxAllGroupsBytes: {
    default: 67_108_864,
    unit: 'bytes',
    reason: 'members of all groups, kept in memory and in every snapshot of the metadata',
  },
  maxCommittedOffsets: {
    default: 500_000,
    unit: 'count',
    reason: 'offsets of all groups, kept in memory and in every snapshot of the metadata',
  },
  maxOffsetMetadataLength: {
    default: 4_096,
    unit: 'count',
    reason: "Kafka's offset.metadata.max.bytes, in UTF-16 units; the text beside one committed offset",
  },
} as const satisfies Record<string, Limit>
