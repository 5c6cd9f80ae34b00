import type { Json } from '../../schemas/json.ts'
import { formatPath, type Path } from './diagnostic.ts'
import type { MapNode, ScalarNode, TreeNode } from './document-tree.ts'
import type { DocumentValues, Filling } from './document-values.ts'
import { referenceKey } from './references.ts'
import type { SourceText } from './source-text.ts'

/** Where one value of a document comes from. */
export interface Origin {
  /** Such as `sinks.search.with.url`. */
  readonly path: string
  readonly line: number
  readonly column: number
  /** `document`, or `env:NAME`, `default of env:NAME`, `file:PATH`, `var:NAME`; several for a text made of several. */
  readonly from: readonly string[]
}

export interface ResolvedDocument {
  /** The document with every `${…}` filled in and every secret as `[secret]`. */
  readonly document: Json
  /** One entry for each value, in the order of the document. */
  readonly origins: readonly Origin[]
}

const MASK = '[secret]'

/**
 * The document as `pipeline show` prints it. A text is a secret when a schema says so, when no schema could be asked, or
 * when it is filled from where a secret came from.
 */
export function resolveDocument(
  root: MapNode,
  values: DocumentValues,
  secrets: ReadonlySet<ScalarNode>,
  source: SourceText,
): ResolvedDocument {
  const secretReferences = new Set(
    [...secrets].flatMap((node) => values.fillings(node).map(({ reference }) => referenceKey(reference))),
  )
  const secretVars = root.entries.get('vars')?.value
  const isSecret = (node: ScalarNode, path: Path): boolean =>
    secrets.has(node) ||
    values.fillings(node).some(({ reference }) => secretReferences.has(referenceKey(reference))) ||
    (secretVars !== undefined &&
      path[0] === 'vars' &&
      path.length === 2 &&
      secretReferences.has(`var:${String(path[1])}`))
  const origins: Origin[] = []
  const resolve = (node: TreeNode, path: Path): Json => {
    if (node.kind === 'list') return node.items.map((item, index) => resolve(item, [...path, index]))
    if (node.kind === 'map') {
      const entries = [...node.entries.values()]
      return Object.fromEntries(entries.map(({ key, value }) => [key, resolve(value, [...path, key])]))
    }
    const fillings = values.fillings(node)
    const from = fillings.length === 0 ? ['document'] : [...new Set(fillings.map(nameOf))]
    origins.push({ path: formatPath(path), ...source.placeAt(node.range.start), from })
    return isSecret(node, path) && node.value !== null ? MASK : values.scalar(node)
  }
  return { document: resolve(root, []), origins }
}

function nameOf({ reference, isDefault }: Filling): string {
  return isDefault ? `default of ${referenceKey(reference)}` : referenceKey(reference)
}
