import type { Path } from './diagnostic.ts'
import type { Range } from './source-text.ts'

/** How a text was written; it decides how offsets in its value become offsets in the document. */
export type ScalarStyle = 'plain' | 'single' | 'double' | 'block'

export interface ScalarNode {
  readonly kind: 'scalar'
  /** From the first quote to behind the last; of a block text, from its `|`. */
  readonly range: Range
  readonly value: string | number | boolean | null
  readonly style: ScalarStyle
}

export interface MapEntry {
  readonly key: string
  readonly keyRange: Range
  readonly value: TreeNode
}

export interface MapNode {
  readonly kind: 'map'
  readonly range: Range
  readonly entries: ReadonlyMap<string, MapEntry>
  /** Entries were left out, each with a message: what is missing may be among them. */
  readonly incomplete?: boolean
}

export interface ListNode {
  readonly kind: 'list'
  readonly range: Range
  readonly items: readonly TreeNode[]
}

/** A document as a tree that knows where each part stands. An alias is the very node that its anchor names. */
export type TreeNode = ScalarNode | MapNode | ListNode

/** What a path leads to, as far as the document goes along it. */
export interface Located {
  readonly node: TreeNode
  /** Of the map entry that holds the node; undefined for list items and the root. */
  readonly entry: MapEntry | undefined
  /** How much of the path exists. */
  readonly depth: number
}

/** Follows a path and stops where the document ends. */
export function locate(root: TreeNode, path: Path): Located {
  let node = root
  let entry: MapEntry | undefined
  for (const [depth, part] of path.entries()) {
    if (node.kind === 'map' && node.entries.has(String(part))) {
      entry = node.entries.get(String(part))
      node = entry?.value ?? node
    } else if (node.kind === 'list' && typeof part === 'number' && node.items[part] !== undefined) {
      entry = undefined
      node = node.items[part]
    } else {
      return { node, entry, depth }
    }
  }
  return { node, entry, depth: path.length }
}

/** The entry of a map, or undefined for anything else. */
export function entryOf(node: TreeNode | undefined, key: string): MapEntry | undefined {
  return node?.kind === 'map' ? node.entries.get(key) : undefined
}

/** The path of the innermost node or key that covers an offset. */
export function pathAt(root: TreeNode, offset: number): Path {
  const covers = (range: Range): boolean => offset >= range.start && offset < range.end
  const path: (string | number)[] = []
  let node: TreeNode | undefined = root
  while (node !== undefined) {
    let inner: TreeNode | undefined
    if (node.kind === 'map') {
      for (const entry of node.entries.values()) {
        if (!covers(entry.keyRange) && !covers(entry.value.range)) continue
        path.push(entry.key)
        inner = covers(entry.keyRange) ? undefined : entry.value
        break
      }
    } else if (node.kind === 'list') {
      const index = node.items.findIndex((item) => covers(item.range))
      if (index !== -1) {
        path.push(index)
        inner = node.items[index]
      }
    }
    node = inner
  }
  return path
}

/** Every scalar below a node with its path. A node that several aliases name is visited once for each. */
export function* scalarsBelow(node: TreeNode, path: Path = []): Generator<readonly [Path, ScalarNode]> {
  if (node.kind === 'scalar') yield [path, node]
  else if (node.kind === 'list') {
    for (const [index, item] of node.items.entries()) yield* scalarsBelow(item, [...path, index])
  } else {
    for (const entry of node.entries.values()) yield* scalarsBelow(entry.value, [...path, entry.key])
  }
}

/** Stands for a map that was left out. */
export function emptyMapAt(range: Range): MapNode {
  return { kind: 'map', range, entries: new Map() }
}

/** How a value is called in messages: `a list`, `nothing`; never what it is, which may be a secret. */
export function describeNode(node: TreeNode): string {
  if (node.kind === 'map') return 'a map'
  if (node.kind === 'list') return 'a list'
  if (node.value === null) return 'nothing'
  if (typeof node.value === 'number') return 'a number'
  return typeof node.value === 'boolean' ? 'a boolean' : 'a text'
}
