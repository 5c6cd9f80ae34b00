import { z } from 'zod'
import { isJsonObject, type JsonObject } from '../../schemas/json.ts'
import { StoplogError } from '../../schemas/stoplog-error.ts'
import type { Path } from './diagnostic.ts'

/**
 * What a config schema says about the places of a document, whatever the value there is: which keys it knows, what is
 * secret. Read from its JSON Schema, which sees through defaults, unions and transforms.
 */
export class SchemaView {
  readonly json: JsonObject

  /** Throws when a schema has no JSON Schema. */
  constructor(schema: z.ZodType) {
    this.json = toInputSchema(schema)
  }

  /** Keys that a map at this path may have, as far as they are named. */
  keysAt(path: Path): readonly string[] {
    const keys = this.#at(path).flatMap((schema) => Object.keys(objectOf(schema['properties'])))
    return [...new Set(keys)]
  }

  /** True when the place, or one that holds it, is marked as secret. */
  isSecret(path: Path): boolean {
    return path.some((_, depth) => this.#isMarked(path.slice(0, depth))) || this.#isMarked(path)
  }

  /** The first sentence that the schema says about a place. */
  descriptionAt(path: Path): string | undefined {
    const texts = this.#at(path).map((schema) => schema['description'])
    return texts.find((text): text is string => typeof text === 'string')
  }

  /** False when keys that it does not name are let through. */
  get isStrict(): boolean {
    const objects = this.#at([]).filter((schema) => schema['type'] === 'object')
    return objects.every((schema) => schema['additionalProperties'] !== undefined)
  }

  #isMarked(path: Path): boolean {
    return this.#at(path).some((schema) => schema['writeOnly'] === true)
  }

  /** Every alternative that the schema has for a place. */
  #at(path: Path): readonly JsonObject[] {
    let alternatives = this.#alternatives(this.json)
    for (const part of path) {
      alternatives = alternatives.flatMap((schema) => this.#alternatives(memberOf(schema, part)))
    }
    return alternatives
  }

  #alternatives(schema: unknown, depth = 0): readonly JsonObject[] {
    if (!isJsonObject(schema) || depth > 16) return []
    const branches = ['anyOf', 'oneOf', 'allOf'].flatMap((word) => {
      const list = schema[word]
      return Array.isArray(list) ? list.flatMap((branch: unknown) => this.#alternatives(branch, depth + 1)) : []
    })
    return [schema, ...this.#alternatives(this.#resolve(schema['$ref']), depth + 1), ...branches]
  }

  #resolve(reference: unknown): unknown {
    if (typeof reference !== 'string' || !reference.startsWith('#')) return undefined
    let target: unknown = this.json
    for (const part of reference.split('/').slice(1)) target = isJsonObject(target) ? target[part] : undefined
    return target
  }
}

const views = new WeakMap<z.ZodType, SchemaView>()

/** The view of a schema, made once. */
export function viewOf(schema: z.ZodType): SchemaView {
  const view = views.get(schema) ?? new SchemaView(schema)
  views.set(schema, view)
  return view
}

/** JSON Schema of what a user writes, before defaults and conversions. What has no schema, such as a `Date`, is left open. */
export function toInputSchema(schema: z.ZodType, target: 'draft-2020-12' | 'draft-7' = 'draft-2020-12'): JsonObject {
  const json: unknown = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any', target })
  if (!isJsonObject(json)) throw new StoplogError('E_BUG', 'a schema that is no map')
  return json
}

function memberOf(schema: JsonObject, part: string | number): unknown {
  if (typeof part === 'number') {
    const items = schema['prefixItems']
    return Array.isArray(items) && part < items.length ? items[part] : schema['items']
  }
  const properties = objectOf(schema['properties'])
  return Object.hasOwn(properties, part) ? properties[part] : schema['additionalProperties']
}

function objectOf(value: unknown): JsonObject {
  return isJsonObject(value) ? value : {}
}
