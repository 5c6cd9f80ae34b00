import { accessSync, constants } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readText, ROOT } from '../support/source-files.ts'

test('the program lies where npx of an older checkout looks for it', () => {
  const { bin } = JSON.parse(readText('package.json')) as { bin: Record<string, string> }
  // `npx pipeline` in a checkout links to the file and makes it executable once, and never again after an update.
  expect(bin).toEqual({ pipeline: 'dist/pipelines/cli/bin.js', stoplog: 'dist/pipelines/cli/bin.js' })
  accessSync(join(ROOT, 'dist/pipelines/cli/bin.js'), constants.X_OK)
})
