import type { Json } from '../../schemas/json.ts'
import type { ScalarNode, TreeNode } from './document-tree.ts'
import type { Finding, Findings } from './findings.ts'
import type { Reference, TextPart } from './references.ts'
import { documentOffset } from './scalar-offsets.ts'

/** Where a filled-in text comes from. */
export interface Filling {
  readonly reference: Reference
  /** True when the default was taken. */
  readonly isDefault: boolean
}

/** A text whose `${…}` were filled in. */
export interface FilledText {
  readonly text: string
  readonly fillings: readonly Filling[]
  /** Stretches of the result, in order, and the stretches of the text in the document that they come from. */
  readonly segments: readonly { readonly start: number; readonly length: number; readonly part: TextPart }[]
  /** What could not be filled in. */
  readonly missing: readonly Finding[]
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
