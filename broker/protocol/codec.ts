import type { Reader } from './reader.ts'
import type { Writer } from './writer.ts'

/** Flexible versions (KIP-482) have compact lengths and end every structure with tagged fields. */
export interface WireVersion {
  readonly version: number
  readonly flexible: boolean
}

/** How one value stands on the wire in one version of a message. `In` may leave out what `Out` always has. */
export interface Codec<Out, In = Out> {
  /** The fewest bytes that a value takes, by which an announced count of them is judged. */
  readonly minBytes: number
  read(reader: Reader): Out
  write(writer: Writer, value: In): void
}

export type PrimitiveKind = 'boolean' | 'int8' | 'int16' | 'int32' | 'int64' | 'uuid'

/** What a field is made of. `nullableSince`: the first version in which it may be null; null when it never may. */
export type Shape =
  | { readonly kind: PrimitiveKind }
  | { readonly kind: 'string' | 'bytes'; readonly nullableSince: number | null }
  | { readonly kind: 'array'; readonly nullableSince: number | null; readonly element: AnyField }
  | { readonly kind: 'struct'; readonly fields: Readonly<Record<string, AnyField>> }

/**
 * A field of a message for all versions at once. In versions that lack it, it reads as its fallback and is not
 * written. An `Optional` field may be left out by the one who writes, who then means the fallback.
 */
export interface Field<Out, In = Out, Optional extends boolean = boolean> {
  readonly since: number
  readonly until: number
  /** Number of a tagged field: written only in flexible versions, and only when it differs from the fallback. */
  readonly tag: number | undefined
  readonly fallback: Out
  readonly optional: Optional
  /** The description itself, for programs that go through it: tests compare it with Kafka's and make values of it. */
  readonly shape: Shape
  compile(wire: WireVersion): Codec<Out, In>
}

/** Any field at all: something is read from it; what may be written is its own business. */
export type AnyField = Field<unknown, never>
