import { dirname, join } from 'node:path/posix'
import { expect, test } from 'vitest'
import { readText } from '../support/source-files.ts'

const IMPORT = /(?:^|\n)(?:import|export)\s(?!type\s)(?:[^'"]*?\sfrom\s)?['"]([^'"]+)['"]/g

/** Modules and packages that are loaded with a file, before anything of it runs; what is imported for its types is not. */
function loadedWith(path: string, seen = new Set<string>()): Set<string> {
  seen.add(path)
  for (const [, specifier = ''] of readText(path).matchAll(IMPORT)) {
    const found = specifier.startsWith('.') ? join(dirname(path), specifier) : specifier
    if (found.endsWith('.ts') && !seen.has(found)) loadedWith(found, seen)
    seen.add(found)
  }
  return seen
}

/** A package costs a command 20 to 100 milliseconds, whether it is used or not. */
test.for(['pipelines/cli/bin.ts', 'pipelines/runtime/broker-thread.ts'])('%s starts without any package', (path) => {
  const packages = [...loadedWith(path)].filter((name) => !/\.(ts|json)$|^node:/.test(name))
  expect(packages).toEqual([])
})
