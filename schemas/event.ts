import type { Json } from './json.ts'

/** Header values as text. Bytes that are not UTF-8 (foreign headers) are kept on the wire but not shown here. */
export type EventHeaders = Readonly<Record<string, string>>

/**
 * One record of a topic, as steps and sinks see it.
 *
 * `value` is parsed from `bytes` when it is first read and may throw E_VALUE_JSON then; a step or sink that never
 * reads it never pays for it. A null value is a tombstone.
 */
export interface Event {
  readonly topic: string
  readonly partition: number
  readonly offset: number
  /** The record key as text; null when the record has none. */
  readonly key: string | null
  readonly value: Json
  /**
   * One field of the value, by the names that lead to it, where it can be told without parsing all of it. Undefined says
   * nothing: the field may be absent, or the value no JSON, or this event may not know a cheaper way than `value`.
   */
  field?(path: readonly string[]): Json | undefined
  /** True where the value is known to be a map without parsing it. False says nothing. */
  isMap?(): boolean
  /** The value as it is stored: JSON text in UTF-8, null for a tombstone. */
  readonly bytes: Uint8Array | null
  readonly headers: EventHeaders
  /** Event time in ms since the epoch; the record's timestamp. */
  readonly time: number
  /** `ce_id`, or topic-partition-offset where a record has none. The same event has the same id on every replay. */
  readonly id: string
}

/**
 * The event as it passes through the steps of one node. A step changes it by assignment; what no step has assigned is
 * written on as the bytes that came in. A value is never changed in place: a step assigns a new one, which may share
 * parts with the old. So a step that fails in the middle leaves nothing half done, and `bytes` stay what came in.
 */
export interface WorkingEvent extends Event {
  key: string | null
  value: Json
  time: number
  /** True once a step has assigned `value`: from then on `bytes` no longer say what it is. */
  readonly valueChanged: boolean
  /** Sets one header of the outgoing record; null removes it. */
  setHeader(name: string, text: string | null): void
  /** A copy with another value and an id derived from (this id, node, index): what `split` emits. */
  derive(value: Json, index: number): WorkingEvent
}

/** What a source hands over, before it has a place in a topic. */
export interface NewEvent {
  /** Text of the record key. Left out: the event's id. */
  readonly key?: string | null
  /** The payload; as bytes, it is JSON text that nobody has parsed yet. */
  readonly value: Json | Uint8Array
  /** Deterministic wherever the source can: the same input read twice gives the same id. */
  readonly id: string
  /** CloudEvents type, such as `ocsf.vulnerability_finding`. */
  readonly type: string
  /** CloudEvents subject: what the event is about. */
  readonly subject?: string
  /** URI of the payload's schema. */
  readonly dataSchema?: string
  /** Event time in ms since the epoch. Left out: the time of arrival, and marked as such. */
  readonly time?: number
  readonly headers?: EventHeaders
}

/** Input that a source could read but not turn into events; it becomes a dead letter of the source. */
export interface FailedInput {
  readonly error: Error
  /** The original bytes, as far as they are at hand. */
  readonly bytes: Uint8Array
  /** Set when `bytes` is only the beginning of what was read: its full length and SHA-256 in hexadecimal. */
  readonly cut?: { readonly length: number; readonly sha256: string }
  /** Where it lies in the outside world: a path with line, a delivery id. */
  readonly origin: string
  readonly id: string
}
