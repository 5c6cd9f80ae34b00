/** Texts and tables in columns of a terminal. Nothing in here knows colours. */

/** Breaks a text at spaces into lines of at most `width` columns; a word that is longer stands alone. */
export function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line)
      line = word
    } else line = line === '' ? word : `${line} ${word}`
  }
  return [...lines, line]
}

/** As `wrap`, every line behind `indent` columns. */
export function wrapIndented(text: string, width: number, indent: number): string {
  const margin = ' '.repeat(indent)
  return wrap(text, Math.max(width - indent, 20))
    .map((line) => `${margin}${line}`.trimEnd())
    .join('\n')
}

/** A name and what there is to say about it, beside each other; the text is wrapped in its own column. */
export function definitionList(
  entries: readonly (readonly [name: string, text: string])[],
  width: number,
  indent = 2,
): string {
  const longest = Math.max(0, ...entries.map(([name]) => name.length).filter((length) => length <= MAX_NAME_COLUMNS))
  const column = indent + longest + 2
  return entries
    .map(([name, text]) => {
      const lines = wrap(text, Math.max(width - column, 20))
      const head = `${' '.repeat(indent)}${name}`
      const fits = name.length <= longest
      const [first = '', ...rest] = lines
      const begun = fits ? [`${head.padEnd(column)}${first}`] : [head, `${' '.repeat(column)}${first}`]
      return [...begun, ...rest.map((line) => `${' '.repeat(column)}${line}`)].map((line) => line.trimEnd()).join('\n')
    })
    .join('\n')
}

/** A name longer than this stands on a line of its own. */
const MAX_NAME_COLUMNS = 26

export interface Column {
  readonly title: string
  readonly align: 'left' | 'right'
}

/** Rows under their titles, two columns of space between them. Lines longer than `width` are cut with an ellipsis. */
export function table(columns: readonly Column[], rows: readonly (readonly string[])[], width = Infinity): string {
  const widths = columns.map(({ title }, index) =>
    Math.max(title.length, ...rows.map((row) => (row[index] ?? '').length)),
  )
  const lines = [columns.map(({ title }) => title), ...rows].map((row) =>
    columns
      .map(({ align }, index) => {
        const cell = row[index] ?? ''
        return align === 'right' ? cell.padStart(widths[index] ?? 0) : cell.padEnd(widths[index] ?? 0)
      })
      .join('  ')
      .trimEnd(),
  )
  return lines.map((line) => fit(line, width)).join('\n')
}

/** The text itself, or as much of it as fits. */
export function fit(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, Math.max(width - 1, 0))}…`
}

/** `1 event`, `2 events`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}
