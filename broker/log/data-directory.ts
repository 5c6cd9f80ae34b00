import { access, constants, mkdir, readFile, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { StoplogError } from '../../schemas/stoplog-error.ts'

/** Layout of the data directory; another number is refused. */
const FORMAT = 'stoplog 1\n'

/** Makes sure that the folder is there, may be written to, and holds data that this version understands. */
export async function prepareDataDirectory(folder: string): Promise<void> {
  try {
    await makeFolder(folder)
    await access(folder, constants.W_OK)
    const format = await readFormat(folder)
    if (format === null) await writeFile(join(folder, 'format'), FORMAT, { flag: 'wx' })
  } catch (error) {
    if (error instanceof StoplogError) throw error
    const message = `${folder} cannot be written to: ${reasonOf(error)}`
    throw new StoplogError('E_DATA_DIR', message, { where: folder, cause: error })
  }
}

/** Folder by folder: Node's own `recursive` never ends where the system refuses with ENOENT, as in /proc. */
async function makeFolder(folder: string): Promise<void> {
  if (await isFolder(folder)) return
  if (dirname(folder) !== folder) await makeFolder(dirname(folder))
  await mkdir(folder).catch(async (error: unknown) => {
    // Somebody else may have made it meanwhile.
    if (!(await isFolder(folder))) throw error
  })
}

async function isFolder(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null))?.isDirectory() === true
}

const REASONS: Readonly<Record<string, string>> = {
  EEXIST: 'a file stands in its place, or in that of a folder above it',
  ENOTDIR: 'one of the folders above it is a file',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EROFS: 'the file system is read-only',
  ENOSPC: 'no space is left on the device',
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return ('code' in error && typeof error.code === 'string' ? REASONS[error.code] : undefined) ?? error.message
}

/** Null when there is no data yet. Throws E_DATA_FORMAT when it is of another version. */
export async function readFormat(folder: string): Promise<string | null> {
  const format = await readFile(join(folder, 'format'), 'utf8').catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
    throw error
  })
  if (format !== null && format !== FORMAT) {
    throw new StoplogError('E_DATA_FORMAT', `${folder} has the format "${format.trim().slice(0, 40)}"`, {
      where: folder,
    })
  }
  return format
}
