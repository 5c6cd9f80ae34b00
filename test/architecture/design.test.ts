import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { filesBelow, readText, ROOT } from '../support/source-files.ts'

/* DESIGN.md tells what exists: its file map and its invariants are compared with the code. */

const design = readText('DESIGN.md')
const sources = ['schemas', 'broker', 'processors', 'connectors', 'pipelines'].flatMap((folder) =>
  filesBelow(folder, '.ts'),
)

/** Numbers of invariants that a text cites: `Invariant 3`, `Invariants 3 and 5`. */
function cited(text: string): readonly number[] {
  return [...text.matchAll(/\bInvariants? ((?:\d+(?:, | and )?)+)/g)].flatMap(([, numbers = '']) =>
    numbers.split(/, | and /).map(Number),
  )
}

describe('each invariant', () => {
  const section = /\n## Invariants\n([\s\S]*?)\n## /.exec(design)?.[1] ?? ''
  const numbers = [...section.matchAll(/^(\d+)\. /gm)].map(([, number]) => Number(number))
  const inCode = new Set(sources.flatMap((path) => cited(readText(path))))
  const inTests = new Set(
    filesBelow('test', '.test.ts').flatMap((path) =>
      [...readText(path).matchAll(/\b(?:test|describe)(?:\.for\([^\n]*\))?\(\s*['"`]([^\n]*)/g)].flatMap(
        ([, name = '']) => cited(name),
      ),
    ),
  )

  test('is numbered in a row', () => {
    expect(numbers).toEqual(Array.from({ length: 9 }, (_, index) => index + 1))
  })

  test.for(numbers)('%i is cited where the code upholds it, and a test bears its number', (number) => {
    expect(inCode).toContain(number)
    expect(inTests).toContain(number)
  })

  test('that is cited exists', () => {
    expect([...inCode, ...inTests].filter((number) => !numbers.includes(number))).toEqual([])
  })
})

describe('the file map', () => {
  const map = /\n## File map\n\n```\n([\s\S]*?)```/.exec(design)?.[1] ?? ''

  test.for(['broker', 'pipelines'])('names each folder of %s', (parent) => {
    const section = new RegExp(`^${parent}/[^\\n]*\\n((?: [^\\n]*\\n)*)`, 'm').exec(map)?.[1] ?? ''
    const named = [...section.matchAll(/^ +([a-z-]+)\//gm)].map(([, name = '']) => name).sort()
    const folders = readdirSync(join(ROOT, parent), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name)
    expect(named).toEqual(folders.sort())
  })
})
