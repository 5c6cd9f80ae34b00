import type { z } from 'zod'
import { isJsonObject, type Json, type JsonObject } from '../../schemas/json.ts'
import { onError, pipelineDocument } from '../../schemas/pipeline.ts'
import type { Plugin, Plugins } from './plugin-registry.ts'
import { toInputSchema } from './schema-view.ts'

/** A number, boolean or patterned text may also be filled in. */
const FILLED_IN = { type: 'string', pattern: '\\$\\{(env|file|var):' }

/** Steps and connectors of users, by file or package. */
const FOREIGN_STEP = '^(\\.{0,2}/|@)'

/**
 * The JSON Schema of a pipeline document, for editors: completion, descriptions and marks while one types. It knows
 * what the loader knows of shapes, and nothing of how nodes fit together. Draft 7, which editors for YAML read best.
 */
export function pipelineJsonSchema(plugins: Plugins): JsonObject {
  const definitions = new Map<string, Json>()
  const document = toDraft7(pipelineDocument)
  const step = stepSchema(plugins, definitions)
  const nodes = {
    sources: connectorSchema(memberSchema(document, 'sources'), plugins.sources, definitions),
    streams: nodeSchema(memberSchema(document, 'streams'), {}),
    sinks: connectorSchema(memberSchema(document, 'sinks'), plugins.sinks, definitions),
  }
  const properties = { ...objectAt(document, 'properties') }
  for (const [section, node] of Object.entries(nodes)) {
    properties[section] = { ...objectAt(properties, section), additionalProperties: node }
  }
  return {
    ...document,
    title: 'Stoplog pipeline',
    properties: fillableFields(properties),
    definitions: { step, ...Object.fromEntries(definitions) },
  }
}

/** What one node of a section looks like, without its plugin. */
function memberSchema(document: JsonObject, section: string): JsonObject {
  return objectAt(objectAt(objectAt(document, 'properties'), section), 'additionalProperties')
}

function nodeSchema(node: JsonObject, more: JsonObject): JsonObject {
  const properties = objectAt(node, 'properties')
  const steps = { ...objectAt(properties, 'steps'), items: { $ref: '#/definitions/step' } }
  return { ...node, properties: { ...properties, steps, ...more } }
}

/** `uses` decides what `with` may hold. */
function connectorSchema(node: JsonObject, plugins: readonly Plugin[], definitions: Map<string, Json>): JsonObject {
  const uses = {
    ...objectAt(objectAt(node, 'properties'), 'uses'),
    anyOf: [
      ...plugins.map(({ definition }) => ({ const: definition.type, description: definition.summary })),
      { type: 'string' },
    ],
  }
  const conditions = plugins.map((plugin): JsonObject => {
    const config = configSchema(plugin, definitions)
    const needsConfig = Array.isArray(config['required']) && config['required'].length > 0
    return {
      if: { properties: { uses: { const: plugin.definition.type } }, required: ['uses'] },
      // oxlint-disable-next-line unicorn/no-thenable -- a word of JSON Schema; nobody awaits it
      then: { properties: { with: config }, ...(needsConfig ? { required: ['with'] } : {}) },
    }
  })
  return { ...nodeSchema(node, { uses }), allOf: conditions }
}

function stepSchema({ processors }: Plugins, definitions: Map<string, Json>): JsonObject {
  const properties: Record<string, Json> = {}
  for (const plugin of processors) {
    const { type, summary } = plugin.definition
    properties[type] = { description: summary, allOf: [configSchema(plugin, definitions)] }
  }
  const names = processors
    .filter(({ definition }) => takesNothing(definition.config))
    .map(({ definition }) => definition.type)
  return {
    description: 'one step: its name, and behind it its config',
    anyOf: [
      {
        type: 'object',
        properties: { ...properties, on_error: fillable(withoutSchemaUri(toDraft7(onError))) },
        patternProperties: { [FOREIGN_STEP]: {} },
        additionalProperties: false,
        minProperties: 1,
        maxProperties: 2,
      },
      { type: 'string', anyOf: [...names.map((name) => ({ const: name })), { pattern: FOREIGN_STEP }] },
    ],
  }
}

/** True for a step that may stand as a word alone. */
function takesNothing(config: z.ZodType): boolean {
  return config.safeParse(undefined).success || config.safeParse({}).success
}

/** The config of one plugin; definitions of its own move to those of the document, under the plugin's name. */
function configSchema({ kind, definition }: Plugin, definitions: Map<string, Json>): JsonObject {
  const prefix = `${kind}-${definition.type}`
  const { definitions: own, ...schema } = withoutSchemaUri(toDraft7(definition.config))
  const moved = (json: Json): Json => {
    if (Array.isArray(json)) return json.map(moved)
    if (!isJsonObject(json)) return json
    return Object.fromEntries(
      Object.entries(json).map(([key, value]) => [key, key === '$ref' ? movedReference(value, prefix) : moved(value)]),
    )
  }
  const config = fillable(moved(schema))
  for (const [name, each] of Object.entries(isJsonObject(own) ? own : {})) {
    definitions.set(`${prefix}-${name}`, fillable(moved(each)))
  }
  if (JSON.stringify(config).includes(`"#/definitions/${prefix}"`)) definitions.set(prefix, config)
  return isJsonObject(config) ? config : {}
}

function movedReference(reference: Json, prefix: string): Json {
  if (reference === '#') return `#/definitions/${prefix}`
  return typeof reference === 'string' ? reference.replace(/^#\/definitions\//, `#/definitions/${prefix}-`) : reference
}

/** Lets `'${env:N}'` stand where a number, a boolean or a text of a certain form is wanted. */
function fillable(json: Json): Json {
  if (Array.isArray(json)) return json.map(fillable)
  if (!isJsonObject(json)) return json
  const { type, pattern, format } = json
  const isNumberLike = type === 'number' || type === 'integer' || type === 'boolean'
  if (isNumberLike || pattern !== undefined || format !== undefined) {
    const { description, default: standard, ...rest } = json
    return {
      ...(description === undefined ? {} : { description }),
      ...(standard === undefined ? {} : { default: standard }),
      anyOf: [rest, FILLED_IN],
    }
  }
  return Object.fromEntries(
    Object.entries(json).map(([key, value]) => {
      if (KEEP.has(key)) return [key, value]
      return [key, key === 'properties' ? fillableFields(value) : fillable(value)]
    }),
  )
}

/** Schemas by the names of fields, which may be words of JSON Schema themselves: a field may be called `format`. */
function fillableFields(fields: Json): Json {
  if (!isJsonObject(fields)) return fields
  return Object.fromEntries(Object.entries(fields).map(([name, schema]) => [name, fillable(schema)]))
}

/** Words whose content is no schema for values. */
const KEEP = new Set(['propertyNames', 'patternProperties', 'default', 'const', 'enum', 'required', 'if'])

/** The version of JSON Schema that editors understand. */
function toDraft7(schema: z.ZodType): JsonObject {
  return toInputSchema(schema, 'draft-7')
}

function withoutSchemaUri(schema: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(schema).filter(([key]) => key !== '$schema'))
}

function objectAt(json: JsonObject, key: string): JsonObject {
  const value = json[key]
  return isJsonObject(value) ? value : {}
}
