import { readdir, stat } from 'node:fs/promises'
import { dirname, join, relative, resolve } from 'node:path'
import { StoplogError } from '../../schemas/stoplog-error.ts'
import { usage } from './command-line.ts'
import { shellWord } from './shell-word.ts'

/** Name of the data directory where none is given. */
export const DEFAULT_DATA_FOLDER = '.stoplog'

/**
 * The data directory of documents that run together: the given one, or `.stoplog` in their folder. It depends on the
 * documents and not on where the command is called, so that no call begins anew what another has read.
 */
export function dataFolderOf(files: readonly string[], given: string | undefined, cwd: string): string {
  if (given !== undefined) return resolve(cwd, given)
  const folders = [...new Set(files.map((file) => dirname(resolve(cwd, file))))]
  const [folder = cwd, other] = folders
  if (other === undefined) return join(folder, DEFAULT_DATA_FOLDER)
  throw usage(
    `the documents lie in different folders (${showPath(folder, cwd)}, ${showPath(other, cwd)}), and share one broker`,
    'say where its data is to be: --data-dir DIR',
  )
}

/**
 * The data directory that a command looks into: the given one, that of the document, or that of the working folder.
 * Rejects with E_DATA_NONE where there is none.
 */
export async function findDataFolder(
  file: string | undefined,
  given: string | undefined,
  cwd: string,
): Promise<string> {
  const folder = dataFolderOf(file === undefined ? [] : [file], given, cwd)
  if (await holdsData(folder)) return folder
  const below = await folderBelow(cwd)
  throw new StoplogError('E_DATA_NONE', `there is no data in ${showPath(folder, cwd)}`, {
    where: showPath(folder, cwd),
    ...(below === undefined || given !== undefined
      ? {}
      : { fix: `did you mean --data-dir ${shellWord(showPath(below, cwd))}?` }),
  })
}

/** A path as it is short: from the working folder where that is no detour. */
export function showPath(path: string, cwd: string): string {
  const short = relative(cwd, path)
  if (short === '') return '.'
  return short.startsWith('..') ? path : short
}

async function holdsData(folder: string): Promise<boolean> {
  const format = await stat(join(folder, 'format')).catch(() => null)
  return format !== null
}

/** The only data directory in a folder of this one, as after `run examples/x.yaml`. */
async function folderBelow(cwd: string): Promise<string | undefined> {
  const entries = await readdir(cwd, { withFileTypes: true }).catch(() => [])
  const found: string[] = []
  for (const entry of entries) {
    const folder = join(cwd, entry.name, DEFAULT_DATA_FOLDER)
    if (entry.isDirectory() && (await holdsData(folder))) found.push(folder)
  }
  return found.length === 1 ? found[0] : undefined
}
