import { isJsonObject, type Json, type JsonObject } from '../../schemas/json.ts'

/** A setting of a plugin, as `describe` shows it. */
export interface ConfigField {
  /** Such as `rotate.every`. */
  readonly name: string
  /** What may be written there, in words: `duration`, `json | ndjson`, `list of text`. */
  readonly type: string
  /** As it would be written; undefined when there is none. */
  readonly standard: Json | undefined
  readonly required: boolean
  readonly description: string
}

export interface ConfigShape {
  /** What the whole may be: `map` where it has fields only. */
  readonly type: string
  readonly description: string
  readonly fields: readonly ConfigField[]
}

/** Words for the shapes of values that JSON Schema knows by their patterns only. */
const PATTERNS: readonly (readonly [part: string, type: string])[] = [
  ['(?:ms|s|m|h|d|w)', 'duration'],
  ['KiB|MiB', 'size'],
]

const TYPES: ReadonlyMap<string, string> = new Map([
  ['integer', 'whole number'],
  ['number', 'number'],
  ['boolean', 'true | false'],
  ['null', 'null'],
  ['object', 'map'],
])

/** How deep fields of fields are shown; recursive shapes end here, too. */
const MAX_DEPTH = 4

/** Reads the JSON Schema of a config (what a user writes) into words. */
export function describeConfig(schema: JsonObject): ConfigShape {
  const read = new SchemaWords(schema)
  return {
    type: read.typeOf(schema, 0),
    description: textOf(schema['description']),
    fields: read.fieldsOf(schema, '', 0),
  }
}

class SchemaWords {
  readonly #root: JsonObject

  constructor(root: JsonObject) {
    this.#root = root
  }

  fieldsOf(schema: JsonObject, prefix: string, depth: number): readonly ConfigField[] {
    if (depth > MAX_DEPTH) return []
    return this.#alternatives(schema).flatMap((alternative) => {
      const properties = objectOf(alternative['properties'])
      const required = Array.isArray(alternative['required']) ? alternative['required'] : []
      return Object.entries(properties).flatMap(([key, value]) => {
        const property = objectOf(value)
        const name = `${prefix}${key}`
        const field = {
          name,
          type: this.typeOf(property, depth),
          standard: property['default'],
          required: required.includes(key) && property['default'] === undefined,
          description: textOf(property['description']),
        }
        return [field, ...this.fieldsOf(property, `${name}.`, depth + 1)]
      })
    })
  }

  typeOf(schema: JsonObject, depth: number): string {
    if (depth > MAX_DEPTH) return 'anything'
    const alternatives = this.#alternatives(schema)
    if (alternatives.length > 1) {
      return [...new Set(alternatives.map((alternative) => this.typeOf(alternative, depth + 1)))].join(' | ')
    }
    const [only = schema] = alternatives
    if (Array.isArray(only['enum'])) return only['enum'].map(wordOf).join(' | ')
    if (only['const'] !== undefined) return wordOf(only['const'])
    const type = textOf(only['type'])
    if (type === 'string') return textType(only)
    if (type === 'array') return `list of ${this.typeOf(objectOf(only['items']), depth + 1)}`
    return TYPES.get(type) ?? 'anything'
  }

  /** The schema itself, or each of those that it offers. */
  #alternatives(schema: JsonObject, depth = 0): readonly JsonObject[] {
    if (depth > MAX_DEPTH) return [schema]
    const reference = schema['$ref']
    if (typeof reference === 'string') return this.#alternatives(this.#resolve(reference), depth + 1)
    const offered = schema['anyOf'] ?? schema['oneOf']
    if (!Array.isArray(offered)) return [schema]
    return offered.filter(isJsonObject).flatMap((alternative) => this.#alternatives(alternative, depth + 1))
  }

  #resolve(reference: string): JsonObject {
    let target: unknown = this.#root
    for (const part of reference.split('/').slice(1)) target = isJsonObject(target) ? target[part] : undefined
    return objectOf(target)
  }
}

function textType(schema: JsonObject): string {
  if (schema['writeOnly'] === true) return 'secret'
  if (schema['format'] === 'date-time') return 'time'
  if (schema['format'] === 'date') return 'date'
  const pattern = textOf(schema['pattern'])
  return PATTERNS.find(([part]) => pattern.includes(part))?.[1] ?? 'text'
}

function wordOf(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}

function textOf(value: Json | undefined): string {
  return typeof value === 'string' ? value : ''
}

function objectOf(value: unknown): JsonObject {
  return isJsonObject(value) ? value : {}
}
