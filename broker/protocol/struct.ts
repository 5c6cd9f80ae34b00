import type { Codec, Field, FieldOptions, WireVersion } from './field.ts'
import { ProtocolError } from './protocol-error.ts'
import type { Reader } from './reader.ts'
import { Writer } from './writer.ts'

/** Any field at all: something is read from it; what may be written is its own business. */
type AnyField = Field<unknown, never>
type Fields = Readonly<Record<string, AnyField>>
type Read<F> = F extends Field<infer Out, never> ? Out : never
type Written<F> = F extends { compile(wire: WireVersion): { write(writer: Writer, value: infer In): void } }
  ? In
  : never

/** The structure as it is read: every field is there. */
export type Values<F> = { readonly [K in keyof F]: Read<F[K]> }

/** The structure as it may be given for writing: fields with a default may be left out. */
export type Draft<F> = { readonly [K in keyof F as F[K] extends { optional: true } ? never : K]: Written<F[K]> } & {
  readonly [K in keyof F as F[K] extends { optional: true } ? K : never]?: Written<F[K]>
}

/** What a message or a field reads as. */
export type Infer<F> = Read<F>
/** What may be given for a message or a field when it is written. */
export type InferDraft<F> = Written<F>

interface Member {
  readonly name: string
  readonly field: AnyField
  readonly codec: Codec<unknown, unknown>
}

/** A structure of named fields in wire order; its codec for a version knows only the fields of that version. */
export function struct<F extends Fields>(fields: F, options: FieldOptions = {}): Field<Values<F>, Draft<F>, false> {
  const fallback = Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, field.fallback]))
  return {
    since: options.since ?? 0,
    until: options.until ?? Number.POSITIVE_INFINITY,
    tag: options.tag,
    // The entries of an object with the keys of F are an object with the keys of F; TypeScript cannot follow that.
    fallback: fallback as Values<F>,
    optional: false,
    compile: (wire) => structCodec(fields, wire) as Codec<Values<F>, Draft<F>>,
  }
}

function structCodec(fields: Fields, wire: WireVersion): Codec<Record<string, unknown>> {
  const present: Member[] = Object.entries(fields)
    .filter(([, field]) => wire.version >= field.since && wire.version <= field.until)
    .map(([name, field]) => ({ name, field, codec: field.compile(wire) as Codec<unknown> }))
  const plain = present.filter(({ field }) => field.tag === undefined)
  const tagged = wire.flexible ? present.filter(({ field }) => field.tag !== undefined) : []
  const fallbacks = Object.fromEntries(
    Object.entries(fields)
      .filter(([name]) => !plain.some((member) => member.name === name))
      .map(([name, field]) => [name, field.fallback]),
  )
  return {
    read(reader) {
      const values: Record<string, unknown> = {}
      for (const { name, codec } of plain) values[name] = codec.read(reader)
      Object.assign(values, fallbacks)
      if (wire.flexible) readTags(reader, tagged, values)
      return values
    },
    write(writer, values) {
      for (const { name, field, codec } of plain) {
        const value = values[name]
        codec.write(writer, value === undefined ? field.fallback : value)
      }
      if (wire.flexible) writeTags(writer, tagged, values)
    },
  }
}

function readTags(reader: Reader, tagged: readonly Member[], values: Record<string, unknown>): void {
  const count = reader.unsignedVarint()
  if (count > reader.remaining) throw new ProtocolError('bad-length', `${count} tagged fields announced`)
  for (let i = 0; i < count; i += 1) {
    const tag = reader.unsignedVarint()
    const size = reader.unsignedVarint()
    const end = reader.position + size
    const member = tagged.find(({ field }) => field.tag === tag)
    if (member === undefined) {
      reader.take(size)
      continue
    }
    values[member.name] = member.codec.read(reader)
    if (reader.position !== end) throw new ProtocolError('bad-length', `tagged field ${tag} is not ${size} bytes long`)
  }
}

function writeTags(writer: Writer, tagged: readonly Member[], values: Readonly<Record<string, unknown>>): void {
  const given = tagged.filter(({ name, field }) => !isFallback(values[name], field.fallback))
  writer.unsignedVarint(given.length)
  for (const { name, field, codec } of given) {
    const body = new Writer(64)
    codec.write(body, values[name])
    writer.unsignedVarint(field.tag ?? 0)
    writer.unsignedVarint(body.size)
    for (const chunk of body.chunks()) writer.bytes(chunk)
  }
}

function isFallback(value: unknown, fallback: unknown): boolean {
  if (value === undefined || value === fallback) return true
  return Array.isArray(value) && Array.isArray(fallback) && value.length === 0 && fallback.length === 0
}
