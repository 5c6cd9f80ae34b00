import type { Json } from '../../schemas/json.ts'
import type { Plugin } from '../config/plugin-registry.ts'
import { viewOf } from '../config/schema-view.ts'
import { type ConfigField, describeConfig } from './config-fields.ts'
import { PLUGIN_EXAMPLES } from './plugin-examples.ts'
import { wrapIndented } from './text-layout.ts'

const KIND_WORDS = { source: 'source', sink: 'sink', processor: 'step' } as const

/** Everything about one plugin, for people. */
export function formatPlugin(plugin: Plugin, width: number): string {
  const { kind, definition } = plugin
  const shape = describeConfig(viewOf(definition.config).json)
  const lines = [`${KIND_WORDS[kind]} ${definition.type}`, wrapIndented(definition.summary, width, 2)]
  for (const fact of factsOf(plugin)) lines.push(wrapIndented(fact, width, 2))
  if (shape.fields.length === 0 || shape.type !== 'map') {
    lines.push('', wrapIndented(takes(plugin, shape.type, shape.description), width, 2))
  }
  if (shape.fields.length > 0) lines.push('', ...shape.fields.map((field) => formatField(field, width)))
  const example = exampleOf(plugin)
  if (example !== undefined) lines.push('', '  Example:', indent(example, 4))
  return `${lines.join('\n')}\n`
}

export function pluginToJson(plugin: Plugin): Json {
  const { kind, definition } = plugin
  const shape = describeConfig(viewOf(definition.config).json)
  return {
    kind: KIND_WORDS[kind],
    type: definition.type,
    summary: definition.summary,
    facts: factsOf(plugin),
    config: {
      type: shape.type,
      description: shape.description,
      fields: shape.fields.map(({ standard, ...field }) => ({ ...field, default: standard ?? null })),
      schema: viewOf(definition.config).json,
    },
    example: exampleOf(plugin) ?? null,
  }
}

function factsOf(plugin: Plugin): readonly string[] {
  if (plugin.kind === 'processor') {
    const { places, stateful, changesKey } = plugin.definition
    return [
      `Stands in the steps of: ${places.join(', ')}.`,
      ...(stateful ? ['Keeps state by the key of the record.'] : []),
      ...(changesKey ? ['Changes the key: it stands last in a stream.'] : []),
    ]
  }
  if (plugin.kind === 'sink') {
    return [
      plugin.definition.capabilities.idempotent
        ? 'An event that is written twice leaves one copy.'
        : 'An event that is written again after a crash is there twice.',
    ]
  }
  const { replayable, acknowledged } = plugin.definition.capabilities
  if (replayable) return ['Goes on where it has ended: a crash loses nothing, and --reread begins anew.']
  return [acknowledged ? 'The sender is told what is durable, and repeats the rest.' : 'What it misses is lost.']
}

/** A plugin whose config is not a map of fields, or may be something else. */
function takes({ kind }: Plugin, type: string, description: string): string {
  if (type === 'map' && description === '') return kind === 'processor' ? 'Takes nothing.' : 'Takes no `with`.'
  return description === '' ? `Takes: ${type}.` : `Takes ${type}: ${description}`
}

function formatField({ name, type, standard, required, description }: ConfigField, width: number): string {
  const note = required ? ', required' : standard === undefined ? '' : `, default ${JSON.stringify(standard)}`
  const head = `  ${name}  (${type}${note})`
  return description === '' ? head : `${head}\n${wrapIndented(description, width, 6)}`
}

function exampleOf({ kind, definition }: Plugin): string | undefined {
  const examples = PLUGIN_EXAMPLES[kind]
  return Object.hasOwn(examples, definition.type) ? examples[definition.type] : undefined
}

function indent(text: string, columns: number): string {
  return text.replace(/^/gm, ' '.repeat(columns))
}
