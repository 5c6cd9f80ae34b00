import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { documents, ROOT } from '../support/source-files.ts'
import { fillInTables } from './filled-document.ts'

/* `npm run docs`: writes the tables of all documents anew, which a test compares with the code. */

for (const path of documents()) {
  const file = join(ROOT, path)
  const text = readFileSync(file, 'utf8')
  const filled = fillInTables(text)
  if (filled !== text) writeFileSync(file, filled)
}
