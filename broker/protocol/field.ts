import { ProtocolError } from './protocol-error.ts'
import type { Reader } from './reader.ts'
import type { Writer } from './writer.ts'

/** How one value stands on the wire in one version of a message. `In` may leave out what `Out` always has. */
export interface Codec<Out, In = Out> {
  read(reader: Reader): Out
  write(writer: Writer, value: In): void
}

/** Flexible versions (KIP-482) have compact lengths and end every structure with tagged fields. */
export interface WireVersion {
  readonly version: number
  readonly flexible: boolean
}

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
  compile(wire: WireVersion): Codec<Out, In>
}

export interface FieldOptions {
  readonly since?: number
  readonly until?: number
  readonly tag?: number
}

export interface OptionalFieldOptions<T> extends FieldOptions {
  readonly default: T
}

/** A constructor of fields: with `default` the one who writes may leave the field out. */
interface FieldConstructor<Out, In = Out> {
  (options: OptionalFieldOptions<Out>): Field<Out, In, true>
  (options?: FieldOptions): Field<Out, In, false>
}

/** Makes a field constructor of a fallback and a codec for each version. */
export function defineField<Out extends In, In = Out>(
  fallback: Out,
  compile: (wire: WireVersion) => Codec<Out, In>,
): FieldConstructor<Out, In> {
  function construct(options: OptionalFieldOptions<Out>): Field<Out, In, true>
  function construct(options?: FieldOptions): Field<Out, In, false>
  function construct(options: FieldOptions | OptionalFieldOptions<Out> = {}): Field<Out, In> {
    const given = 'default' in options
    return {
      since: options.since ?? 0,
      until: options.until ?? Number.POSITIVE_INFINITY,
      tag: options.tag,
      fallback: given ? options.default : fallback,
      optional: given,
      compile,
    }
  }
  return construct
}

function primitive<T>(fallback: T, codec: Codec<T>): FieldConstructor<T> {
  return defineField<T>(fallback, () => codec)
}

export const boolean = primitive<boolean>(false, { read: (r) => r.boolean(), write: (w, v) => w.boolean(v) })
export const int8 = primitive<number>(0, { read: (r) => r.int8(), write: (w, v) => w.int8(v) })
export const int16 = primitive<number>(0, { read: (r) => r.int16(), write: (w, v) => w.int16(v) })
export const uint16 = primitive<number>(0, { read: (r) => r.uint16(), write: (w, v) => w.uint16(v) })
export const int32 = primitive<number>(0, { read: (r) => r.int32(), write: (w, v) => w.int32(v) })
export const uint32 = primitive<number>(0, { read: (r) => r.uint32(), write: (w, v) => w.uint32(v) })
export const int64 = primitive<number>(0, { read: (r) => r.int64(), write: (w, v) => w.int64(v) })
export const float64 = primitive<number>(0, { read: (r) => r.float64(), write: (w, v) => w.float64(v) })

export const ZERO_UUID = '00000000-0000-0000-0000-000000000000'
export const uuid = primitive<string>(ZERO_UUID, { read: (r) => r.uuid(), write: (w, v) => w.uuid(v) })

/** Lengths come in three forms: int16 for texts, int32 for the rest, compact (length + 1) in flexible versions. */
interface LengthCodec {
  /** Negative stands for null. */
  read(reader: Reader): number
  write(writer: Writer, length: number): void
}

const compactLength: LengthCodec = {
  read: (r) => r.unsignedVarint() - 1,
  write: (w, length) => w.unsignedVarint(length + 1),
}
const int16Length: LengthCodec = { read: (r) => r.int16(), write: (w, length) => w.int16(length) }
const int32Length: LengthCodec = { read: (r) => r.int32(), write: (w, length) => w.int32(length) }

function textCodec({ flexible }: WireVersion): Codec<string | null> {
  const length = flexible ? compactLength : int16Length
  return {
    read(reader) {
      const size = length.read(reader)
      return size < 0 ? null : reader.text(size)
    },
    write(writer, value) {
      const size = value === null ? -1 : Buffer.byteLength(value)
      if (!flexible && size > 0x7fff) throw new RangeError(`a text of ${size} bytes is too long for the wire`)
      length.write(writer, size)
      if (value !== null) writer.text(value, size)
    },
  }
}

function bytesCodec({ flexible }: WireVersion): Codec<Buffer | null, Uint8Array | null> {
  const length = flexible ? compactLength : int32Length
  return {
    read(reader) {
      const size = length.read(reader)
      return size < 0 ? null : reader.bytes(size)
    },
    write(writer, value) {
      length.write(writer, value === null ? -1 : value.length)
      if (value !== null) writer.bytes(value)
    },
  }
}

function arrayCodec<Out, In>(
  element: Field<Out, In>,
  wire: WireVersion,
): Codec<readonly Out[] | null, readonly In[] | null> {
  const length = wire.flexible ? compactLength : int32Length
  const codec = element.compile(wire)
  return {
    read(reader) {
      const count = length.read(reader)
      if (count < 0) return null
      // Every element takes a byte at least, so a count beyond what is left is a lie; nothing is allocated for it.
      if (count > reader.remaining) {
        throw new ProtocolError('bad-length', `${count} elements announced, ${reader.remaining} bytes left`)
      }
      const values: Out[] = []
      for (let i = 0; i < count; i += 1) values.push(codec.read(reader))
      return values
    },
    write(writer, values) {
      length.write(writer, values === null ? -1 : values.length)
      for (const value of values ?? []) codec.write(writer, value)
    },
  }
}

/** A null where the protocol has none is an error of the sender. */
function notNull<Out, In>(codec: Codec<Out | null, In | null>, what: string): Codec<Out, In> {
  return {
    read(reader) {
      const value = codec.read(reader)
      if (value === null) throw new ProtocolError('bad-value', `null ${what} before ${reader.position}`)
      return value
    },
    write: (writer, value) => codec.write(writer, value),
  }
}

export const nullableString = defineField<string | null>(null, textCodec)
export const string = defineField<string>('', (wire) => notNull(textCodec(wire), 'text'))
export const nullableBytes = defineField<Buffer | null, Uint8Array | null>(null, bytesCodec)
export const bytes = defineField<Buffer, Uint8Array>(Buffer.alloc(0), (wire) => notNull(bytesCodec(wire), 'bytes'))

/** Null means something of its own, such as "all topics". Left out, it is null. */
export function nullableArray<Out extends In, In>(
  element: Field<Out, In>,
  options: FieldOptions = {},
): Field<readonly Out[] | null, readonly In[] | null, true> {
  const construct = defineField<readonly Out[] | null, readonly In[] | null>(null, (wire) => arrayCodec(element, wire))
  return construct({ default: null, ...options })
}

/** Left out, it is empty. */
export function array<Out extends In, In>(
  element: Field<Out, In>,
  options: FieldOptions = {},
): Field<readonly Out[], readonly In[], true> {
  const construct = defineField<readonly Out[], readonly In[]>([], (wire) =>
    notNull(arrayCodec(element, wire), 'array'),
  )
  return construct({ default: [], ...options })
}
