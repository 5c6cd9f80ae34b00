import { describe, expect, test } from 'vitest'
import type { Api } from '../../../../broker/protocol/api.ts'
import { APIS } from '../../../../broker/protocol/apis.ts'
import type { AnyField } from '../../../../broker/protocol/codec.ts'
import {
  covers,
  kafkaDefaults,
  kafkaFields,
  type KafkaMessage,
  parseVersions,
  readKafkaMessage,
  type WireField,
} from '../../../support/kafka-message-json.ts'

/**
 * Compares every description with Kafka's own, version by version. Kafka's files are in the folder `common/message` of
 * org.apache.kafka:kafka-clients; they are not part of this repository. Passed with those of 3.9.1 and of 4.3.1.
 */
const folder = process.env['KAFKA_MESSAGES_DIR']

const messages = APIS.flatMap((api) => [
  { name: `${api.name}Request`, api, described: api.request },
  { name: `${api.name}Response`, api, described: api.response },
])

/** What the description says of one version, in the words of Kafka's. */
function describedFields(field: AnyField, version: number, flexible: boolean): readonly WireField[] {
  const { shape } = field
  if (shape.kind === 'array') return describedFields(shape.element, version, flexible)
  if (shape.kind !== 'struct') return []
  return Object.entries(shape.fields)
    .filter(([, part]) => covers([part.since, part.until], version) && (part.tag === undefined || flexible))
    .map(([name, part]) => ({
      name,
      type: typeName(part),
      nullable: isNullable(part, version),
      tag: part.tag ?? null,
      fields: describedFields(part, version, flexible),
    }))
}

function typeName({ shape }: AnyField): string {
  if (shape.kind === 'array') return `[]${typeName(shape.element)}`
  return shape.kind === 'boolean' ? 'bool' : shape.kind
}

function isNullable({ shape }: AnyField, version: number): boolean {
  return 'nullableSince' in shape && shape.nullableSince !== null && version >= shape.nullableSince
}

/** Fallbacks that matter, by path: of fields that are tagged or that some spoken version lacks. */
function fallbacks(api: Api, field: AnyField, path = ''): readonly (readonly [path: string, fallback: unknown])[] {
  const { shape } = field
  if (shape.kind === 'array') return fallbacks(api, shape.element, path)
  if (shape.kind !== 'struct') return []
  return Object.entries(shape.fields).flatMap(([name, part]) => {
    const at = `${path}${name}`
    if (part.shape.kind === 'array' || part.shape.kind === 'struct') return fallbacks(api, part, `${at}.`)
    const isAlwaysThere = part.tag === undefined && part.since <= api.minVersion && part.until >= api.maxVersion
    return isAlwaysThere ? [] : [[at, part.fallback] as const]
  })
}

function commonVersions(api: Api, message: KafkaMessage): readonly number[] {
  const range = parseVersions(message.validVersions)
  return Array.from({ length: api.maxVersion - api.minVersion + 1 }, (_, i) => api.minVersion + i).filter((version) =>
    covers(range, version),
  )
}

describe.skipIf(folder === undefined)(
  "Kafka's message JSON (KAFKA_MESSAGES_DIR names the folder, else skipped)",
  () => {
    test.for(messages)('$name', ({ name, api, described }) => {
      const message = readKafkaMessage(folder ?? '', name)
      expect(api.key).toBe(message.apiKey)
      const versions = commonVersions(api, message)
      expect(versions.length, 'versions in common').toBeGreaterThan(0)
      const flexibleVersions = parseVersions(message.flexibleVersions)
      for (const version of versions) {
        expect(api.isFlexible(version), `version ${version} is flexible`).toBe(covers(flexibleVersions, version))
        const ours = describedFields(described, version, api.isFlexible(version))
        expect(ours, `version ${version}`).toEqual(kafkaFields(message, version))
      }
      const defaults = kafkaDefaults(message)
      for (const [path, fallback] of fallbacks(api, described)) {
        if (defaults.has(path)) expect(fallback, path).toEqual(defaults.get(path))
      }
    })
  },
)
