import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type Alias,
  type ParsedNode,
  type Scalar,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml'
import { PIPELINE_LIMITS } from '../limits.ts'
import type { Path } from './diagnostic.ts'
import type { MapEntry, ScalarNode, ScalarStyle, TreeNode } from './document-tree.ts'
import type { Finding } from './findings.ts'
import { nearestName } from '../../schemas/nearest-name.ts'
import type { Range, SourceText } from './source-text.ts'
import { isCutShort } from './unquoted-text.ts'

const STYLES: Readonly<Record<string, ScalarStyle>> = {
  PLAIN: 'plain',
  QUOTE_SINGLE: 'single',
  QUOTE_DOUBLE: 'double',
  BLOCK_LITERAL: 'block',
  BLOCK_FOLDED: 'block',
}

export interface ComposedTree {
  readonly root: TreeNode
  readonly findings: readonly Finding[]
  /** Offsets of texts that YAML may have cut because they lack quotes. */
  readonly suspects: readonly number[]
  /** Aliases without an anchor; each is a suspect as well. */
  readonly unresolved: readonly Finding[]
}

/** Turns YAML's nodes into our tree; undefined when the document, with its aliases written out, is beyond the limits. */
export function composeTree(contents: ParsedNode | null, source: SourceText): ComposedTree | undefined {
  const composition = new Composition(source)
  const root = composition.convert(contents, { start: 0, end: 0 }, [], false)
  const { findings, suspects, unresolved } = composition
  return composition.exceeded ? undefined : { root, findings, suspects, unresolved }
}

class Composition {
  readonly findings: Finding[] = []
  readonly suspects: number[] = []
  readonly unresolved: Finding[] = []
  exceeded = false
  readonly #source: SourceText
  readonly #anchors = new Map<string, TreeNode>()
  /** Size and height of each node with its aliases written out. */
  readonly #extents = new Map<TreeNode, { readonly size: number; readonly height: number }>()

  constructor(source: SourceText) {
    this.#source = source
  }

  convert(node: ParsedNode | null, place: Range, path: Path, inFlow: boolean): TreeNode {
    if (this.exceeded || node === null) return this.#scalar(null, place, 'plain')
    if (isAlias(node)) return this.#alias(node, path)
    let converted: TreeNode
    if (isMap(node)) converted = this.#map(node, path)
    else if (isSeq(node)) converted = this.#list(node, path)
    else converted = this.#text(node, path, inFlow)
    if (node.anchor !== undefined) this.#anchors.set(node.anchor, converted)
    return converted
  }

  #map(node: YAMLMap.Parsed, path: Path): TreeNode {
    const entries = new Map<string, MapEntry>()
    const inFlow = node.flow === true
    for (const pair of node.items) {
      if (inFlow && isScalar(pair.key)) this.#suspect(pair.key)
      const key = this.#key(pair.key, rangeOf(node), path, entries)
      if (key === undefined) continue
      const keyRange = rangeOf(pair.key)
      const place = { start: keyRange.end, end: keyRange.end }
      entries.set(key, { key, keyRange, value: this.convert(pair.value, place, [...path, key], inFlow) })
    }
    const incomplete = entries.size < node.items.length
    return this.#measured(
      { kind: 'map', range: rangeOf(node), entries, incomplete },
      [...entries.values()].map((entry) => entry.value),
    )
  }

  /** The text of a key; undefined when it cannot be one, which is reported. */
  #key(node: ParsedNode, mapRange: Range, path: Path, entries: ReadonlyMap<string, MapEntry>): string | undefined {
    if (!isScalar(node)) {
      this.#complain('E_YAML_SYNTAX', mapRange, path, 'a key must be a text')
      return undefined
    }
    const key = String(node.value)
    const range = rangeOf(node)
    const first = entries.get(key)
    if (first !== undefined) {
      const { line } = this.#source.placeAt(first.keyRange.start)
      this.#complain('E_YAML_DUPLICATE_KEY', range, [...path, key], `\`${key}\` stands on line ${line} already`)
    } else if (key === '<<') {
      this.#complain('E_YAML_MERGE', range, path, 'merge keys (<<) are not read here')
    } else if (key === '__proto__') {
      this.#complain('E_UNKNOWN_KEY', range, path, '`__proto__` cannot be a key')
    } else return key
    return undefined
  }

  #list(node: YAMLSeq.Parsed, path: Path): TreeNode {
    const items = node.items.map((item, index) =>
      this.convert(item, rangeOf(node), [...path, index], node.flow === true),
    )
    return this.#measured({ kind: 'list', range: rangeOf(node), items }, items)
  }

  #text(node: Scalar.Parsed, path: Path, inFlow: boolean): TreeNode {
    const range = rangeOf(node)
    const { value } = node
    const style = STYLES[node.type ?? 'PLAIN'] ?? 'plain'
    if (inFlow || this.#isBeforeComment(range)) this.#suspect(node)
    if (typeof value === 'string' || typeof value === 'boolean' || value === null)
      return this.#scalar(value, range, style)
    if (
      typeof value === 'number' &&
      Number.isFinite(value) &&
      (!Number.isInteger(value) || Number.isSafeInteger(value))
    ) {
      return this.#scalar(value, range, style)
    }
    const text = this.#source.slice(range)
    this.#complain('E_YAML_NUMBER', range, path, `${text} is a number that cannot be kept exactly`)
    return this.#scalar(text, range, style)
  }

  #alias(node: Alias.Parsed, path: Path): TreeNode {
    const range = rangeOf(node)
    const target = this.#anchors.get(node.source)
    if (target !== undefined) return this.#checked(target)
    const near = nearestName(node.source, this.#anchors.keys())
    if (near === undefined && !/^[\w-]+$/.test(node.source)) this.suspects.push(range.start)
    this.unresolved.push({
      code: 'E_YAML_ALIAS',
      range,
      path,
      message: `no anchor &${node.source} stands before this alias`,
      ...(near === undefined ? {} : { fix: `did you mean *${near}?` }),
      cause: true,
    })
    return this.#scalar(null, range, 'plain')
  }

  #scalar(value: ScalarNode['value'], range: Range, style: ScalarStyle): TreeNode {
    return this.#measured({ kind: 'scalar', range, value, style }, [])
  }

  #measured(node: TreeNode, children: readonly TreeNode[]): TreeNode {
    let size = 1
    let height = 1
    for (const child of children) {
      const extent = this.#extents.get(child)
      size += extent?.size ?? 1
      height = Math.max(height, 1 + (extent?.height ?? 1))
    }
    this.#extents.set(node, { size, height })
    return this.#checked(node)
  }

  #checked(node: TreeNode): TreeNode {
    const { size, height } = this.#extents.get(node) ?? { size: 1, height: 1 }
    if (size > PIPELINE_LIMITS.documentValues.default || height > PIPELINE_LIMITS.documentDepth.default) {
      this.exceeded = true
    }
    return node
  }

  #isBeforeComment(range: Range): boolean {
    return /^[ \t]+#/.test(this.#source.text.slice(range.end, range.end + 40))
  }

  #suspect(node: Scalar): void {
    if (node.type === 'PLAIN' && typeof node.value === 'string' && isCutShort(node.value)) {
      this.suspects.push(rangeOf(node).start)
    }
  }

  #complain(code: Finding['code'], range: Range, path: Path, message: string): void {
    this.findings.push({ code, range, path, message, cause: true })
  }
}

function rangeOf(node: { readonly range?: readonly [number, number, number] | null | undefined }): Range {
  return { start: node.range?.[0] ?? 0, end: node.range?.[1] ?? 0 }
}
