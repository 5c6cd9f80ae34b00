import { toStoplogError, type StoplogError } from '../../schemas/stoplog-error.ts'
import { entryOf, type MapNode, type TreeNode } from './document-tree.ts'
import type { DocumentValues } from './document-values.ts'
import type { Path } from './diagnostic.ts'
import type { Findings } from './findings.ts'
import { isReservedConnector, isReservedStep } from './not-yet.ts'
import { isPackageName, isPluginFile, loadPlugin, type ImportModule } from './plugin-loading.ts'
import type { PluginKind, PluginRegistry } from './plugin-registry.ts'
import type { Range } from './source-text.ts'

/** A place that names a plugin that is not built in. */
interface PluginUse {
  readonly kind: PluginKind
  readonly name: string
  readonly path: Path
  readonly range: Range
}

/**
 * Loads every plugin that the document names and the registry does not have: files, and packages that are installed.
 * One that cannot be loaded is reported where it is named; a name that is no package is left to those who know what
 * else it could mean.
 */
export async function loadForeignPlugins(
  root: MapNode,
  baseDir: string,
  values: DocumentValues,
  plugins: PluginRegistry,
  importModule: ImportModule,
  findings: Findings,
): Promise<void> {
  const failed = new Set<string>()
  for (const use of pluginUses(root, values)) {
    const { kind, name, path, range } = use
    if (plugins.find(kind, name) !== undefined || !isForeign(use, plugins)) continue
    try {
      if (!failed.has(`${kind} ${name}`)) plugins.add(kind, name, await loadPlugin(kind, name, baseDir, importModule))
      else findings.silence(range)
    } catch (thrown) {
      const error: StoplogError = toStoplogError(thrown)
      if (error.code === 'E_PLUGIN_NOT_FOUND' && !isPluginFile(name)) continue
      failed.add(`${kind} ${name}`)
      findings.add({ code: error.code, range, path, message: error.message, fix: error.fix, cause: true })
    }
  }
}

function isForeign({ kind, name }: PluginUse, plugins: PluginRegistry): boolean {
  if (isPluginFile(name)) return true
  const isReserved = kind === 'processor' ? isReservedStep(name) : isReservedConnector(name)
  const other = kind === 'source' ? 'sink' : 'source'
  return isPackageName(name) && !isReserved && (kind === 'processor' || plugins.find(other, name) === undefined)
}

function* pluginUses(root: MapNode, values: DocumentValues): Generator<PluginUse> {
  for (const [section, kind] of [
    ['sources', 'source'],
    ['streams', undefined],
    ['sinks', 'sink'],
  ] as const) {
    const nodes = entryOf(root, section)?.value
    if (nodes?.kind !== 'map') continue
    for (const { key, value } of nodes.entries.values()) {
      if (kind !== undefined) yield* textUse(kind, entryOf(value, 'uses')?.value, [section, key, 'uses'], values)
      yield* stepUses(entryOf(value, 'steps')?.value, [section, key, 'steps'], values)
    }
  }
}

function* stepUses(steps: TreeNode | undefined, path: Path, values: DocumentValues): Generator<PluginUse> {
  if (steps?.kind !== 'list') return
  for (const [index, step] of steps.items.entries()) {
    if (step.kind === 'scalar') yield* textUse('processor', step, [...path, index], values)
    if (step.kind !== 'map') continue
    const named = [...step.entries.values()].find(({ key }) => key !== 'on_error')
    if (named !== undefined) yield { kind: 'processor', name: named.key, path: [...path, index], range: named.keyRange }
  }
}

function* textUse(
  kind: PluginKind,
  node: TreeNode | undefined,
  path: Path,
  values: DocumentValues,
): Generator<PluginUse> {
  if (node?.kind !== 'scalar' || values.isMissing(node)) return
  const name = values.scalar(node)
  if (typeof name === 'string' && name !== '') yield { kind, name, path, range: node.range }
}
