import { formatBytes } from '../../schemas/byte-size.ts'
import type { NodeReport } from './node-report.ts'
import { printable } from '../config/printable.ts'
import { type Column, counted, table, wrap } from './text-layout.ts'

/** How one pipeline of a run has ended. */
export interface PipelineSummary {
  readonly pipeline: string
  /** `done`, `stopped`, … */
  readonly ending: string
  readonly elapsedMs: number
  /** What stands behind it: where the data is, or which broker has it. */
  readonly where: string
  readonly nodes: readonly NodeReport[]
  /** Command lines that show events, and why some are dead letters, each with its label. */
  readonly hints: readonly SummaryLine[]
}

/** A label, and behind it a command line or texts that may stand beside each other. */
export type SummaryLine = { readonly label: string } & (
  { readonly command: string } | { readonly parts: readonly string[] }
)

/** Numbers of a stream; the last ones only where there are any. */
const COUNTS = [
  { title: 'in', always: true },
  { title: 'out', always: true },
  { title: 'filtered', always: true },
  { title: 'duplicates', always: true },
  { title: 'dead', always: true },
  { title: 'dropped', always: false },
  { title: 'expanded', always: false },
  { title: 'unsettled', always: false },
] as const

/** What happened, in numbers that add up, and where to look. */
export function formatSummary(summary: PipelineSummary, cwd: string, width: number): string {
  const { pipeline, ending, elapsedMs, where, nodes, hints } = summary
  const lines: SummaryLine[] = []
  const streams = nodes.filter(({ kind }) => kind === 'stream')
  const known = nothingNew(nodes)
  if (known === null) {
    lines.push({ label: 'from', parts: ends(nodes, 'source', cwd) }, { label: 'to', parts: ends(nodes, 'sink', cwd) })
  } else lines.push(known)
  return [
    `${pipeline}  ${describeEnding(ending, elapsedMs)}   ${where}`.trimEnd(),
    ...(streams.length > 0 && known === null ? [streamTable(streams, width)] : []),
    formatLines([...lines, ...hints], width),
  ].join('\n')
}

/** Lines with their labels in a column. */
export function formatLines(lines: readonly SummaryLine[], width: number): string {
  const labelWidth = Math.max(0, ...lines.map(({ label }) => label.length)) + 2
  const margin = ' '.repeat(labelWidth)
  return lines
    .filter((line) => !('parts' in line) || line.parts.length > 0)
    .flatMap((line) => {
      // A command line is pasted, so it is not broken, however long it is.
      const shown = 'command' in line ? [line.command] : packed(line.parts, width - labelWidth)
      return shown.map((text, index) => `${index === 0 ? line.label.padEnd(labelWidth) : margin}${text}\n`)
    })
    .join('')
}

/** As many parts on a line as fit, and a part that is longer broken at its spaces. */
function packed(parts: readonly string[], width: number): readonly string[] {
  const lines: string[] = []
  for (const part of parts) {
    const last = lines.at(-1)
    if (last !== undefined && last.length + 3 + part.length <= width) lines[lines.length - 1] = `${last}   ${part}`
    else lines.push(...wrap(part, Math.max(width, 20)))
  }
  return lines
}

function streamTable(streams: readonly NodeReport[], width: number): string {
  const shown = COUNTS.filter(({ title, always }) => always || streams.some((node) => countOf(node, title) !== 0))
  const columns: readonly Column[] = [
    { title: 'node', align: 'left' },
    ...shown.map(({ title }): Column => ({ title, align: 'right' })),
  ]
  const rows = streams.map((node) => [node.name, ...shown.map(({ title }) => String(countOf(node, title)))])
  return table(columns, rows, width)
}

function countOf(node: NodeReport, title: (typeof COUNTS)[number]['title']): number {
  return title === 'unsettled' ? node.unsettled : node.counts[title]
}

/** Where each source or sink is, and how many events have come from it or gone to it. */
function ends(nodes: readonly NodeReport[], kind: NodeReport['kind'], cwd: string): readonly string[] {
  return nodes
    .filter((node) => node.kind === kind)
    .map((node) => {
      const place = printable(node.place.replaceAll(`${cwd}/`, ''))
      return `${node.name}: ${place} (${endCounts(node).join(', ')})`
    })
}

/** A run that found only what it knew says so: nothing in its numbers does. */
export function nothingNew(nodes: readonly NodeReport[]): SummaryLine | null {
  const known = nodes.reduce((sum, { counts }) => sum + counts.alreadyRead, 0)
  if (known === 0 || nodes.some(({ counts }) => counts.in > 0)) return null
  const all = known === 1 ? 'the document was' : `all ${counted(known, 'document')} were`
  return { label: 'nothing new', parts: [`${all} read by an earlier run`] }
}

function endCounts({ kind, counts, unsettled, state }: NodeReport): readonly string[] {
  const { dead, dropped, out, read, alreadyRead } = counts
  const parts = [String(out)]
  if (kind === 'source' && read > 0) parts.push(`from ${counted(read, 'document')}`)
  if (alreadyRead > 0) parts.push(`${counted(alreadyRead, 'document')} read before`)
  if (dead > 0) parts.push(`${dead} dead`)
  if (dropped > 0) parts.push(`${dropped} dropped`)
  if (unsettled > 0) parts.push(`${unsettled} unsettled`)
  if (state === 'stopped') parts.push('stopped')
  return parts
}

/** `done in 4.1 s`, `failed after 2 min 3 s`. */
export function describeEnding(ending: string, elapsedMs: number): string {
  return `${ending} ${ending === 'done' ? 'in' : 'after'} ${formatElapsed(elapsedMs)}`
}

function formatElapsed(elapsedMs: number): string {
  const seconds = elapsedMs / 1_000
  if (seconds < 60) return `${seconds.toFixed(1)} s`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return `${minutes} min ${Math.floor(seconds % 60)} s`
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`
}

export function describeData(path: string, bytes: number): string {
  return `data: ${path} (${formatBytes(bytes)})`
}
