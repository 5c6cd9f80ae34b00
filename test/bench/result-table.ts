import { ratePerCpuSecond, ratePerSecond, type Row } from './row.ts'

const COLUMNS: readonly (readonly [title: string, cell: (row: Row) => string])[] = [
  ['program', ({ program }) => program],
  ['records', ({ records }) => records.toLocaleString('en')],
  ['records/s', (row) => Math.round(ratePerSecond(row)).toLocaleString('en')],
  ['records/CPU s', (row) => Math.round(ratePerCpuSecond(row)).toLocaleString('en')],
  [
    'MB/s',
    ({ bytes, work }) => (bytes === undefined ? '' : Math.round(bytes / work.seconds / 1e6).toLocaleString('en')),
  ],
  ['seconds', ({ work }) => work.seconds.toFixed(2)],
  ['CPU s', ({ work }) => work.cpuSeconds.toFixed(2)],
  ['peak MB', ({ peakBytes }) => (peakBytes === undefined ? '' : String(Math.round(peakBytes / 1e6)))],
]

/** The rows as a Markdown table whose columns are aligned in plain text too. */
export function toTable(rows: readonly Row[]): string {
  const titles = COLUMNS.map(([title]) => title)
  const cells = rows.map((row) => COLUMNS.map(([, cell]) => cell(row)))
  return layOut(titles, cells, (column) => column > 0)
}

/** Lines of cells below their titles; some columns are aligned to the right. */
export function layOut(
  titles: readonly string[],
  cells: readonly (readonly string[])[],
  isRight: (column: number) => boolean,
): string {
  const widths = titles.map((title, column) => Math.max(title.length, ...cells.map((row) => row[column]?.length ?? 0)))
  const toLine = (row: readonly string[]): string =>
    `| ${row.map((cell, i) => (isRight(i) ? cell.padStart(widths[i] ?? 0) : cell.padEnd(widths[i] ?? 0))).join(' | ')} |`
  const rule = `|${widths.map((width, i) => `${'-'.repeat(width + 1)}${isRight(i) ? ':' : '-'}`).join('|')}|`
  return [toLine(titles), rule, ...cells.map(toLine), ''].join('\n')
}
