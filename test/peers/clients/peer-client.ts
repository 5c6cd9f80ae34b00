import type { Compression } from '../../../broker/protocol/record-batch.ts'
import type { PeerProcess } from './peer-process.ts'
import type { PeerRecord, PlacedRecord } from './peer-record.ts'

export const CODECS: readonly Compression[] = ['none', 'gzip', 'snappy', 'lz4', 'zstd']

/** A topic of a broker. */
export interface TopicAt {
  readonly address: string
  readonly topic: string
}

export interface Sending extends TopicAt {
  readonly codec: Compression
  /** All go to partition 0, in this order. */
  readonly records: readonly PeerRecord[]
}

export interface Membership extends TopicAt {
  readonly group: string
}

/** How long a member may be silent before a broker takes it for dead. Kafka's least by default. */
export const SESSION_TIMEOUT_MS = 6_000

/** A Kafka client that others have written. */
export interface PeerClient {
  readonly name: string
  /** False where it stamps each record with its own clock. */
  readonly setsTimestamps: boolean
  /** A member that is told to end commits the next record without telling of it: it must not be told while one comes. */
  readonly dropsOneWhenTold: boolean
  /** Makes it ready. Throws PeerMissing when it cannot be had on this machine. */
  install(): Promise<void>
  /** Why it neither writes nor reads the codec, or null when it does. */
  lacks(codec: Compression): string | null
  /** Why it does not read the codec as the named client writes it, or null when it does. */
  cannotRead(producer: string, codec: Compression): string | null
  produce(sending: Sending): Promise<void>
  /** The first `count` records of partition 0. */
  read(at: TopicAt, count: number): Promise<readonly PlacedRecord[]>
  /** An idempotent producer that sends the lines written to it as they come, to partition 0, and never gives up. */
  stream(at: TopicAt): Promise<PeerProcess>
  /** A member of a group, a process of its own; it starts at the beginning where nothing is committed. */
  join(membership: Membership): Promise<PeerProcess>
  /** The value, as text, of the record that a member has told of in a line. */
  valueIn(line: string): string
}
