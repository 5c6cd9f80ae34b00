import type { AnyField, Codec, Field, WireVersion } from './codec.ts'
import { ProtocolError } from './protocol-error.ts'
import type { Reader } from './reader.ts'
import type { Writer } from './writer.ts'

interface ApiDefinition<Req, ReqDraft, Res, ResDraft> {
  readonly key: number
  readonly name: string
  /** Versions we speak, in both directions. */
  readonly versions: readonly [min: number, max: number]
  /** First flexible version (KIP-482); null when there is none. */
  readonly flexibleSince: number | null
  readonly request: Field<Req, ReqDraft>
  readonly response: Field<Res, ResDraft>
  /** Its response keeps header version 0 for ever, so that a client can read it before it knows the versions. */
  readonly plainResponseHeader?: boolean
}

/** One API of the protocol: its number, its versions, and both of its messages in both directions. */
export interface Api<Req = unknown, ReqDraft = never, Res = unknown, ResDraft = never> {
  readonly key: number
  readonly name: string
  readonly minVersion: number
  readonly maxVersion: number
  /** Both messages as they were described, for programs that go through descriptions. */
  readonly request: AnyField
  readonly response: AnyField
  isFlexible(version: number): boolean
  /** 1, or 2 when flexible. */
  requestHeaderVersion(version: number): 1 | 2
  /** 0, or 1 when flexible. */
  responseHeaderVersion(version: number): 0 | 1
  /** Throws ProtocolError when the bytes are not exactly one request of this version. */
  readRequest(version: number, reader: Reader): Req
  writeRequest(version: number, writer: Writer, request: ReqDraft): void
  readResponse(version: number, reader: Reader): Res
  writeResponse(version: number, writer: Writer, response: ResDraft): void
}

export type RequestOf<A> = A extends { readRequest(version: number, reader: Reader): infer Req } ? Req : never
export type ResponseOf<A> = A extends { readResponse(version: number, reader: Reader): infer Res } ? Res : never
export type RequestDraftOf<A> = A extends { writeRequest(version: number, writer: Writer, request: infer D): void }
  ? D
  : never
export type ResponseDraftOf<A> = A extends { writeResponse(version: number, writer: Writer, response: infer D): void }
  ? D
  : never

/** Makes an API of its description. Codecs are compiled once per version, when it is first used. */
export function defineApi<Req, ReqDraft, Res, ResDraft>(
  definition: ApiDefinition<Req, ReqDraft, Res, ResDraft>,
): Api<Req, ReqDraft, Res, ResDraft> {
  const { key, name, versions, flexibleSince } = definition
  const isFlexible = (version: number): boolean => flexibleSince !== null && version >= flexibleSince
  const requestCodec = perVersion(definition.request, isFlexible)
  const responseCodec = perVersion(definition.response, isFlexible)
  return {
    key,
    name,
    minVersion: versions[0],
    maxVersion: versions[1],
    request: definition.request,
    response: definition.response,
    isFlexible,
    requestHeaderVersion: (version) => (isFlexible(version) ? 2 : 1),
    responseHeaderVersion: (version) => (isFlexible(version) && definition.plainResponseHeader !== true ? 1 : 0),
    readRequest: (version, reader) => readWhole(name, requestCodec(version), reader),
    writeRequest: (version, writer, value) => requestCodec(version).write(writer, value),
    readResponse: (version, reader) => readWhole(name, responseCodec(version), reader),
    writeResponse: (version, writer, value) => responseCodec(version).write(writer, value),
  }
}

function perVersion<Out, In>(
  field: Field<Out, In>,
  isFlexible: (version: number) => boolean,
): (version: number) => Codec<Out, In> {
  const compiled = new Map<number, Codec<Out, In>>()
  return (version) => {
    let codec = compiled.get(version)
    if (codec === undefined) {
      const wire: WireVersion = { version, flexible: isFlexible(version) }
      codec = field.compile(wire)
      compiled.set(version, codec)
    }
    return codec
  }
}

function readWhole<Out>(name: string, codec: { read(reader: Reader): Out }, reader: Reader): Out {
  const value = codec.read(reader)
  if (reader.remaining > 0) throw new ProtocolError('trailing-bytes', `${reader.remaining} bytes after ${name}`)
  return value
}
