import type { AnyField, Codec, Field, WireVersion } from './codec.ts'
import type { FieldOptions } from './field.ts'
import { ProtocolError } from './protocol-error.ts'
import type { Reader } from './reader.ts'
import { Writer } from './writer.ts'

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

/** A field with its codec for one version; null when that version lacks it. */
interface Member {
  readonly name: string
  readonly fallback: unknown
  readonly codec: Codec<unknown> | null
}

interface PresentMember extends Member {
  readonly codec: Codec<unknown>
}

interface TaggedMember extends PresentMember {
  readonly tag: number
}

/**
 * A structure of named fields in wire order; its codec for a version knows only the fields of that version. As a
 * tagged field it may be left out by the one who writes.
 */
export function struct<F extends Fields, const O extends FieldOptions = FieldOptions>(
  fields: F,
  options?: O,
): Field<Values<F>, Draft<F>, O extends { tag: number } ? true : false> {
  const { since = 0, until = Number.POSITIVE_INFINITY, tag }: FieldOptions = options ?? {}
  const fallback = Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, field.fallback]))
  return {
    since,
    until,
    tag,
    // The entries of an object with the keys of F are an object with the keys of F; TypeScript cannot follow that.
    fallback: fallback as Values<F>,
    optional: (tag !== undefined) as O extends { tag: number } ? true : false,
    shape: { kind: 'struct', fields },
    compile: (wire) => structCodec(fields, wire) as Codec<Values<F>, Draft<F>>,
  }
}

function structCodec(fields: Fields, wire: WireVersion): Codec<Record<string, unknown>> {
  const members = Object.entries(fields).map(([name, field]) => memberOf(name, field, wire))
  const tagged = members.filter(isTagged).sort((a, b) => a.tag - b.tag)
  const plain = members.filter((member) => !isTagged(member)).filter(isPresent)
  const ownBytes = wire.flexible ? 1 : 0
  // Copied for each structure read: all fields are there, in the same order for every version.
  const blank = Object.fromEntries(members.map(({ name, fallback }) => [name, fallback]))
  return {
    minBytes: plain.reduce((sum, { codec }) => sum + codec.minBytes, ownBytes),
    read(reader) {
      const values = { ...blank }
      for (const { name, codec } of plain) values[name] = codec.read(reader)
      if (wire.flexible) readTags(reader, tagged, values)
      return values
    },
    write(writer, values) {
      for (const { name, codec, fallback } of plain) {
        const value = values[name]
        codec.write(writer, value === undefined ? fallback : value)
      }
      if (wire.flexible) writeTags(writer, tagged, values)
    },
  }
}

function memberOf(name: string, field: AnyField, wire: WireVersion): Member | TaggedMember {
  const { since, until, tag, fallback } = field
  const isPresent = wire.version >= since && wire.version <= until && (tag === undefined || wire.flexible)
  // What may be written is checked by the type of the structure.
  const codec = isPresent ? (field.compile(wire) as Codec<unknown>) : null
  return codec === null || tag === undefined ? { name, fallback, codec } : { name, fallback, codec, tag }
}

function isPresent(member: Member): member is PresentMember {
  return member.codec !== null
}

function isTagged(member: Member | TaggedMember): member is TaggedMember {
  return 'tag' in member
}

function readTags(reader: Reader, tagged: readonly TaggedMember[], values: Record<string, unknown>): void {
  const count = reader.unsignedVarint()
  for (let i = 0; i < count; i += 1) {
    const tag = reader.unsignedVarint()
    const size = reader.unsignedVarint()
    const end = reader.position + size
    const member = tagged.find((candidate) => candidate.tag === tag)
    if (member === undefined) {
      reader.take(size)
      continue
    }
    values[member.name] = member.codec.read(reader)
    if (reader.position !== end) throw new ProtocolError('bad-length', `tagged field ${tag} is not ${size} bytes long`)
  }
}

function writeTags(writer: Writer, tagged: readonly TaggedMember[], values: Readonly<Record<string, unknown>>): void {
  if (tagged.length === 0) return writer.unsignedVarint(0)
  const given = tagged.filter(({ name, fallback }) => !isSame(values[name] ?? fallback, fallback))
  writer.unsignedVarint(given.length)
  for (const { name, tag, codec } of given) {
    const body = new Writer(64)
    codec.write(body, values[name])
    writer.unsignedVarint(tag)
    writer.unsignedVarint(body.size)
    for (const chunk of body.chunks()) writer.bytes(chunk)
  }
}

/** Whether a value is its field's fallback, which is a primitive, an empty array or a structure of these. */
function isSame(value: unknown, fallback: unknown): boolean {
  if (value === fallback) return true
  if (Array.isArray(value) && Array.isArray(fallback)) return value.length === 0 && fallback.length === 0
  if (!isRecord(value) || !isRecord(fallback)) return false
  return Object.entries(fallback).every(([name, part]) => isSame(value[name] ?? part, part))
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}
