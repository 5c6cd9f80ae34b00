import type { Codec, Field, PrimitiveKind, Shape, WireVersion } from './codec.ts'
import { compactLength, int16Length, int32Length } from './length.ts'
import { PROTOCOL_LIMITS } from './limits.ts'
import { ProtocolError } from './protocol-error.ts'

export interface FieldOptions {
  /** First version that has the field. */
  readonly since?: number
  /** Last version that has it. */
  readonly until?: number
  readonly tag?: number
}

export interface NullableFieldOptions extends FieldOptions {
  /** First version that allows null. Before it null is written as an empty value, and refused when it is read. */
  readonly nullableSince?: number
}

interface WithDefault<T> {
  readonly default: T
}

/** A constructor of fields: with `default` the one who writes may leave the field out. */
interface FieldConstructor<Out, In, Options> {
  (options: Options & WithDefault<Out>): Field<Out, In, true>
  (options?: Options): Field<Out, In, false>
}

interface Construction<Out, In, Options> {
  readonly fallback: Out
  shape(options: Options): Shape
  compile(wire: WireVersion, options: Options): Codec<Out, In>
}

function fieldConstructor<Out extends In, In, Options extends FieldOptions>(
  construction: Construction<Out, In, Options>,
): FieldConstructor<Out, In, Options> {
  function construct(options: Options & WithDefault<Out>): Field<Out, In, true>
  function construct(options?: Options): Field<Out, In, false>
  // All options are optional, so none at all are an empty object.
  function construct(options: Options | (Options & WithDefault<Out>) = {} as Options): Field<Out, In> {
    const isOptional = 'default' in options
    return {
      since: options.since ?? 0,
      until: options.until ?? Number.POSITIVE_INFINITY,
      tag: options.tag,
      fallback: isOptional ? options.default : construction.fallback,
      optional: isOptional,
      shape: construction.shape(options),
      compile: (wire) => construction.compile(wire, options),
    }
  }
  return construct
}

function primitive<T>(kind: PrimitiveKind, fallback: T, codec: Codec<T>): FieldConstructor<T, T, FieldOptions> {
  return fieldConstructor({ fallback, shape: () => ({ kind }), compile: () => codec })
}

export const boolean = primitive<boolean>('boolean', false, {
  minBytes: 1,
  read: (r) => r.boolean(),
  write: (w, v) => w.boolean(v),
})
export const int8 = primitive('int8', 0, { minBytes: 1, read: (r) => r.int8(), write: (w, v) => w.int8(v) })
export const int16 = primitive('int16', 0, { minBytes: 2, read: (r) => r.int16(), write: (w, v) => w.int16(v) })
export const int32 = primitive('int32', 0, { minBytes: 4, read: (r) => r.int32(), write: (w, v) => w.int32(v) })
export const int64 = primitive('int64', 0, { minBytes: 8, read: (r) => r.int64(), write: (w, v) => w.int64(v) })

export const ZERO_UUID = '00000000-0000-0000-0000-000000000000'
export const uuid = primitive('uuid', ZERO_UUID, { minBytes: 16, read: (r) => r.uuid(), write: (w, v) => w.uuid(v) })

function textCodec({ flexible }: WireVersion): Codec<string | null> {
  const length = flexible ? compactLength : int16Length
  return {
    minBytes: length.minBytes,
    read(reader) {
      const size = length.read(reader)
      if (size > PROTOCOL_LIMITS.maxTextBytes.default) throw new ProtocolError('bad-length', `a text of ${size} bytes`)
      return size < 0 ? null : reader.text(size)
    },
    write(writer, value) {
      const size = value === null ? -1 : Buffer.byteLength(value)
      if (size > PROTOCOL_LIMITS.maxTextBytes.default) throw new RangeError(`a text of ${size} bytes is too long`)
      length.write(writer, size)
      if (value !== null) writer.text(value, size)
    },
  }
}

function bytesCodec({ flexible }: WireVersion): Codec<Buffer | null, Uint8Array | null> {
  const length = flexible ? compactLength : int32Length
  return {
    minBytes: length.minBytes,
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

function recordsCodec(wire: WireVersion): Codec<Buffer | null, Uint8Array | readonly Uint8Array[] | null> {
  const length = wire.flexible ? compactLength : int32Length
  const whole = bytesCodec(wire)
  return {
    minBytes: whole.minBytes,
    read: (reader) => whole.read(reader),
    write(writer, value) {
      if (value === null || value instanceof Uint8Array) return whole.write(writer, value)
      length.write(
        writer,
        value.reduce((sum, piece) => sum + piece.length, 0),
      )
      for (const piece of value) writer.bytes(piece)
    },
  }
}

function arrayCodec<Out, In>(
  element: Field<Out, In>,
  wire: WireVersion,
): Codec<readonly Out[] | null, readonly In[] | null> {
  const length = wire.flexible ? compactLength : int32Length
  const codec = element.compile(wire)
  // A number takes no more room in memory than the message that brings it; everything else is counted.
  const isCounted = !element.shape.kind.startsWith('int')
  return {
    minBytes: length.minBytes,
    read(reader) {
      const count = length.read(reader)
      if (count < 0) return null
      reader.expectElements(count, codec.minBytes, isCounted)
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

/** Where the protocol has no null, it is an error of the one who sends it. */
function notNull<Out, In>(codec: Codec<Out | null, In | null>, empty: In): Codec<Out, In | null> {
  return {
    minBytes: codec.minBytes,
    read(reader) {
      const value = codec.read(reader)
      if (value === null) throw new ProtocolError('bad-value', `null before ${reader.position}`)
      return value
    },
    write: (writer, value) => codec.write(writer, value ?? empty),
  }
}

function nullableFrom<Out, In>(
  codec: Codec<Out | null, In | null>,
  { version }: WireVersion,
  { nullableSince = 0 }: NullableFieldOptions,
  empty: In,
): Codec<Out | null, In | null> {
  return version < nullableSince ? notNull(codec, empty) : codec
}

const EMPTY_BYTES = Buffer.alloc(0)

export const string = fieldConstructor<string, string, FieldOptions>({
  fallback: '',
  shape: () => ({ kind: 'string', nullableSince: null }),
  compile: (wire) => notNull(textCodec(wire), ''),
})

export const nullableString = fieldConstructor<string | null, string | null, NullableFieldOptions>({
  fallback: null,
  shape: ({ nullableSince = 0 }) => ({ kind: 'string', nullableSince }),
  compile: (wire, options) => nullableFrom(textCodec(wire), wire, options, ''),
})

export const bytes = fieldConstructor<Buffer, Uint8Array, FieldOptions>({
  fallback: EMPTY_BYTES,
  shape: () => ({ kind: 'bytes', nullableSince: null }),
  compile: (wire) => notNull(bytesCodec(wire), EMPTY_BYTES),
})

export const nullableBytes = fieldConstructor<Buffer | null, Uint8Array | null, NullableFieldOptions>({
  fallback: null,
  shape: ({ nullableSince = 0 }) => ({ kind: 'bytes', nullableSince }),
  compile: (wire, options) => nullableFrom(bytesCodec(wire), wire, options, EMPTY_BYTES),
})

/** Kafka's type "records": record batches, passed through untouched; may be given in pieces that follow each other. */
export const records = fieldConstructor<Buffer | null, Uint8Array | readonly Uint8Array[] | null, FieldOptions>({
  fallback: null,
  shape: () => ({ kind: 'bytes', nullableSince: 0 }),
  compile: recordsCodec,
})

/** Left out, it is empty. */
export function array<Out extends In, In>(
  element: Field<Out, In>,
  options: FieldOptions = {},
): Field<readonly Out[], readonly In[], true> {
  const construct = fieldConstructor<readonly Out[], readonly In[], FieldOptions>({
    fallback: [],
    shape: () => ({ kind: 'array', nullableSince: null, element }),
    compile: (wire) => notNull(arrayCodec(element, wire), []),
  })
  return construct({ default: [], ...options })
}

/** Null means something of its own, such as "all topics". Left out, it is null. */
export function nullableArray<Out extends In, In>(
  element: Field<Out, In>,
  options: NullableFieldOptions = {},
): Field<readonly Out[] | null, readonly In[] | null, true> {
  const construct = fieldConstructor<readonly Out[] | null, readonly In[] | null, NullableFieldOptions>({
    fallback: null,
    shape: ({ nullableSince = 0 }) => ({ kind: 'array', nullableSince, element }),
    compile: (wire, given) => nullableFrom(arrayCodec(element, wire), wire, given, []),
  })
  return construct({ default: null, ...options })
}
