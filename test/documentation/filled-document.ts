import { TABLES } from './tables.ts'

const MARKED = /^<!-- table: (.*?) -->$(?:(?!^<!-- table: )[^])*?^<!-- end -->$/gm
const MARKER = /^.*<!-- *table:.*$/gm

/**
 * A document of Markdown with what the code says between each `<!-- table: NAME -->` and its `<!-- end -->`, which
 * stand in lines of their own. Throws when a name is unknown or a table has no end.
 */
export function fillInTables(text: string): string {
  const withoutTables = text.replace(MARKED, '')
  const [lost] = withoutTables.match(MARKER) ?? []
  if (lost !== undefined) throw new Error(`no \`<!-- end -->\` in a line of its own belongs to ${lost.trim()}`)
  return text.replace(MARKED, (_, name: string) => {
    const table = TABLES.get(name)
    if (table === undefined) throw new Error(`no table is called ${name}; these are: ${[...TABLES.keys()].join(', ')}`)
    return `<!-- table: ${name} -->\n\n${table()}\n\n<!-- end -->`
  })
}
