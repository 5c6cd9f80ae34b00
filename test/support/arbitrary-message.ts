import * as fc from 'fast-check'
import type { Api } from '../../broker/protocol/api.ts'
import type { AnyField, PrimitiveKind, WireVersion } from '../../broker/protocol/codec.ts'
import { MAX_INT64, Reader } from '../../broker/protocol/reader.ts'
import { Writer } from '../../broker/protocol/writer.ts'

/** One message of an API in one version: what the property tests go through. */
export interface MessageKind {
  readonly name: string
  readonly field: AnyField
  readonly wire: WireVersion
  readonly read: (bytes: Buffer) => unknown
  readonly write: (message: unknown) => Buffer
}

/** Requests and responses of an API in all versions. */
export function messageKinds(api: Api): readonly MessageKind[] {
  const versions = Array.from({ length: api.maxVersion - api.minVersion + 1 }, (_, i) => api.minVersion + i)
  return versions.flatMap((version) => {
    const wire = { version, flexible: api.isFlexible(version) }
    const writing = (write: (writer: Writer) => void): Buffer => {
      const writer = new Writer()
      write(writer)
      return writer.toBuffer()
    }
    return [
      {
        name: `${api.name} request ${version}`,
        field: api.request,
        wire,
        read: (bytes: Buffer) => api.readRequest(version, new Reader(bytes)),
        // The table of all APIs has lost their types; the values are made of the descriptions.
        write: (message: unknown) => writing((writer) => api.writeRequest(version, writer, message as never)),
      },
      {
        name: `${api.name} response ${version}`,
        field: api.response,
        wire,
        read: (bytes: Buffer) => api.readResponse(version, new Reader(bytes)),
        write: (message: unknown) => writing((writer) => api.writeResponse(version, writer, message as never)),
      },
    ]
  })
}

const PRIMITIVES: Readonly<Record<PrimitiveKind, fc.Arbitrary<unknown>>> = {
  boolean: fc.boolean(),
  int8: integer(8),
  int16: integer(16),
  int32: integer(32),
  int64: fc.oneof(fc.maxSafeInteger(), fc.constantFrom(-1, 2 ** 32, -(2 ** 32), -(2 ** 63), MAX_INT64)),
  uuid: fc.uuid(),
}

/** Any value of a field as it reads in this version: what the version lacks is there with its fallback. */
export function arbitraryValue({ shape }: AnyField, wire: WireVersion): fc.Arbitrary<unknown> {
  if (shape.kind === 'struct') {
    const members = Object.entries(shape.fields).map(([name, field]) => [name, arbitraryMember(field, wire)] as const)
    return fc.record(Object.fromEntries(members))
  }
  if (!('nullableSince' in shape)) return PRIMITIVES[shape.kind]
  const value =
    shape.kind === 'array'
      ? fc.array(arbitraryValue(shape.element, wire), { maxLength: 3 })
      : shape.kind === 'string'
        ? fc.string({ unit: 'binary', maxLength: 150 })
        : fc.uint8Array({ maxLength: 5000 }).map((bytes) => Buffer.from(bytes))
  const mayBeNull = shape.nullableSince !== null && wire.version >= shape.nullableSince
  return mayBeNull ? fc.option<unknown>(value, { nil: null, freq: 4 }) : value
}

function arbitraryMember(field: AnyField, wire: WireVersion): fc.Arbitrary<unknown> {
  const isPresent = wire.version >= field.since && wire.version <= field.until
  if (!isPresent || (field.tag !== undefined && !wire.flexible)) return fc.constant(field.fallback)
  const value = arbitraryValue(field, wire)
  return field.tag === undefined ? value : fc.oneof(value, fc.constant(field.fallback))
}

function integer(bits: number): fc.Arbitrary<number> {
  return fc.integer({ min: -(2 ** (bits - 1)), max: 2 ** (bits - 1) - 1 })
}
