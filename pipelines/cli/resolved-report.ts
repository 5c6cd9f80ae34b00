import { Document, isPair, isScalar, isSeq, visit } from 'yaml'
import type { Json } from '../../schemas/json.ts'
import { formatPath, type Path } from '../config/diagnostic.ts'
import type { Origin, ResolvedDocument } from '../config/resolved-document.ts'
import { printable } from '../config/printable.ts'

/** The document as YAML; behind each value, as a comment, its place and what it was filled from. */
export function formatResolved({ document, origins }: ResolvedDocument): string {
  const byPath = new Map(origins.map((origin) => [origin.path, origin]))
  const yaml = new Document(document)
  visit(yaml, {
    Scalar(key, node, ancestors) {
      if (key === 'key') return
      const origin = byPath.get(formatPath(pathOf([...ancestors, node])))
      if (origin !== undefined) node.comment = ` ${printable(describe(origin))}`
    },
  })
  return yaml.toString({ lineWidth: 0 })
}

export function resolvedToJson({ document, origins }: ResolvedDocument): Json {
  return { document, origins: origins.map(({ path, line, column, from }) => ({ path, line, column, from })) }
}

function describe({ line, column, from }: Origin): string {
  const filled = from.filter((name) => name !== 'document')
  return [`${line}:${column}`, ...filled].join(' ')
}

/** Keys and indexes on the way from the document to a node, the node last. */
function pathOf(nodes: readonly unknown[]): Path {
  return nodes.flatMap((node, index): Path => {
    if (isPair(node)) return [String(isScalar(node.key) ? node.key.value : node.key)]
    return isSeq(node) ? [node.items.indexOf(nodes[index + 1])] : []
  })
}
