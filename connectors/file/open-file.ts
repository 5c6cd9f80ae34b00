import type { Stats } from 'node:fs'
import { open, type FileHandle } from 'node:fs/promises'
import { resolve } from 'node:path'
import { systemCode, toReadError } from './file-error.ts'
import type { FileReading, FileSet } from './file-set.ts'

export interface OpenFile {
  readonly file: FileHandle
  readonly stats: Stats
  readonly reading: FileReading
}

/**
 * Opens a file of the set, hands it to `read` and closes it, whatever happens. A file that has vanished, or a source
 * that stops, ends the reading without an error; anything else is thrown as E_FILE_READ with the file's name.
 * `read` returns whether the file is settled; when it is left early, the file counts as unsettled.
 */
export async function* readOpenFile<T>(
  set: FileSet,
  folder: string,
  path: string,
  read: (open: OpenFile) => AsyncGenerator<T, { readonly settled: boolean }>,
): AsyncGenerator<T> {
  const file = await openOrNull(resolve(folder, path), path)
  if (file === null) return
  try {
    const stats = await file.stat()
    const reading = set.begin(path, stats)
    let settled = false
    try {
      ;({ settled } = yield* read({ file, stats, reading }))
    } finally {
      reading.end(!settled)
    }
  } catch (error) {
    if (set.signal.aborted) return
    throw systemCode(error) === undefined ? error : toReadError(error, path)
  } finally {
    await file.close()
  }
}

async function openOrNull(absolute: string, path: string): Promise<FileHandle | null> {
  try {
    return await open(absolute, 'r')
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return null
    throw toReadError(error, path)
  }
}
