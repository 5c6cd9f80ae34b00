import type { ScalarNode } from './document-tree.ts'
import type { SourceText } from './source-text.ts'

const ESCAPED_UNITS: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 }

/** One or more units of a value and the place in the document that they come from. */
interface Unit {
  readonly length: number
  readonly text: string
}

/** A long text may be asked for many of its units. */
const known = new WeakMap<ScalarNode, readonly number[] | null>()

/**
 * The offset in the document of one unit of a scalar's value: through quotes, escapes, folded lines and the indent of
 * block texts. Where the text cannot be followed (never seen), it is the scalar's own start.
 */
export function documentOffset(source: SourceText, node: ScalarNode, index: number): number {
  if (typeof node.value !== 'string') return node.range.start
  let offsets = known.get(node)
  if (offsets === undefined) {
    offsets = offsetsOf(source.slice(node.range), node.value, node.style)
    known.set(node, offsets)
  }
  const within = offsets?.[Math.min(Math.max(index, 0), node.value.length)]
  return within === undefined ? node.range.start : node.range.start + within
}

/** For each unit of the value, and for its end, the offset in the raw text; null when the two do not agree. */
function offsetsOf(raw: string, value: string, style: ScalarNode['style']): readonly number[] | null {
  const quoted = style === 'single' || style === 'double'
  const end = quoted ? raw.length - 1 : raw.length
  let at = quoted ? 1 : style === 'block' ? endOfLine(raw) : 0
  const offsets: number[] = []
  while (offsets.length < value.length) {
    if (at >= end) return style === 'block' ? fill(offsets, value.length, at) : null
    const unit = unitAt(raw, at, style, value, offsets.length)
    if (!value.startsWith(unit.text, offsets.length)) return null
    fill(offsets, offsets.length + unit.text.length, at)
    at += unit.length
  }
  return fill(offsets, value.length + 1, Math.min(at, end))
}

function fill(offsets: number[], length: number, at: number): number[] {
  while (offsets.length < length) offsets.push(at)
  return offsets
}

function unitAt(raw: string, at: number, style: ScalarNode['style'], value: string, index: number): Unit {
  const blank = /[ \t]*\r?\n[ \t\r\n]*/y
  blank.lastIndex = at
  const folded = blank.exec(raw)?.[0]
  if (folded !== undefined) {
    const text = style === 'block' ? (/^[ \t\r\n]*/.exec(value.slice(index))?.[0] ?? '') : fold(folded)
    return { length: folded.length, text }
  }
  const first = raw[at] ?? ''
  if (style === 'single' && first === "'") return { length: 2, text: "'" }
  if (style === 'double' && first === '\\') return escapeAt(raw, at, value, index)
  return { length: 1, text: first }
}

/** A line break is a space, each further one a line break. */
function fold(blank: string): string {
  const breaks = blank.split('\n').length - 1
  return breaks === 1 ? ' ' : '\n'.repeat(breaks - 1)
}

function escapeAt(raw: string, at: number, value: string, index: number): Unit {
  const joined = /\\\r?\n[ \t]*/y
  joined.lastIndex = at
  const skipped = joined.exec(raw)?.[0]
  if (skipped !== undefined) return { length: skipped.length, text: '' }
  const digits = ESCAPED_UNITS[raw[at + 1] ?? ''] ?? 0
  // What an escape means was decided by the parser; here only its length counts.
  const letter = String.fromCodePoint(value.codePointAt(index) ?? 0)
  return { length: 2 + digits, text: letter }
}

function endOfLine(raw: string): number {
  const end = raw.indexOf('\n')
  return end === -1 ? raw.length : end
}
