import type { EncodedHeaders } from '../../broker/protocol/record-batch-builder.ts'
import type { Json } from '../../schemas/json.ts'

/**
 * Where an event of a node comes from: a record of a topic, or what a source has just read. Nothing is decoded before
 * somebody asks for it.
 */
export interface EventOrigin {
  readonly topic: string
  readonly partition: number
  readonly offset: number
  readonly time: number
  readonly key: string | null
  /** The key as it is written on when no step changes it. */
  readonly keyBytes: Uint8Array | string | null
  /** The value as it came in; null for a tombstone. */
  readonly bytes: Uint8Array | null
  /** As `bytes`, as text. */
  readonly text: string | null
  /** The value, where it is known without parsing. */
  readonly parsed: { readonly value: Json } | null
  /** One field of the value, where it is found without parsing the rest: see `jsonField`. */
  field(path: readonly string[]): Json | undefined
  /** True where the value is found to be a map without parsing it. */
  isMap(): boolean
  /** True where it is known without looking again that a double carries all numbers of the value. */
  hasShortNumbers(): boolean
  readonly encodedHeaders: EncodedHeaders
}
