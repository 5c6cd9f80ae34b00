import { readdir, readFile, stat } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { BUILT_IN_SINKS, BUILT_IN_SOURCES } from '../../connectors/index.ts'
import { checkExpression } from '../../processors/cel/expressions.ts'
import { PROCESSORS } from '../../processors/index.ts'
import { nearestName } from '../../schemas/nearest-name.ts'
import { StoplogError } from '../../schemas/stoplog-error.ts'
import { createModuleImport } from '../config/module-import.ts'
import type { Plugins } from '../config/plugin-registry.ts'
import { checkTogether } from '../graph/check-topics.ts'
import { loadPipeline, type LoadedPipeline } from '../graph/load-pipeline.ts'
import type { CliIo } from './cli-io.ts'
import { isError, type Problem } from './problem.ts'

/** What `uses:` and steps may name without a file. */
export const BUILT_IN: Plugins = { sources: BUILT_IN_SOURCES, sinks: BUILT_IN_SINKS, processors: PROCESSORS }

/** A document as the user named it, and what it holds. */
export interface OpenedDocument extends LoadedPipeline {
  readonly file: string
}

export interface LoadedDocuments {
  readonly documents: readonly OpenedDocument[]
  /** Of all documents, and of what they are together. */
  readonly problems: readonly Problem[]
}

export interface LoadDocumentsOptions {
  /** Values for `${var:…}`. */
  readonly vars: Readonly<Record<string, string>>
  /** True for a run; to look at a document, no secret is needed. */
  readonly requireSecrets: boolean
  /** Besides the built-in ones. */
  readonly plugins?: Partial<Plugins>
}

const YAML = /\.ya?ml$/

/**
 * The documents that are meant: files as they are, and of a folder every .yaml and .yml directly in it, by name.
 * Throws E_DOCUMENT_READ when one is not there.
 */
export async function findDocuments(operands: readonly string[], cwd: string): Promise<readonly string[]> {
  const files: string[] = []
  for (const operand of operands) {
    const found = await stat(resolve(cwd, operand)).catch(() => null)
    if (found === null) throw await missing(operand, cwd)
    files.push(...(found.isDirectory() ? await documentsOf(operand, cwd) : [operand]))
  }
  return [...new Map(files.map((file) => [resolve(cwd, file), file])).values()]
}

/** Loads documents that belong together. Nothing is thrown for what is wrong with them: see `problems`. */
export async function loadDocuments(
  files: readonly string[],
  { vars, requireSecrets, plugins = {} }: LoadDocumentsOptions,
  io: Pick<CliIo, 'cwd' | 'env'>,
): Promise<LoadedDocuments> {
  const importModule = createModuleImport()
  const documents: OpenedDocument[] = []
  const problems: Problem[] = []
  for (const file of files) {
    // The loader resolves what the user wrote against the folder of the process.
    const input = { file: io.cwd === process.cwd() ? file : resolve(io.cwd, file) }
    try {
      const loaded = await loadPipeline(input, {
        plugins: withBuiltIn(plugins),
        checkExpression,
        importModule,
        readFile,
        env: io.env,
        vars,
        requireSecrets,
      })
      documents.push({ file, ...loaded })
      problems.push(...loaded.diagnostics)
    } catch (error) {
      if (!(error instanceof StoplogError)) throw error
      problems.push(error)
    }
  }
  problems.push(...checkTogether(documents.flatMap(({ document }) => document ?? [])))
  return { documents, problems }
}

/** True when every document can be used. */
export function areSound({ problems }: LoadedDocuments): boolean {
  return !problems.some(isError)
}

function withBuiltIn({ sources = [], sinks = [], processors = [] }: Partial<Plugins>): Plugins {
  return {
    sources: [...BUILT_IN.sources, ...sources],
    sinks: [...BUILT_IN.sinks, ...sinks],
    processors: [...BUILT_IN.processors, ...processors],
  }
}

async function documentsOf(folder: string, cwd: string): Promise<readonly string[]> {
  const entries = await readdir(resolve(cwd, folder), { withFileTypes: true })
  const names = entries.filter((entry) => !entry.isDirectory() && YAML.test(entry.name) && !entry.name.startsWith('.'))
  if (names.length > 0) return names.map(({ name }) => join(folder, name)).sort()
  throw new StoplogError('E_DOCUMENT_READ', `there is no .yaml file in the folder ${folder}`, {
    where: folder,
    fix: 'name a document, or a folder with documents directly in it',
  })
}

async function missing(file: string, cwd: string): Promise<StoplogError> {
  const folder = dirname(resolve(cwd, file))
  const names = await readdir(folder).catch(() => null)
  const meant = nearestName(
    basename(file),
    (names ?? []).filter((name) => YAML.test(name)),
  )
  const fix =
    names === null
      ? `there is no folder ${dirname(file)} either; the path starts from ${cwd}`
      : meant === undefined
        ? `check the path; it starts from ${cwd}`
        : `did you mean ${join(dirname(file), meant)}?`
  return new StoplogError('E_DOCUMENT_READ', `there is no file ${file}`, { where: file, fix })
}
