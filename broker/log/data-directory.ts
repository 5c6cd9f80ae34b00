import { access, constants, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { StoplogError } from '../../schemas/stoplog-error.ts'

/** Layout of the data directory; another number is refused. */
const FORMAT = 'stoplog 1\n'

/** Makes sure that the folder is there, may be written to, and holds data that this version understands. */
export async function prepareDataDirectory(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true })
    await access(folder, constants.W_OK)
    const format = await readFormat(folder)
    if (format === null) await writeFile(join(folder, 'format'), FORMAT, { flag: 'wx' })
  } catch (error) {
    if (error instanceof StoplogError) throw error
    const reason = error instanceof Error ? error.message : String(error)
    throw new StoplogError('E_DATA_DIR', `${folder} cannot be written to: ${reason}`, { where: folder, cause: error })
  }
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
