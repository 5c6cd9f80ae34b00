import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readText, ROOT } from '../support/source-files.ts'

test('the program lies where npx of an older checkout looks for it', () => {
  const { bin } = JSON.parse(readText('package.json')) as { bin: Record<string, string> }
  // `npx pipeline` in a checkout makes its links once for the folder, and never again after an update of it.
  expect(bin).toEqual({ pipeline: 'dist/pipelines/cli/bin.js', stoplog: 'dist/pipelines/cli/bin.js' })
  expect(existsSync(join(ROOT, 'dist/pipelines/cli/bin.js'))).toBe(true)
})
