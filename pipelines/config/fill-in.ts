import { PIPELINE_LIMITS } from '../limits.ts'
import type { Path } from './diagnostic.ts'
import { entryOf, scalarsBelow, type ScalarNode, type TreeNode } from './document-tree.ts'
import { DocumentValues, type FilledText, type Filling } from './document-values.ts'
import type { Finding, Findings } from './findings.ts'
import { parseReferences, type Reference, type TextPart } from './references.ts'
import { documentOffset } from './scalar-offsets.ts'
import type { Range } from './source-text.ts'
import {
  findEnv,
  findFile,
  missingVar,
  type FoundValue,
  type MissingValue,
  type ValueSources,
} from './value-sources.ts'

/** Stands for a value that is not there; a document without its secrets is checked with it. */
const UNSET = 'unset'

interface TextWithReferences {
  readonly path: Path
  readonly parts: readonly TextPart[]
}

/**
 * Fills in every `${…}` of a document's texts, never of its keys. What is missing is not reported at once: whether a
 * missing secret matters is known only when the document's shape is.
 */
export async function fillIn(root: TreeNode, sources: ValueSources, findings: Findings): Promise<DocumentValues> {
  const texts = new Map<ScalarNode, TextWithReferences>()
  for (const [path, node] of scalarsBelow(root)) {
    if (typeof node.value !== 'string' || !node.value.includes('${') || texts.has(node)) continue
    texts.set(node, { path, parts: parseReferences(node.value) })
  }
  const files = new Map<string, FoundValue | MissingValue>()
  for (const { parts } of texts.values()) {
    for (const part of parts) {
      if (part.kind !== 'reference' || part.reference.kind !== 'file' || files.has(part.reference.name)) continue
      files.set(part.reference.name, await findFile(part.reference.name, sources))
    }
  }
  const filler = new Filler(texts, sources, files, findings)
  filler.declareVars(entryOf(root, 'vars')?.value)
  for (const node of texts.keys()) filler.fill(node)
  return new DocumentValues(filler.filled, findings)
}

class Filler {
  readonly filled = new Map<ScalarNode, FilledText>()
  readonly #texts: ReadonlyMap<ScalarNode, TextWithReferences>
  readonly #sources: ValueSources
  readonly #files: ReadonlyMap<string, FoundValue | MissingValue>
  readonly #findings: Findings
  readonly #vars = new Map<string, FoundValue>()
  #missingVars = 0
  #size = 0

  constructor(
    texts: ReadonlyMap<ScalarNode, TextWithReferences>,
    sources: ValueSources,
    files: ReadonlyMap<string, FoundValue | MissingValue>,
    findings: Findings,
  ) {
    this.#texts = texts
    this.#sources = sources
    this.#files = files
    this.#findings = findings
    for (const [name, text] of Object.entries(sources.vars)) this.#vars.set(name, { text, isDefault: false })
  }

  /** Variables may use the environment, files, and variables that stand above them. */
  declareVars(declared: TreeNode | undefined): void {
    if (declared?.kind !== 'map') return
    for (const { key, value } of declared.entries.values()) {
      if (value.kind !== 'scalar' || value.value === null) continue
      this.fill(value)
      const text = this.filled.get(value)?.text ?? String(value.value)
      if (!this.#vars.has(key)) this.#vars.set(key, { text, isDefault: false })
    }
  }

  fill(node: ScalarNode): void {
    const found = this.#texts.get(node)
    if (found === undefined || this.filled.has(node)) return
    const pieces: string[] = []
    const fillings: Filling[] = []
    const segments: { start: number; length: number; part: TextPart }[] = []
    const missing: Finding[] = []
    let start = 0
    for (const part of found.parts) {
      const piece = this.#piece(part, node, found.path, fillings, missing)
      this.#size += piece.length
      if (this.#size > PIPELINE_LIMITS.interpolatedBytes.default) {
        this.#tooLarge(node, found.path)
        break
      }
      segments.push({ start, length: piece.length, part })
      pieces.push(piece)
      start += piece.length
    }
    this.filled.set(node, { text: pieces.join(''), fillings, segments, missing })
  }

  /** What stands in the place of one part; notes where it comes from, or that it is missing. */
  #piece(part: TextPart, node: ScalarNode, path: Path, fillings: Filling[], missing: Finding[]): string {
    if (part.kind === 'literal') return part.text
    if (part.kind === 'broken') {
      const range = this.#rangeOf(part, node)
      this.#findings.add({ code: 'E_INTERPOLATION', range, path, message: part.message, cause: true })
      this.#findings.silence(node.range)
      return ''
    }
    const value = this.#lookUp(part.reference)
    const isMissing = 'code' in value
    fillings.push({ reference: part.reference, isDefault: !isMissing && value.isDefault })
    if (!isMissing) return value.text
    missing.push({ ...value, range: this.#rangeOf(part, node), path, cause: true })
    return UNSET
  }

  #lookUp(reference: Reference): FoundValue | MissingValue {
    if (reference.kind === 'env') return findEnv(reference, this.#sources)
    const value = reference.kind === 'file' ? this.#files.get(reference.name) : this.#vars.get(reference.name)
    if (value !== undefined) return value
    this.#missingVars += 1
    // Each search for a name costs as much as there are names; nobody reads so many suggestions.
    const isTooMuch = this.#missingVars > PIPELINE_LIMITS.diagnostics.default
    return missingVar(reference.name, isTooMuch ? [] : this.#vars.keys())
  }

  #tooLarge({ range }: ScalarNode, path: Path): void {
    const message = `the texts of the document grow beyond ${PIPELINE_LIMITS.interpolatedBytes.default} characters`
    this.#findings.add({ code: 'E_DOCUMENT_LIMIT', range, path, message, cause: true })
  }

  #rangeOf(part: TextPart, node: ScalarNode): Range {
    const { source } = this.#findings
    return { start: documentOffset(source, node, part.start), end: documentOffset(source, node, part.end) }
  }
}
