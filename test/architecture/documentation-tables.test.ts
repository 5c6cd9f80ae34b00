import { describe, expect, test } from 'vitest'
import { fillInTables } from '../documentation/filled-document.ts'
import { markdownTable } from '../documentation/markdown-table.ts'
import { TABLES } from '../documentation/tables.ts'
import { documents, readText } from '../support/source-files.ts'

test.for(documents())('%s: its tables say what the code says (otherwise: npm run docs)', (path) => {
  const text = readText(path)
  expect(text).toBe(fillInTables(text))
})

describe('tables of a document', () => {
  const marked = (name: string, content = ''): string => `# A\n\n<!-- table: ${name} -->${content}\n<!-- end -->\n\nB\n`

  test.for([...TABLES.keys()])('%s is written between its markers, and again is the same', (name) => {
    const once = fillInTables(marked(name, '\n| former |\n'))
    expect(once).toMatch(/^# A\n\n<!-- table: \w+ -->\n\n\| [^]+ \|\n\n<!-- end -->\n\nB\n$/)
    expect(once).not.toContain('former')
    expect(fillInTables(once)).toBe(once)
  })

  test('every row has as many cells as the head', () => {
    for (const table of TABLES.values()) {
      const counts = table()
        .split('\n')
        .map((line) => line.replaceAll('\\|', '').split('|').length)
      expect(new Set(counts).size).toBe(1)
    }
  })

  test('several stand in one document', () => {
    const text = fillInTables(marked('steps') + marked('commands'))
    expect(text).toContain('| `dedupe` |')
    expect(text).toContain('| `dlq show NODE` |')
  })

  test.for([
    ['an unknown name', marked('stepz'), 'no table is called stepz'],
    ['a table without an end', '<!-- table: steps -->\n', 'belongs to <!-- table: steps -->'],
    [
      'a table that is marked within a line',
      'x <!-- table: steps -->\n<!-- end -->\n',
      'belongs to x <!-- table: steps -->',
    ],
    ['a table in a table', `<!-- table: steps -->\n${marked('steps')}`, 'belongs to <!-- table: steps -->'],
  ])('%s is refused', ([, text = '', message]) => {
    expect(() => fillInTables(text)).toThrow(message)
  })

  test('signs of Markdown in a cell are shown as they are', () => {
    const table = markdownTable(['a'], [['a|b `c|d <e>` <f> *g* h_i [j]']])
    expect(table.split('\n')[2]).toBe('| a\\|b `c\\|d <e>` \\<f\\> \\*g\\* h\\_i \\[j\\] |')
  })
})
