import { basename, dirname, resolve } from 'node:path'
import { StoplogError } from '../../schemas/stoplog-error.ts'
import { PIPELINE_LIMITS } from '../limits.ts'
import type { CheckContext, CheckExpression } from './check-context.ts'
import { checkDocument } from './check-document.ts'
import { checkFiles } from './check-files.ts'
import type { CheckedDocument } from './checked-document.ts'
import type { Diagnostic } from './diagnostic.ts'
import { describeNode, entryOf, scalarsBelow, type MapNode, type ScalarNode } from './document-tree.ts'
import type { DocumentValues } from './document-values.ts'
import { fillIn } from './fill-in.ts'
import { Findings } from './findings.ts'
import { loadForeignPlugins } from './foreign-plugins.ts'
import { parseDocument } from './parse-document.ts'
import type { ImportModule } from './plugin-loading.ts'
import { PluginRegistry, type Plugins } from './plugin-registry.ts'
import { resolveDocument, type ResolvedDocument } from './resolved-document.ts'
import { SourceText } from './source-text.ts'
import { reasonOf } from './value-sources.ts'

export interface LoadOptions {
  readonly plugins: Plugins
  readonly checkExpression: CheckExpression
  /** Imports the plugins of users; `createModuleImport()` does. */
  readonly importModule: ImportModule
  /** Given absolute paths; rejects with Node's error codes (ENOENT) when there is no such file. */
  readonly readFile: (path: string) => Promise<Uint8Array>
  readonly env: Readonly<Record<string, string | undefined>>
  /** Values for `${var:…}` that win over the document's own. */
  readonly vars?: Readonly<Record<string, string>>
  /** True for a run: then a secret that is not there is an error, too. */
  readonly requireSecrets?: boolean
}

export interface DocumentInput {
  /** Path of the document, as the user named it; relative to the working folder. */
  readonly file: string
  /** Its text, when it is at hand already. */
  readonly text?: string
}

export interface LoadedDocument {
  /** Null when the text is no YAML or no map; otherwise as much as could be read. */
  readonly document: CheckedDocument | null
  /** All that is wrong, sorted by place; a document without errors among them may run. */
  readonly diagnostics: readonly Diagnostic[]
  /** What `pipeline show` prints; null where `document` is. */
  readonly resolved: ResolvedDocument | null
}

/**
 * Reads a document, fills in its `${…}`, loads the plugins it names and holds every part against its schema. Reads no
 * files but the document, those it names, and those that its steps check. Throws E_DOCUMENT_READ when the document
 * itself cannot be read; everything else that is wrong is a diagnostic.
 */
export async function loadDocument(input: DocumentInput, options: LoadOptions): Promise<LoadedDocument> {
  const text = input.text ?? (await readDocument(input.file, options))
  const findings = new Findings(new SourceText(input.file, text.replace(/^\uFEFF/, '')))
  const root = parseMap(findings)
  if (root === null) return { document: null, diagnostics: findings.toDiagnostics(), resolved: null }
  const baseDir = dirname(resolve(input.file))
  const { env, vars = {}, readFile, plugins, importModule, checkExpression } = options
  const values = await fillIn(root, { env, vars, readFile, baseDir }, findings)
  const context: CheckContext = {
    values,
    findings,
    plugins: new PluginRegistry(plugins),
    checkExpression,
    secrets: new Set(),
    veiled: new Set(),
  }
  await loadForeignPlugins(root, baseDir, values, context.plugins, importModule, findings)
  const checked = checkDocument(root, baseDir, context)
  await checkFiles(checked, findings)
  const secrets = withTheirVars(root, context.secrets, values)
  const { veiled } = context
  values.reportMissing((node) => veiled.has(node) || (options.requireSecrets !== true && secrets.has(node)))
  const hidden = new Set([...secrets, ...veiled])
  const resolved = resolveDocument(root, values, hidden, findings.source)
  return {
    document: { ...checked, isSound: findings.passable, explained: findings.explained },
    diagnostics: findings.toDiagnostics(),
    resolved,
  }
}

async function readDocument(file: string, { readFile }: LoadOptions): Promise<string> {
  let bytes: Uint8Array
  try {
    bytes = await readFile(resolve(file))
  } catch (error) {
    throw new StoplogError('E_DOCUMENT_READ', `${file}: ${reasonOf(error)}`, { where: file, cause: error })
  }
  // What is beyond the limit by far is not even decoded.
  const limit = PIPELINE_LIMITS.documentBytes.default
  if (bytes.byteLength > limit * 4) throw tooLarge(file, bytes.byteLength)
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch (error) {
    const fix = `save ${basename(file)} as UTF-8`
    throw new StoplogError('E_DOCUMENT_READ', `${file}: it is not UTF-8 text`, { where: file, fix, cause: error })
  }
}

function tooLarge(file: string, bytes: number): StoplogError {
  const limit = PIPELINE_LIMITS.documentBytes.default
  const message = `${file}: ${bytes} bytes, where a document may have ${limit}`
  return new StoplogError('E_DOCUMENT_LIMIT', message, { where: file })
}

function parseMap(findings: Findings): MapNode | null {
  const { source } = findings
  const start = { start: 0, end: 0 }
  if (source.text.length > PIPELINE_LIMITS.documentBytes.default) {
    const message = tooLarge(source.file, source.text.length).message
    findings.add({ code: 'E_DOCUMENT_LIMIT', range: start, path: [], message })
    return null
  }
  const root = parseDocument(findings)
  if (root === null || root.kind === 'map') return root
  const isEmpty = root.kind === 'scalar' && root.value === null
  findings.add({
    code: isEmpty ? 'E_REQUIRED' : 'E_TYPE',
    range: { start: root.range.start, end: root.range.start },
    path: [],
    message: isEmpty ? 'the document is empty' : `expected a map, got ${describeNode(root)}`,
    fix: 'begin with `pipeline: my-pipeline`, `sources:` and `sinks:`; `examples/` holds whole documents',
  })
  return null
}

/** A variable from which a secret is filled is one itself. */
function withTheirVars(
  root: MapNode,
  secrets: ReadonlySet<ScalarNode>,
  values: DocumentValues,
): ReadonlySet<ScalarNode> {
  const all = new Set(secrets)
  const vars = entryOf(root, 'vars')?.value
  for (const secret of secrets) {
    for (const { reference } of values.fillings(secret)) {
      const declared = reference.kind === 'var' ? entryOf(vars, reference.name)?.value : undefined
      if (declared !== undefined) for (const [, node] of scalarsBelow(declared)) all.add(node)
    }
  }
  return all
}
