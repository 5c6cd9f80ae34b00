import type { z } from 'zod'
import { nearestName } from '../../schemas/nearest-name.ts'
import { NODE_NAME, sinkNode, sourceNode, streamNode } from '../../schemas/pipeline.ts'
import { PIPELINE_LIMITS } from '../limits.ts'
import type { CheckContext } from './check-context.ts'
import { checkConfig, veil } from './check-config.ts'
import { checkExpressions } from './check-expressions.ts'
import { checkSteps } from './check-steps.ts'
import type { CheckedSink, CheckedSource, CheckedStream, NodeReference } from './checked-document.ts'
import { emptyMapAt, entryOf, type MapEntry, type MapNode, type TreeNode } from './document-tree.ts'
import type { Path } from './diagnostic.ts'
import { isReservedConnector, refuseReservedKeys } from './not-yet.ts'
import { parseShape } from './parse-shape.ts'
import type { PluginOf } from './plugin-registry.ts'

export interface CheckedNodes {
  readonly sources: readonly CheckedSource[]
  readonly streams: readonly CheckedStream[]
  readonly sinks: readonly CheckedSink[]
}

/** Checks each node for itself; how they fit together is for the graph. */
export function checkNodes(root: MapNode, context: CheckContext): CheckedNodes {
  const names = new NodeNames(context)
  const nodesOf = (section: string): readonly (readonly [MapEntry, Path])[] => {
    const node = entryOf(root, section)?.value
    if (node?.kind !== 'map') return []
    return [...node.entries.values()]
      .map((entry) => [entry, [section, entry.key]] as const)
      .filter(([entry, path]) => names.accept(entry, path))
  }
  return {
    sources: nodesOf('sources').map(([entry, path]) => checkSource(entry, path, context)),
    streams: nodesOf('streams').map(([entry, path]) => checkStream(entry, path, context)),
    sinks: nodesOf('sinks').map(([entry, path]) => checkSink(entry, path, context)),
  }
}

/** Texts of a `from` or of any other place that names nodes. */
export function referencesIn(node: TreeNode | undefined, path: Path, context: CheckContext): readonly NodeReference[] {
  if (node?.kind === 'list') return node.items.flatMap((item, index) => referencesIn(item, [...path, index], context))
  if (node?.kind !== 'scalar' || context.values.isMissing(node)) return []
  const name = context.values.scalar(node)
  return typeof name === 'string' ? [{ name, path, range: node.range }] : []
}

/** One namespace for all nodes of a document. */
class NodeNames {
  readonly #context: CheckContext
  readonly #seen = new Map<string, MapEntry>()

  constructor(context: CheckContext) {
    this.#context = context
  }

  accept({ key, keyRange, value }: MapEntry, path: Path): boolean {
    const { findings } = this.#context
    const first = this.#seen.get(key)
    if (first !== undefined) {
      const { line } = findings.source.placeAt(first.keyRange.start)
      const message = `the node on line ${line} is called \`${key}\` already`
      findings.add({ code: 'E_NODE_DUPLICATE', range: keyRange, path, message })
      return false
    }
    this.#seen.set(key, { key, keyRange, value })
    const limit = PIPELINE_LIMITS.documentNodes.default
    if (this.#seen.size === limit + 1) {
      findings.add({ code: 'E_DOCUMENT_LIMIT', range: keyRange, path, message: `a document may have ${limit} nodes` })
    }
    if (!NODE_NAME.test(key)) {
      findings.add({ code: 'E_NODE_NAME', range: keyRange, path, message: `\`${key}\` cannot be the name of a node` })
    }
    return this.#seen.size <= limit
  }
}

function checkSource(entry: MapEntry, path: Path, context: CheckContext): CheckedSource {
  const { node, settings } = readSettings(sourceNode, 'source', entry, path, context)
  if (settings?.key !== undefined) checkExpressions({ key: settings.key }, node, path, context)
  const { plugin, config } = checkConnector('source', node, path, entry, context)
  const steps = checkSteps(entryOf(node, 'steps')?.value, [...path, 'steps'], context)
  return { kind: 'source', name: entry.key, path, range: entry.keyRange, tree: node, settings, steps, plugin, config }
}

function checkStream(entry: MapEntry, path: Path, context: CheckContext): CheckedStream {
  const { node, settings } = readSettings(streamNode, 'stream', entry, path, context)
  const from = referencesIn(entryOf(node, 'from')?.value, [...path, 'from'], context)
  const steps = checkSteps(entryOf(node, 'steps')?.value, [...path, 'steps'], context)
  return { kind: 'stream', name: entry.key, path, range: entry.keyRange, tree: node, settings, steps, from }
}

function checkSink(entry: MapEntry, path: Path, context: CheckContext): CheckedSink {
  const { node, settings } = readSettings(sinkNode, 'sink', entry, path, context)
  const { plugin, config } = checkConnector('sink', node, path, entry, context)
  const from = referencesIn(entryOf(node, 'from')?.value, [...path, 'from'], context)
  const steps = checkSteps(entryOf(node, 'steps')?.value, [...path, 'steps'], context)
  return {
    kind: 'sink',
    name: entry.key,
    path,
    range: entry.keyRange,
    tree: node,
    settings,
    steps,
    from,
    plugin,
    config,
  }
}

/** What a node says about itself, without its plugin's config and its steps. */
function readSettings<S extends z.ZodType>(
  schema: S,
  kind: 'source' | 'stream' | 'sink',
  entry: MapEntry,
  path: Path,
  context: CheckContext,
): { node: TreeNode; settings: z.output<S> | undefined } {
  const { values, findings } = context
  const node = entry.value
  const reserved = node.kind === 'map' ? refuseReservedKeys(kind, node, path, findings) : new Set<string>()
  const settings = parseShape(schema, {
    node,
    path,
    keyRange: entry.keyRange,
    values,
    findings,
    omit: reserved,
    lenient: reserved.size > 0,
  })
  checkPartitions(node, path, context)
  return { node, settings }
}

/** A number of partitions beyond the limit would be refused by the broker, long after the document was accepted. */
export function checkPartitions(node: TreeNode, path: Path, { values, findings }: CheckContext): void {
  const written = entryOf(node, 'partitions')?.value
  const limit = PIPELINE_LIMITS.partitions.default
  if (written?.kind !== 'scalar' || !(Number(values.scalar(written)) > limit)) return
  const message = `expected a number of at most ${limit}`
  findings.add({ code: 'E_VALUE', range: written.range, path: [...path, 'partitions'], message })
}

function checkConnector<K extends 'source' | 'sink'>(
  kind: K,
  node: TreeNode,
  path: Path,
  entry: MapEntry,
  context: CheckContext,
): { plugin: PluginOf[K] | undefined; config: unknown } {
  const uses = entryOf(node, 'uses')?.value
  const type = uses?.kind === 'scalar' ? context.values.scalar(uses) : undefined
  const config = entryOf(node, 'with')
  const plugin = typeof type === 'string' ? context.plugins.find(kind, type) : undefined
  if (plugin === undefined) {
    if (config !== undefined) veil(config.value, context)
    if (typeof type === 'string' && type !== '' && uses !== undefined) {
      reportUnknownConnector(kind, type, uses, [...path, 'uses'], context)
    }
    return { plugin: undefined, config: undefined }
  }
  // A `with:` that is no map is reported with the node itself.
  if (config !== undefined && config.value.kind !== 'map') return { plugin, config: undefined }
  const written = config?.value ?? emptyMapAt(entry.keyRange)
  const keyRange = config?.keyRange ?? uses?.range ?? entry.keyRange
  const schema: z.ZodType = plugin.definition.config
  return { plugin, config: checkConfig(schema, written, [...path, 'with'], keyRange, context) }
}

function reportUnknownConnector(
  kind: 'source' | 'sink',
  type: string,
  { range }: TreeNode,
  path: Path,
  { findings, plugins }: CheckContext,
): void {
  const other = kind === 'source' ? 'sink' : 'source'
  if (plugins.find(other, type) !== undefined) {
    const message = `\`${type}\` is a ${other}, not a ${kind}`
    findings.add({
      code: 'E_UNKNOWN_PLUGIN',
      range,
      path,
      message,
      fix: `${kind}s are ${plugins.names(kind).join(', ')}`,
    })
  } else if (isReservedConnector(type)) {
    findings.add({ code: 'E_NOT_YET', range, path, message: `the ${kind} \`${type}\` is not in this version yet` })
  } else {
    const near = nearestName(type, plugins.names(kind))
    const known = `${kind}s are ${plugins.names(kind).join(', ')}; ./file.js or the name of an installed package loads another`
    const fix = near === undefined ? known : `did you mean \`${near}\`?`
    findings.add({ code: 'E_UNKNOWN_PLUGIN', range, path, message: `there is no ${kind} \`${type}\``, fix })
  }
}
