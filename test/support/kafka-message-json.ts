import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ZERO_UUID } from '../../broker/protocol/field.ts'
import { MAX_INT64 } from '../../broker/protocol/reader.ts'

/** A field as Kafka's message JSON describes it (apache/kafka clients/src/main/resources/common/message/README.md). */
interface KafkaField {
  readonly name: string
  readonly type: string
  readonly versions: string
  readonly nullableVersions?: string
  readonly taggedVersions?: string
  readonly tag?: number
  readonly default?: string | number | boolean
  readonly fields?: readonly KafkaField[]
}

export interface KafkaMessage {
  readonly apiKey: number
  readonly validVersions: string
  readonly flexibleVersions: string
  readonly fields: readonly KafkaField[]
  readonly commonStructs?: readonly { readonly name: string; readonly fields: readonly KafkaField[] }[]
}

/** What one version of a message looks like, whoever described it. */
export interface WireField {
  readonly name: string
  /** As Kafka writes it, `[]` in front of arrays; a structure is `struct`. */
  readonly type: string
  readonly nullable: boolean
  readonly tag: number | null
  readonly fields: readonly WireField[]
}

export type VersionRange = readonly [min: number, max: number]

export function readKafkaMessage(folder: string, name: string): KafkaMessage {
  const text = readFileSync(join(folder, `${name}.json`), 'utf8')
  return JSON.parse(text.replaceAll(/^\s*\/\/.*$/gm, '')) as KafkaMessage
}

/** Reads `3`, `1-4`, `2+` and `none`. */
export function parseVersions(text: string | undefined): VersionRange {
  const [, min, more] = /^(\d+)(\+|-\d+)?$/.exec(text ?? 'none') ?? []
  if (min === undefined) return [0, -1]
  if (more === '+') return [Number(min), Number.POSITIVE_INFINITY]
  return [Number(min), more === undefined ? Number(min) : Number(more.slice(1))]
}

export function covers([min, max]: VersionRange, version: number): boolean {
  return version >= min && version <= max
}

/** The fields that a version has, in wire order, tagged ones by their number. */
export function kafkaFields(message: KafkaMessage, version: number): readonly WireField[] {
  const common = new Map(message.commonStructs?.map(({ name, fields }) => [name, fields]))
  const flexible = covers(parseVersions(message.flexibleVersions), version)
  const convert = (fields: readonly KafkaField[]): readonly WireField[] =>
    fields
      .filter(({ versions }) => covers(parseVersions(versions), version))
      .map((field) => {
        const { element, brackets } = splitType(field.type)
        const parts = field.fields ?? common.get(element)
        return {
          name: fieldName(field.name),
          type: brackets + (parts === undefined ? wireType(element) : 'struct'),
          nullable: covers(parseVersions(field.nullableVersions), version),
          tag: flexible && covers(parseVersions(field.taggedVersions), version) ? (field.tag ?? null) : null,
          fields: parts === undefined ? [] : convert(parts),
        }
      })
  return convert(message.fields)
}

/** Defaults of all fields, however deep, by their path; only of those that have one of their own or cannot be null. */
export function kafkaDefaults(message: KafkaMessage): ReadonlyMap<string, unknown> {
  const common = new Map(message.commonStructs?.map(({ name, fields }) => [name, fields]))
  const defaults = new Map<string, unknown>()
  const walk = (fields: readonly KafkaField[], path: string): void => {
    for (const field of fields) {
      const { element, brackets } = splitType(field.type)
      const parts = field.fields ?? common.get(element)
      const at = `${path}${fieldName(field.name)}`
      if (parts !== undefined) walk(parts, `${at}.`)
      else if (brackets === '' && (field.default !== undefined || field.nullableVersions === undefined)) {
        defaults.set(at, parseDefault(wireType(element), field.default))
      }
    }
  }
  walk(message.fields, '')
  return defaults
}

function parseDefault(type: string, given: KafkaField['default']): unknown {
  if (given === 'null') return null
  if (type === 'bool') return String(given ?? false) === 'true'
  if (type.startsWith('int')) return Math.min(Number(given ?? 0), MAX_INT64)
  return given ?? (type === 'uuid' ? ZERO_UUID : '')
}

function splitType(type: string): { readonly element: string; readonly brackets: string } {
  return type.startsWith('[]') ? { element: type.slice(2), brackets: '[]' } : { element: type, brackets: '' }
}

/** Records stand on the wire as bytes do. */
function wireType(type: string): string {
  return type === 'records' ? 'bytes' : type
}

/** Kafka's JSON writes most names with a capital, its Java code none. */
function fieldName(name: string): string {
  return name.charAt(0).toLowerCase() + name.slice(1)
}
