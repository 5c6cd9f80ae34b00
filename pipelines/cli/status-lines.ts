import type { NodeReport } from './node-report.ts'
import { printable } from '../config/printable.ts'
import { type Column, fit, table } from './text-layout.ts'

const COLUMNS: readonly Column[] = [
  { title: 'node', align: 'left' },
  { title: 'state', align: 'left' },
  { title: 'in', align: 'right' },
  { title: 'out', align: 'right' },
  { title: 'filtered', align: 'right' },
  { title: 'dead', align: 'right' },
  { title: 'lag', align: 'right' },
]

/** Names longer than this leave no room for the numbers in 80 columns. */
const MAX_NAME = 26

/** What stands on a terminal while pipelines run: a line for each node, and why a node does not work. */
export function statusLines(nodes: readonly NodeReport[], width: number): readonly string[] {
  const rows = nodes.map(({ name, state, counts, lag }) => [
    fit(name, MAX_NAME),
    state,
    ...[counts.in, counts.out, counts.filtered, counts.dead, lag].map(String),
  ])
  const troubles = nodes
    .filter(({ error }) => error !== null)
    .map(({ name, error }) => fit(printable(`${name}: ${error?.code ?? ''} ${error?.message ?? ''}`), width))
  return [...table(COLUMNS, rows, width).split('\n'), ...troubles]
}
