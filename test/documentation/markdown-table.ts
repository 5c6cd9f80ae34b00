/** One cell or heading; text in backticks stays as it is. */
export type Row = readonly string[]

/** Writes a table of Markdown whose cells show their text and nothing else, whatever signs of Markdown are in it. */
export function markdownTable(titles: Row, rows: readonly Row[]): string {
  const lines = [titles, titles.map(() => '---'), ...rows.map((row) => row.map(escapeCell))]
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}

/** A text as code. */
export function code(text: string): string {
  return text === '' ? '' : `\`${text}\``
}

/** GitHub reads `\|` as a bar everywhere in a table, in code as well; the other signs mean nothing in code. */
function escapeCell(text: string): string {
  const parts = text.split(/(`[^`]*`)/)
  return parts
    .map((part) => (part.startsWith('`') ? part : part.replace(/[<>*_[\]]/g, '\\$&')))
    .join('')
    .replaceAll('|', '\\|')
}
