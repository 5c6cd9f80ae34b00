import { nearestName } from '../../schemas/nearest-name.ts'
import { StoplogError } from '../../schemas/stoplog-error.ts'
import { createModuleImport } from '../config/module-import.ts'
import { isPluginFile, loadPlugin } from '../config/plugin-loading.ts'
import type { Plugin } from '../config/plugin-registry.ts'
import type { CliIo } from './cli-io.ts'
import { usage } from './command-line.ts'
import { BUILT_IN } from './documents.ts'
import { done, type Outcome } from './outcome.ts'
import { formatPlugin, pluginToJson } from './plugin-report.ts'
import { celToJson, ERROR_CODES, errorsToJson, formatCel, formatErrors, isErrorCode } from './reference-report.ts'
import { definitionList } from './text-layout.ts'

const OTHERS: readonly (readonly [name: string, summary: string])[] = [
  ['cel', 'The language of expressions: variables, operators, macros, functions.'],
  ['errors', 'All error codes, and what to do about each; `describe E_…` shows one.'],
]

/** `describe`: what there is to write in a document, and what an error code means. */
export async function describePlugins(
  { operands }: { readonly operands: readonly string[] },
  io: CliIo,
): Promise<Outcome> {
  const [name] = operands
  const width = io.stdout.columns
  if (name === undefined) return overview(width)
  if (name === 'cel') return done({ summary: 'the dialect of CEL', result: celToJson(), text: formatCel(width) })
  if (name === 'errors') return errors(ERROR_CODES, width)
  if (isErrorCode(name)) return errors([name], width)
  const plugins = isPluginFile(name) ? await pluginsOfFile(name, io.cwd) : builtIn(name)
  const text = plugins.map((plugin) => formatPlugin(plugin, width)).join('\n')
  return done({
    summary: plugins.map(({ definition }) => definition.summary).join(' '),
    result: plugins.map(pluginToJson),
    text,
  })
}

const ALL: readonly Plugin[] = [...BUILT_IN.sources, ...BUILT_IN.sinks, ...BUILT_IN.processors]

function overview(width: number): Outcome {
  const sections = [
    ['sources', BUILT_IN.sources],
    ['sinks', BUILT_IN.sinks],
    ['steps', BUILT_IN.processors],
  ] as const
  const texts = sections.map(([title, plugins]) => {
    const entries = plugins.map(({ definition }) => [definition.type, definition.summary] as const)
    return `${title}\n${definitionList(entries, width)}`
  })
  texts.push(`more\n${definitionList(OTHERS, width)}`)
  const result = ALL.map(pluginToJson)
  return done({ summary: `${ALL.length} plugins`, result, text: `${texts.join('\n\n')}\n` })
}

function errors(codes: Parameters<typeof formatErrors>[0], width: number): Outcome {
  return done({ summary: `${codes.length} error codes`, result: errorsToJson(codes), text: formatErrors(codes, width) })
}

function builtIn(name: string): readonly Plugin[] {
  const found = ALL.filter(({ definition }) => definition.type === name)
  if (found.length > 0) return found
  const names = [...ALL.map(({ definition }) => definition.type), ...OTHERS.map(([other]) => other), ...ERROR_CODES]
  const meant = nearestName(name, names)
  throw usage(
    `there is no source, sink or step \`${name}\``,
    meant === undefined ? '`describe` lists all' : `did you mean \`${meant}\`?`,
  )
}

/** A file may export a source and a sink. */
async function pluginsOfFile(file: string, cwd: string): Promise<readonly Plugin[]> {
  const importModule = createModuleImport()
  const plugins: Plugin[] = []
  let reason: StoplogError | null = null
  for (const kind of ['source', 'sink', 'processor'] as const) {
    try {
      plugins.push(await loadPlugin(kind, file, cwd, importModule))
    } catch (error) {
      if (!(error instanceof StoplogError)) throw error
      reason ??= error
    }
  }
  if (plugins.length === 0 && reason !== null) throw reason
  return plugins
}
