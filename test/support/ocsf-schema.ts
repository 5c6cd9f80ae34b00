import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Ajv2020 } from 'ajv/dist/2020.js'

/** OCSF's own schema source, beside the repository; tests that need it are skipped by name where it is absent. */
export const OCSF_SOURCE = fileURLToPath(new URL('../../../shared/reference/ocsf-1.8.0', import.meta.url))
export const HAS_OCSF_SOURCE = existsSync(OCSF_SOURCE)

interface Attribute {
  readonly type?: string
  readonly is_array?: boolean
  readonly requirement?: string
  readonly enum?: Readonly<Record<string, { readonly caption: string }>>
  readonly sibling?: string
  readonly profile?: string | null
  readonly observable?: number
  readonly '@deprecated'?: object
}

interface Item {
  readonly name: string
  readonly caption: string
  readonly extends?: string
  readonly category?: string
  readonly uid?: number
  readonly observable?: number
  readonly attributes: Readonly<Record<string, Attribute>>
  readonly constraints?: Readonly<Record<string, readonly string[]>>
}

interface Scalar {
  readonly type?: string
  readonly regex?: string
  readonly max_len?: number
  readonly range?: readonly [number, number]
  readonly observable?: number
}

type Schema = Readonly<Record<string, unknown>>

const PRIMITIVES: Readonly<Record<string, Schema>> = {
  string_t: { type: 'string' },
  integer_t: { type: 'integer', minimum: -(2 ** 31), maximum: 2 ** 31 - 1 },
  long_t: { type: 'integer' },
  float_t: { type: 'number' },
  boolean_t: { type: 'boolean' },
  json_t: {},
}

/**
 * Compiles OCSF's schema language to JSON Schema: strict, so that an attribute that the schema does not have, one that
 * is deprecated and one of a profile that is not applied are all errors.
 */
class OcsfCompiler {
  readonly #dictionary: Readonly<Record<string, Attribute>>
  readonly #scalars: Readonly<Record<string, Scalar>>
  readonly #categories: Readonly<Record<string, { readonly uid: number; readonly caption: string }>>
  readonly #events: ReadonlyMap<string, Item>
  readonly #objects: ReadonlyMap<string, Item>
  readonly #definitions = new Map<string, Schema>()

  constructor() {
    const dictionary = readJson('dictionary.json') as {
      attributes: Record<string, Attribute>
      types: { attributes: Record<string, Scalar> }
    }
    this.#dictionary = dictionary.attributes
    this.#scalars = dictionary.types.attributes
    const categories = readJson('categories.json') as { attributes: Record<string, { uid: number; caption: string }> }
    this.#categories = categories.attributes
    this.#events = readItems('events')
    this.#objects = readItems('objects')
  }

  /** The schema of an event class, with the objects it uses under `$defs`. */
  classSchema(name: string): Schema {
    const item = this.resolve(this.#events, name)
    const category = this.#categories[item.category ?? ''] ?? { uid: 0, caption: '' }
    const uid = category.uid * 1_000 + (item.uid ?? 0)
    const activities = Object.keys(this.attributesOf(item)['activity_id']?.enum ?? {}).map(Number)
    const fixed: Readonly<Record<string, Schema>> = {
      category_uid: { const: category.uid },
      category_name: { const: category.caption },
      class_uid: { const: uid },
      class_name: { const: item.caption },
      type_uid: { enum: activities.map((activity) => uid * 100 + activity) },
    }
    const schema = this.#schemaOf(item, fixed)
    return {
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      ...schema,
      $defs: Object.fromEntries(this.#definitions),
    }
  }

  /** Attributes of an item with what the dictionary says of them, without those that are not to be used. */
  attributesOf(item: Item): Readonly<Record<string, Attribute>> {
    const attributes: Record<string, Attribute> = {}
    for (const [name, own] of Object.entries(item.attributes)) {
      if (name === '$include' || typeof own.profile === 'string') continue
      const known = this.#dictionary[name] ?? {}
      if (known['@deprecated'] !== undefined || own['@deprecated'] !== undefined) continue
      attributes[name] = {
        ...known,
        ...own,
        ...(known.enum || own.enum ? { enum: { ...known.enum, ...own.enum } } : {}),
      }
    }
    return attributes
  }

  event(name: string): Item {
    return this.resolve(this.#events, name)
  }

  object(name: string): Item | undefined {
    return this.#objects.has(name) ? this.resolve(this.#objects, name) : undefined
  }

  resolve(items: ReadonlyMap<string, Item>, name: string): Item {
    const item = items.get(name)
    if (item === undefined) throw new Error(`OCSF has no ${name}`)
    if (item.extends === undefined) return item
    const parent = this.resolve(items, item.extends)
    const attributes: Record<string, Attribute> = { ...parent.attributes }
    for (const [attribute, own] of Object.entries(item.attributes)) {
      const inherited = attributes[attribute]
      attributes[attribute] = {
        ...inherited,
        ...own,
        ...(own.enum ? { enum: { ...inherited?.enum, ...own.enum } } : {}),
      }
    }
    return { ...parent, ...item, attributes, constraints: item.constraints ?? parent.constraints ?? {} }
  }

  #schemaOf(item: Item, fixed: Readonly<Record<string, Schema>> = {}): Schema {
    const attributes = this.attributesOf(item)
    const names = Object.keys(attributes)
    if (names.length === 0) return { type: 'object' }
    const { at_least_one: some, just_one: one } = item.constraints ?? {}
    return {
      type: 'object',
      properties: Object.fromEntries(
        Object.entries(attributes).map(([name, attribute]) => [
          name,
          fixed[name] ?? this.#attributeSchema(item, name, attribute),
        ]),
      ),
      required: names.filter((name) => attributes[name]?.requirement === 'required'),
      additionalProperties: false,
      ...(some ? { anyOf: some.map((name) => ({ required: [name] })) } : {}),
      ...(one ? { oneOf: one.map((name) => ({ required: [name] })) } : {}),
    }
  }

  #attributeSchema(item: Item, name: string, attribute: Attribute): Schema {
    const single = this.#enumOf(item, name, attribute) ?? this.#typeSchema(attribute.type ?? '')
    return attribute.is_array ? { type: 'array', items: single } : single
  }

  #enumOf(item: Item, name: string, { enum: values, type }: Attribute): Schema | undefined {
    if (values === undefined) return undefined
    if (type !== 'integer_t') return { enum: Object.keys(values) }
    const numbers = Object.keys(values).map(Number)
    return { enum: item.name === 'observable' && name === 'type_id' ? [...numbers, ...this.#observables()] : numbers }
  }

  #observables(): readonly number[] {
    const sources = [...Object.values(this.#scalars), ...this.#objects.values(), ...Object.values(this.#dictionary)]
    return sources.flatMap(({ observable }) => observable ?? [])
  }

  #typeSchema(type: string): Schema {
    const scalar = this.#scalars[type]
    if (scalar !== undefined) {
      return {
        ...(PRIMITIVES[type] ?? this.#typeSchema(scalar.type ?? '')),
        ...(scalar.regex ? { pattern: scalar.regex } : {}),
        ...(scalar.max_len ? { maxLength: scalar.max_len } : {}),
        ...(scalar.range ? { minimum: scalar.range[0], maximum: scalar.range[1] } : {}),
      }
    }
    const item = this.object(type)
    if (item === undefined) throw new Error(`OCSF has no type ${type}`)
    if (!this.#definitions.has(type)) {
      this.#definitions.set(type, {})
      this.#definitions.set(type, this.#schemaOf(item))
    }
    return { $ref: `#/$defs/${type}` }
  }
}

export interface OcsfJudge {
  /** What is wrong with an event of a class; empty when nothing is. */
  faults(className: string, event: unknown): readonly string[]
}

export function createOcsfJudge(): OcsfJudge {
  const validators = new Map<string, ReturnType<Ajv2020['compile']>>()
  return {
    faults(className, event) {
      let validate = validators.get(className)
      if (validate === undefined) {
        validate = new Ajv2020({ allErrors: true, strict: false }).compile(new OcsfCompiler().classSchema(className))
        validators.set(className, validate)
      }
      const compiler = siblings
      const faults = validate(event)
        ? []
        : (validate.errors ?? []).map((e) => `${e.instancePath} ${e.message} ${JSON.stringify(e.params)}`)
      return [...faults, ...siblingFaults(compiler(), compiler().event(className), event, '')]
    },
  }
}

let shared: OcsfCompiler | undefined
function siblings(): OcsfCompiler {
  shared ??= new OcsfCompiler()
  return shared
}

/** A number with a meaning (`severity_id: 4`) and the word beside it (`severity: High`) must agree, except for Other. */
function siblingFaults(compiler: OcsfCompiler, item: Item, value: unknown, path: string): readonly string[] {
  if (typeof value !== 'object' || value === null) return []
  const fields = value as Readonly<Record<string, unknown>>
  return Object.entries(compiler.attributesOf(item)).flatMap(([name, attribute]) => {
    const held = fields[name]
    if (held === undefined) return []
    const nested = attribute.enum === undefined ? compiler.object(attribute.type ?? '') : undefined
    if (nested !== undefined) {
      const elements = Array.isArray(held) ? held : [held]
      return elements.flatMap((element, index) => siblingFaults(compiler, nested, element, `${path}/${name}/${index}`))
    }
    const caption = attribute.enum?.[JSON.stringify(held)]?.caption
    const word = attribute.sibling === undefined ? undefined : fields[attribute.sibling]
    if (caption === undefined || word === undefined || held === 99 || attribute.sibling === 'type_name') return []
    return word === caption
      ? []
      : [`${path}/${name} is ${JSON.stringify(held)} (${caption}) beside ${JSON.stringify(word)}`]
  })
}

function readItems(folder: string): ReadonlyMap<string, Item> {
  const items = readdirSync(join(OCSF_SOURCE, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.json'))
    .map((path) => readJson(join(folder, path)) as Item)
  return new Map(items.map((item) => [item.name, item]))
}

function readJson(path: string): unknown {
  return JSON.parse(readFileSync(join(OCSF_SOURCE, path), 'utf8'))
}
