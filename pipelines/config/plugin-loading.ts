import { z } from 'zod'
import { StoplogError } from '../../schemas/stoplog-error.ts'
import type { Plugin, PluginKind, PluginOf } from './plugin-registry.ts'
import { SchemaView } from './schema-view.ts'

/**
 * Imports a module: a file (`./x.js`, relative to the folder) or an installed package, found from the folder.
 * Rejects with the error of the import.
 */
export type ImportModule = (specifier: string, baseDir: string) => Promise<unknown>

const KINDS: readonly PluginKind[] = ['source', 'sink', 'processor']

const DEFINE = { source: 'defineSource', sink: 'defineSink', processor: 'defineProcessor' } as const

/** True for `./x.js`, `../x.ts` and `/x.js`, with or without `#type` behind it. */
export function isPluginFile(uses: string): boolean {
  return /^\.{0,2}\//.test(uses)
}

/** True for what can be the name of an installed package, with or without a path in it and `#type` behind it. */
export function isPackageName(uses: string): boolean {
  return /^(?:@[a-z0-9~-][a-z0-9._~-]*\/)?[a-z0-9~-][a-z0-9._~-]*(?:\/[\w./-]+)?(?:#[\w.-]+)?$/.test(uses)
}

/**
 * The plugin that a file or package exports: its default export or any named one of the kind; `#type` chooses among
 * several. Rejects with a StoplogError that says what is wrong with it.
 */
export async function loadPlugin<K extends PluginKind>(
  kind: K,
  uses: string,
  baseDir: string,
  importModule: ImportModule,
): Promise<PluginOf[K]> {
  const [specifier = '', type] = uses.split('#', 2)
  const exported = await importOrExplain(specifier, baseDir, importModule)
  const plugins = pluginsOf(exported, uses)
  const fitting = plugins.filter((plugin): plugin is PluginOf[K] => plugin.kind === kind)
  const chosen = type === undefined ? fitting : fitting.filter((plugin) => plugin.definition.type === type)
  const [plugin] = chosen
  if (plugin === undefined) throw nothingFitting(kind, uses, type, plugins)
  if (chosen.length > 1) {
    const types = chosen.map((each) => each.definition.type)
    throw new StoplogError('E_PLUGIN_INVALID', `${specifier} exports ${chosen.length} ${kind}s: ${types.join(', ')}`, {
      fix: `say which one: ${specifier}#${types[0] ?? ''}`,
    })
  }
  checkSchema(plugin, uses)
  return plugin
}

async function importOrExplain(specifier: string, baseDir: string, importModule: ImportModule): Promise<unknown> {
  try {
    return await importModule(specifier, baseDir)
  } catch (error) {
    throw explainImport(error, specifier)
  }
}

/** Sorts the many ways in which an import fails into missing, unreadable and failing while it runs. */
function explainImport(error: unknown, specifier: string): StoplogError {
  const message = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error)
  const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : ''
  if (['ERR_MODULE_NOT_FOUND', 'MODULE_NOT_FOUND', 'ERR_UNSUPPORTED_DIR_IMPORT'].includes(code)) {
    return notFound(specifier, message, error)
  }
  if (
    code === 'ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX' ||
    code === 'ERR_INVALID_TYPESCRIPT_SYNTAX' ||
    error instanceof SyntaxError
  ) {
    return new StoplogError('E_PLUGIN_SYNTAX', `${specifier} cannot be read: ${message}`, { cause: error })
  }
  if (code === 'ERR_UNKNOWN_FILE_EXTENSION') {
    const fix = 'write the plugin as .js, .mjs or .ts'
    return new StoplogError('E_PLUGIN_SYNTAX', `${specifier} is neither JavaScript nor TypeScript`, {
      cause: error,
      fix,
    })
  }
  return new StoplogError('E_PLUGIN_IMPORT', `${specifier} fails while it is loaded: ${message}`, { cause: error })
}

function notFound(specifier: string, message: string, cause: unknown): StoplogError {
  const missing = /Cannot find (?:module|package) '([^']+)'/.exec(message)?.[1]
  const own = missing === undefined || missing.endsWith(specifier.replace(/^\.{1,2}\//, '')) || missing === specifier
  if (own) return new StoplogError('E_PLUGIN_NOT_FOUND', `there is no ${specifier}`, { cause })
  const fix = 'install what the plugin imports, beside the plugin'
  return new StoplogError('E_PLUGIN_IMPORT', `${specifier} imports ${missing}, which cannot be found`, { cause, fix })
}

function pluginsOf(exported: unknown, uses: string): readonly Plugin[] {
  if (typeof exported !== 'object' || exported === null) {
    throw new StoplogError('E_PLUGIN_INVALID', `${uses} exports nothing`)
  }
  return [...new Set(Object.values(exported))].filter(isPlugin)
}

function isPlugin(value: unknown): value is Plugin {
  if (typeof value !== 'object' || value === null || !('kind' in value) || !('definition' in value)) return false
  return KINDS.some((kind) => kind === value.kind) && typeof value.definition === 'object' && value.definition !== null
}

function nothingFitting(
  kind: PluginKind,
  uses: string,
  type: string | undefined,
  found: readonly Plugin[],
): StoplogError {
  const what = found.map((plugin) => `the ${plugin.kind} \`${plugin.definition.type}\``)
  const named = type === undefined ? `no ${kind}` : `no ${kind} \`${type}\``
  const instead = what.length === 0 ? '' : `, only ${what.join(', ')}`
  return new StoplogError('E_PLUGIN_INVALID', `${uses} exports ${named}${instead}`, {
    fix: `export the result of ${DEFINE[kind]}(…)`,
  })
}

/** A plugin may come from plain JavaScript, so what TypeScript would have refused is looked at here. */
function checkSchema({ kind, definition }: Plugin, uses: string): void {
  const refuse = (message: string, fix?: string): never => {
    throw new StoplogError('E_PLUGIN_INVALID', `${uses}: ${message}`, fix === undefined ? {} : { fix })
  }
  if (typeof definition.type !== 'string' || definition.type === '') return refuse('`type` is not a text')
  if (typeof definition.create !== 'function') return refuse('`create` is not a function')
  if (kind === 'processor' && !Array.isArray(definition.places)) return refuse('`places` is not a list')
  if (kind !== 'processor' && typeof definition.capabilities !== 'object') return refuse('`capabilities` is missing')
  if (!(definition.config instanceof z.ZodType)) {
    return refuse('`config` is no zod schema', "make it with the `z` that 'stoplog' exports")
  }
  if (!viewOrRefuse(definition.config, refuse).isStrict) {
    return refuse('`config` lets unknown keys through', 'make it with z.strictObject(…)')
  }
}

function viewOrRefuse(schema: z.ZodType, refuse: (message: string) => never): SchemaView {
  try {
    return new SchemaView(schema)
  } catch (error) {
    return refuse(`\`config\` has no JSON Schema: ${error instanceof Error ? error.message : String(error)}`)
  }
}
