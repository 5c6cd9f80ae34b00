import type { Dirent, Stats } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { isAbsolute, join, relative, sep } from 'node:path'
import { StoplogError } from '../../schemas/stoplog-error.ts'
import { CONNECTOR_LIMITS } from '../limits.ts'
import { systemCode, toReadError } from './file-error.ts'
import { hasWildcard, matchesSegment, parsePathPattern, type PathPattern } from './path-pattern.ts'

export interface FoundFile {
  /** Relative to the folder, with `/`: the same on every machine where the folder is moved as a whole. */
  readonly path: string
  readonly stats: Stats
}

export interface FoundFiles {
  /** In order of their paths, each once. */
  readonly files: readonly FoundFile[]
  /** Folders and files that are there and cannot be looked at. */
  readonly problems: readonly StoplogError[]
  /** Paths of the config that match no file. */
  readonly unmatched: readonly string[]
}

/**
 * Regular files that match any of the paths, symbolic links to files included. `**` does not follow links to folders,
 * so links cannot lead it in circles. Throws E_FILE_PATTERN when there are too many.
 */
export async function findFiles(paths: readonly string[], folder: string): Promise<FoundFiles> {
  const search = new FileSearch(folder)
  const unmatched: string[] = []
  for (const path of paths) {
    let matched = false
    for (const pattern of parsePathPattern(path)) {
      if (await search.search(pattern)) matched = true
    }
    if (!matched) unmatched.push(path)
  }
  const files = [...search.files.values()].sort((a, b) => compare(a.path, b.path))
  return { files, problems: search.problems, unmatched }
}

/** Where a search begins: the part of each pattern before its first wildcard. Absolute paths. */
export function searchFolders(paths: readonly string[], folder: string): readonly string[] {
  const folders = paths.flatMap(parsePathPattern).map((pattern) => {
    const firstWildcard = pattern.findIndex(hasWildcard)
    const literal = pattern.slice(0, firstWildcard < 0 ? pattern.length - 1 : firstWildcard)
    return join(startOf(pattern, folder), ...literal)
  })
  return [...new Set(folders)]
}

class FileSearch {
  readonly files = new Map<string, FoundFile>()
  readonly problems: StoplogError[] = []
  readonly #folder: string

  constructor(folder: string) {
    this.#folder = folder
  }

  /** True when the pattern matched anything that is there, also when it could not be looked at. */
  async search(pattern: PathPattern): Promise<boolean> {
    const before = this.problems.length
    const found = await this.#walk(startOf(pattern, this.#folder), pattern)
    return found || this.problems.length > before
  }

  async #walk(folder: string, segments: PathPattern): Promise<boolean> {
    const [segment, ...rest] = segments
    if (segment === undefined) return false
    if (segment === '**') return await this.#walkDeep(folder, rest)
    if (!hasWildcard(segment)) {
      const path = join(folder, segment)
      return rest.length > 0 ? await this.#walk(path, rest) : await this.#add(path, true)
    }
    let found = false
    for (const entry of await this.#list(folder)) {
      if (!matchesSegment(segment, entry.name)) continue
      const path = join(folder, entry.name)
      if (rest.length === 0) {
        if (await this.#add(path, false)) found = true
      } else if ((entry.isDirectory() || entry.isSymbolicLink()) && (await this.#walk(path, rest))) {
        found = true
      }
    }
    return found
  }

  async #walkDeep(folder: string, rest: PathPattern): Promise<boolean> {
    let found = await this.#walk(folder, rest.length === 0 ? ['*'] : rest)
    for (const entry of await this.#list(folder)) {
      if (!entry.isDirectory() || entry.name.startsWith('.')) continue
      if (await this.#walkDeep(join(folder, entry.name), rest)) found = true
    }
    return found
  }

  async #list(folder: string): Promise<readonly Dirent[]> {
    try {
      const entries = await readdir(folder, { withFileTypes: true })
      return entries.sort((a, b) => compare(a.name, b.name))
    } catch (error) {
      // A folder that is not there, or is a file, matches nothing.
      if (systemCode(error) !== 'ENOENT' && systemCode(error) !== 'ENOTDIR') {
        this.problems.push(toReadError(error, this.#relative(folder)))
      }
      return []
    }
  }

  async #add(absolute: string, literal: boolean): Promise<boolean> {
    const path = this.#relative(absolute)
    if (this.files.has(path)) return true
    try {
      const stats = await stat(absolute)
      if (stats.isFile()) {
        this.#checkCount()
        this.files.set(path, { path, stats })
        return true
      }
      if (literal) this.problems.push(notAFile(path, stats))
      return literal
    } catch (error) {
      if (systemCode(error) === 'ENOENT' || systemCode(error) === 'ENOTDIR') return false
      this.problems.push(toReadError(error, path))
      return true
    }
  }

  #checkCount(): void {
    const limit = CONNECTOR_LIMITS.maxMatchedFiles.default
    if (this.files.size >= limit) {
      throw new StoplogError('E_FILE_PATTERN', `\`path\` matches more than ${limit} files`)
    }
  }

  #relative(absolute: string): string {
    const path = relative(this.#folder, absolute)
    return path === '' ? '.' : path.split(sep).join('/')
  }
}

function startOf(pattern: PathPattern, folder: string): string {
  return pattern[0] === '' || isAbsolute(pattern[0] ?? '') ? sep : folder
}

function notAFile(path: string, stats: Stats): StoplogError {
  if (!stats.isDirectory()) {
    return new StoplogError('E_FILE_READ', `${path} is not a regular file`, { where: path, fix: 'name a regular file' })
  }
  return new StoplogError('E_FILE_READ', `${path} is a folder`, { where: path, fix: `write ${path}/*.json` })
}

/** Not `localeCompare`: the order must not depend on the machine's language. */
function compare(a: string, b: string): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}
