import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ROOT } from '../../support/source-files.ts'

/* Files of users that lie outside of any project are imported, with the built hooks, in a Node of its own. */

const SOURCE = pathToFileURL(join(ROOT, 'pipelines/config/module-import.ts')).href
const built = (path: string): string => pathToFileURL(join(ROOT, 'dist', path)).href

const FILES: Readonly<Record<string, string>> = {
  'plain.js': "export const found = 'plain'",
  'typed.ts': `import { part, type Part } from './part.ts'
interface Found { readonly found: string }
const value: Found = { found: part satisfies Part }
export const { found } = value`,
  'part.ts': "export type Part = string\nexport const part: Part = 'typed'",
  'enum.ts': 'const a: number = 1\nexport enum Level { low = a }',
  'uses-stoplog.ts': "export const found: string = import.meta.resolve('stoplog')",
  'uses-testing.js': "export const found = import.meta.resolve('stoplog/testing')",
  'own/uses-stoplog.js': "export const found = import.meta.resolve('stoplog')",
  'own/node_modules/stoplog/package.json': '{ "name": "stoplog", "exports": "./own.js" }',
  'own/node_modules/stoplog/own.js': '',
  'node_modules/acme/package.json': '{ "name": "acme", "type": "module", "exports": { "import": "./lib/acme.js" } }',
  'node_modules/acme/lib/acme.js': "export const found = 'a package'",
  'node_modules/acme-ts/package.json': '{ "name": "acme-ts", "type": "module", "exports": "./acme.ts" }',
  'node_modules/acme-ts/acme.ts': "export const found: string = 'a typed package'",
}

let folder = ''

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stoplog-plugins-'))
  for (const [name, text] of Object.entries(FILES)) {
    await mkdir(dirname(join(folder, name)), { recursive: true })
    await writeFile(join(folder, name), text)
  }
})

afterAll(() => rm(folder, { recursive: true }))

/** What a module exports as `found`, or the code and message with which its import fails. */
async function importing(specifier: string, from = '.'): Promise<string> {
  const program = `
    import { register } from 'node:module'
    register(${JSON.stringify(built('module-hooks.js'))})
    const { createModuleImport } = await import(${JSON.stringify(SOURCE)})
    const importModule = createModuleImport()
    const told = await importModule(${JSON.stringify(specifier)}, ${JSON.stringify(join(folder, from))})
      .then(({ found }) => found, (error) => error.code + ' ' + error.message.split('\\n')[0])
    process.stdout.write(told)
  `
  const run = promisify(execFile)
  const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', program], { cwd: ROOT })
  return stdout
}

test.for([
  ['./plain.js', 'plain'],
  ['./typed.ts', 'typed'],
  ['acme', 'a package'],
  ['acme-ts', 'a typed package'],
  ['./uses-stoplog.ts', built('index.js')],
  ['./uses-testing.js', built('testing.js')],
] as const)('%s is imported', async ([specifier, found]) => {
  expect(await importing(specifier)).toBe(found)
})

test('an absolute path and a path upwards are imported', async () => {
  expect(await importing(join(folder, 'plain.js'))).toBe('plain')
  expect(await importing('../plain.js', 'own')).toBe('plain')
})

test('who has a Stoplog of his own gets his own', async () => {
  expect(await importing('./own/uses-stoplog.js')).toBe(
    pathToFileURL(join(folder, 'own/node_modules/stoplog/own.js')).href,
  )
})

test('TypeScript that cannot be erased is refused with its line', async () => {
  expect(await importing('./enum.ts')).toMatch(/^ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX .*enum.*\(line 2\)$/)
})

test.for(['./none.js', './none.ts', 'no-such-package'])('%s is not found', async (specifier) => {
  expect(await importing(specifier)).toMatch(/^ERR_MODULE_NOT_FOUND /)
})
