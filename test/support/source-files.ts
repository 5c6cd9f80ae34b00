import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

export const ROOT = fileURLToPath(new URL('../..', import.meta.url))

/** Dependencies, and foreign servers that tests keep: what they say of themselves is theirs. */
const FOREIGN = /(?:^|\/)(?:node_modules|\.cache)\//

/** Paths below the project's root, with `/`, of all files of the project in a folder that end as given. */
export function filesBelow(folder: string, ending: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(ending))
    .map((entry) => relative(ROOT, join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
    .filter((path) => !FOREIGN.test(path))
    .sort()
}

export function readText(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8')
}

const NOT_OURS = /^(?:node_modules|dist|\..*)$/

/** Paths below the project's root of all documents in Markdown that belong to it. */
export function documents(): string[] {
  const entries = readdirSync(ROOT, { withFileTypes: true }).filter(({ name }) => !NOT_OURS.test(name))
  return entries
    .flatMap((entry) => {
      if (entry.isDirectory()) return filesBelow(entry.name, '.md')
      return entry.name.endsWith('.md') ? [entry.name] : []
    })
    .sort()
}
