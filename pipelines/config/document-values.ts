import { resolve } from 'node:path'
import { nearestName } from '../../schemas/nearest-name.ts'
import type { Json } from '../../schemas/json.ts'
import { PIPELINE_LIMITS } from '../limits.ts'
import { entryOf, scalarsBelow, type ScalarNode, type TreeNode } from './document-tree.ts'
import type { Finding, Findings } from './findings.ts'
import { parseReferences, type Reference, type TextPart } from './references.ts'
import { documentOffset } from './scalar-offsets.ts'
import type { Path } from './diagnostic.ts'

/** The world around a document, as far as its `${…}` may look at it. */
export interface ValueSources {
  readonly env: Readonly<Record<string, string | undefined>>
  /** Given on the command line; they win over the document's own. */
  readonly vars: Readonly<Record<string, string>>
  /** Rejects when there is no such file. */
  readonly readFile: (path: string) => Promise<Uint8Array>
  /** The folder of the document: paths are relative to it. */
  readonly baseDir: string
}

/** Where a filled-in text comes from. */
export interface Filling {
  readonly reference: Reference
  /** True when the default was taken. */
  readonly isDefault: boolean
}

interface FilledText {
  readonly text: string
  readonly fillings: readonly Filling[]
  /** Stretches of the result and of the text as it stands in the document. */
  readonly segments: readonly { readonly start: number; readonly part: TextPart; readonly length: number }[]
  /** What could not be filled in. */
  readonly missing: readonly Finding[]
}

interface Filled {
  readonly text: string
  readonly isDefault?: boolean
}

interface Missing {
  readonly code: 'E_ENV_MISSING' | 'E_FILE_MISSING' | 'E_VAR_MISSING'
  readonly message: string
  readonly fix?: string
}

/** Stands for a secret that is not there while a document is only checked. */
const UNSET = 'unset'

/**
 * Fills in every `${…}` of a document's texts, never of its keys. What is missing is not reported at once: whether a
 * missing secret matters is known only when the document's shape is.
 */
export async function fillIn(root: TreeNode, sources: ValueSources, findings: Findings): Promise<DocumentValues> {
  const parsed = new Map<ScalarNode, { path: Path; parts: readonly TextPart[] }>()
  for (const [path, node] of scalarsBelow(root)) {
    if (typeof node.value !== 'string' || !node.value.includes('${') || parsed.has(node)) continue
    parsed.set(node, { path, parts: parseReferences(node.value) })
  }
  const files = await readFiles(
    [...parsed.values()].flatMap(({ parts }) => parts),
    sources,
  )
  const filled = new Map<ScalarNode, FilledText>()
  const vars = new Map<string, Filled | Missing>()
  let missingVars = 0
  const lookUp = (reference: Reference): Filled | Missing => {
    if (reference.kind === 'env') return lookUpEnv(reference, sources)
    if (reference.kind === 'file') return files.get(reference.name) ?? fileMissing(reference.name, 'not read')
    missingVars += vars.has(reference.name) ? 0 : 1
    // Each search costs as much as there are names; nobody reads so many suggestions.
    const known = missingVars > PIPELINE_LIMITS.diagnostics.default ? [] : vars.keys()
    return vars.get(reference.name) ?? varMissing(reference.name, known)
  }
  const fill = (node: ScalarNode): void => {
    const found = parsed.get(node)
    if (found === undefined || filled.has(node)) return
    filled.set(node, fillText(node, found.path, found.parts, lookUp, findings))
  }
  const declared = entryOf(root, 'vars')?.value
  for (const [name, text] of Object.entries(sources.vars)) vars.set(name, { text })
  if (declared?.kind === 'map') {
    for (const { key, value } of declared.entries.values()) {
      if (value.kind !== 'scalar' || value.value === null) continue
      fill(value)
      if (!vars.has(key)) vars.set(key, { text: filled.get(value)?.text ?? String(value.value) })
    }
  }
  let size = 0
  for (const [node, { path }] of parsed) {
    fill(node)
    size += filled.get(node)?.text.length ?? 0
    if (size > PIPELINE_LIMITS.interpolatedBytes.default) {
      const message = `the document grows beyond ${PIPELINE_LIMITS.interpolatedBytes.default} characters here`
      findings.add({ code: 'E_DOCUMENT_LIMIT', range: node.range, path, message, cause: true })
      break
    }
  }
  return new DocumentValues(filled, findings)
}

/** The values of a document with every `${…}` filled in. */
export class DocumentValues {
  readonly #filled: ReadonlyMap<ScalarNode, FilledText>
  readonly #findings: Findings

  constructor(filled: ReadonlyMap<ScalarNode, FilledText>, findings: Findings) {
    this.#filled = filled
    this.#findings = findings
  }

  scalar(node: ScalarNode): ScalarNode['value'] {
    return this.#filled.get(node)?.text ?? node.value
  }

  /** The node as JSON, without the keys to omit at its top. */
  json(node: TreeNode, omit?: ReadonlySet<string>): Json {
    if (node.kind === 'scalar') return this.scalar(node)
    if (node.kind === 'list') return node.items.map((item) => this.json(item))
    const entries = [...node.entries.values()].filter(({ key }) => omit?.has(key) !== true)
    return Object.fromEntries(entries.map(({ key, value }) => [key, this.json(value)]))
  }

  /** Where the parts of a text came from; empty for what stands in the document as it is. */
  fillings(node: ScalarNode): readonly Filling[] {
    return this.#filled.get(node)?.fillings ?? []
  }

  isMissing(node: ScalarNode): boolean {
    return (this.#filled.get(node)?.missing.length ?? 0) > 0
  }

  /** The offset in the document of one unit of a filled-in text; inside of a filling, that of its `${`. */
  offsetOf(node: ScalarNode, index: number): number {
    const segments = this.#filled.get(node)?.segments
    if (segments === undefined) return documentOffset(this.#findings.source, node, index)
    const segment = segments.findLast(({ start }) => start <= index)
    if (segment === undefined) return node.range.start
    const { part, start, length } = segment
    const within =
      part.kind === 'literal' ? part.start + (index - start) : index >= start + length ? part.end : part.start
    return documentOffset(this.#findings.source, node, Math.min(within, part.end))
  }

  /** Reports what is missing, except where it is excused: secrets, while a document is only checked. */
  reportMissing(isExcused: (node: ScalarNode) => boolean): void {
    for (const [node, { missing }] of this.#filled) {
      if (missing.length > 0) this.#findings.silence(node.range)
      if (isExcused(node)) continue
      for (const finding of missing) this.#findings.add(finding)
    }
  }
}

function fillText(
  node: ScalarNode,
  path: Path,
  parts: readonly TextPart[],
  lookUp: (reference: Reference) => Filled | Missing,
  findings: Findings,
): FilledText {
  let text = ''
  const fillings: Filling[] = []
  const segments: { start: number; part: TextPart; length: number }[] = []
  const missing: Finding[] = []
  const range = (part: TextPart): Finding['range'] => ({
    start: documentOffset(findings.source, node, part.start),
    end: documentOffset(findings.source, node, part.end),
  })
  for (const part of parts) {
    let piece = ''
    if (part.kind === 'literal') piece = part.text
    else if (part.kind === 'broken') {
      findings.add({ code: 'E_INTERPOLATION', range: range(part), path, message: part.message, cause: true })
      findings.silence(node.range)
    } else {
      const found = lookUp(part.reference)
      if ('code' in found) missing.push({ ...found, range: range(part), path, cause: true })
      piece = 'code' in found ? UNSET : found.text
      fillings.push({ reference: part.reference, isDefault: !('code' in found) && found.isDefault === true })
    }
    segments.push({ start: text.length, part, length: piece.length })
    text += piece
  }
  return { text, fillings, segments, missing }
}

function lookUpEnv({ name, fallback }: Reference, { env }: ValueSources): Filled | Missing {
  const value = Object.hasOwn(env, name) ? env[name] : undefined
  if (value !== undefined && (value !== '' || fallback === undefined)) return { text: value }
  if (fallback !== undefined) return { text: fallback, isDefault: true }
  return {
    code: 'E_ENV_MISSING',
    message: `the environment variable ${name} is not set`,
    fix: `set it, or give a default: \${env:${name}:-default}`,
  }
}

function varMissing(name: string, known: Iterable<string>): Missing {
  const near = nearestName(name, known)
  return {
    code: 'E_VAR_MISSING',
    message: `the variable ${name} has no value`,
    ...(near === undefined
      ? { fix: `add it under \`vars:\`, or give it on the command line: --var ${name}=value` }
      : { fix: `did you mean \${var:${near}}?` }),
  }
}

function fileMissing(name: string, reason: string): Missing {
  return { code: 'E_FILE_MISSING', message: `the file ${name} cannot be read: ${reason}` }
}

async function readFiles(
  parts: readonly TextPart[],
  { readFile, baseDir }: ValueSources,
): Promise<ReadonlyMap<string, Filled | Missing>> {
  const files = new Map<string, Filled | Missing>()
  for (const part of parts) {
    if (part.kind !== 'reference' || part.reference.kind !== 'file' || files.has(part.reference.name)) continue
    const { name } = part.reference
    files.set(name, await readText(name, () => readFile(resolve(baseDir, name))))
  }
  return files
}

async function readText(name: string, read: () => Promise<Uint8Array>): Promise<Filled | Missing> {
  try {
    const bytes = await read()
    const limit = PIPELINE_LIMITS.interpolatedFileBytes.default
    if (bytes.byteLength > limit) return fileMissing(name, `it is larger than ${limit} bytes`)
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes).replace(/\r?\n$/, '') }
  } catch (error) {
    return fileMissing(name, reasonOf(error))
  }
}

/** Why a file could not be read, without its absolute path. */
export function reasonOf(error: unknown): string {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined
  if (code === 'ENOENT') return 'there is no such file'
  if (code === 'EACCES' || code === 'EPERM') return 'no right to read it'
  if (code === 'EISDIR') return 'it is a folder'
  if (code === 'ERR_ENCODING_INVALID_ENCODED_DATA') return 'it is not UTF-8 text'
  return error instanceof Error ? error.message : String(error)
}
