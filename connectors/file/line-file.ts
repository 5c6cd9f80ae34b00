import { constants } from 'node:fs'
import { mkdir, open, rename, stat, type FileHandle } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Logger } from '../../schemas/runtime.ts'
import { StoplogError } from '../../schemas/stoplog-error.ts'
import { CONNECTOR_LIMITS } from '../limits.ts'
import { systemCode, toWriteError } from './file-error.ts'

const LINE_FEED = 0x0a

/** How much of a file is there and safe. */
export interface LineFileState {
  readonly bytes: number
  readonly lines: number
  /** When the file was begun, in ms since the epoch. */
  readonly bornMs: number
}

/**
 * A file of whole lines that grows at its end. What `append` has resolved for survives a kill and a power loss; what
 * it has not resolved for is, as far as it is not a whole line, cut off again.
 */
export class LineFile {
  readonly path: string
  readonly #logger: Logger
  readonly #openFile: typeof open
  #file: FileHandle | null = null
  #inode = 0
  #bytes = 0
  #lines = 0
  #bornMs = 0

  /** Tests pass an `openFile` whose handles fail. */
  constructor(path: string, logger: Logger, openFile: typeof open = open) {
    this.path = path
    this.#logger = logger
    this.#openFile = openFile
  }

  /** Opens or creates the file with its folders, and cuts off a torn last line. `nowMs` is its birth if it is new. */
  async open(nowMs: number, countLines: boolean): Promise<LineFileState> {
    try {
      await makeFolder(dirname(this.path))
      const file = await this.#openFile(this.path, constants.O_RDWR | constants.O_CREAT | constants.O_APPEND, 0o666)
      this.#file = file
      const stats = await file.stat()
      if (!stats.isFile()) throw new StoplogError('E_FILE_WRITE', `${this.path} is not a regular file`)
      this.#inode = stats.ino
      const content = await inspect(file, stats.size, countLines)
      if (content.bytes < stats.size) await this.#cut(file, content.bytes, stats.size)
      this.#bytes = content.bytes
      this.#lines = content.lines
      this.#bornMs = stats.size > 0 && stats.birthtimeMs > 0 ? stats.birthtimeMs : nowMs
      await syncFolder(dirname(this.path))
      return this.state
    } catch (error) {
      await this.close()
      throw toWriteError(error, this.path)
    }
  }

  get state(): LineFileState {
    return { bytes: this.#bytes, lines: this.#lines, bornMs: this.#bornMs }
  }

  get isOpen(): boolean {
    return this.#file !== null
  }

  /** True when the path still leads to the file that is open; false after somebody moved or deleted it. */
  async isInPlace(): Promise<boolean> {
    try {
      const stats = await stat(this.path)
      return this.#file !== null && stats.ino === this.#inode && stats.size === this.#bytes
    } catch (error) {
      if (systemCode(error) === 'ENOENT') return false
      throw toWriteError(error, this.path)
    }
  }

  /** Appends whole lines and resolves when they are on the disk. After a failure the file has to be opened again. */
  async append(bytes: Uint8Array, lines: number): Promise<void> {
    const file = this.#file
    if (file === null) throw new Error(`${this.path} is not open`)
    try {
      for (let written = 0; written < bytes.length;) {
        const { bytesWritten } = await file.write(bytes, written, bytes.length - written)
        written += bytesWritten
      }
      await file.datasync()
    } catch (error) {
      await file.truncate(this.#bytes).catch(() => {})
      await this.close()
      throw toWriteError(error, this.path)
    }
    this.#bytes += bytes.length
    this.#lines += lines
  }

  /** Moves the file aside for good; the next `open` begins a new one. */
  async moveTo(target: string): Promise<void> {
    await this.close()
    try {
      await rename(this.path, target)
      await syncFolder(dirname(target))
    } catch (error) {
      throw toWriteError(error, this.path)
    }
  }

  async close(): Promise<void> {
    const file = this.#file
    this.#file = null
    await file?.close()
  }

  /** The torn bytes were never confirmed. They are kept beside, for they may be somebody else's. */
  async #cut(file: FileHandle, bytes: number, size: number): Promise<void> {
    if (size - bytes > CONNECTOR_LIMITS.maxTornLineBytes.default) {
      throw new StoplogError('E_FILE_WRITE', `${this.path} is not a file of lines, and is left as it is`, {
        fix: 'choose another `path`',
      })
    }
    const torn = Buffer.alloc(size - bytes)
    await file.read(torn, 0, torn.length, bytes)
    const aside = await open(`${this.path}.cut`, 'a')
    try {
      await aside.writeFile(Buffer.concat([torn, Buffer.from([LINE_FEED])]))
      await aside.datasync()
    } finally {
      await aside.close()
    }
    await file.truncate(bytes)
    await file.datasync()
    this.#logger.warn('a torn last line was cut off and kept beside the file', {
      path: this.path,
      bytes: torn.length,
      kept: `${this.path}.cut`,
    })
  }
}

/** End of the last whole line, and how many lines there are if that is asked. */
async function inspect(
  file: FileHandle,
  size: number,
  countLines: boolean,
): Promise<{ readonly bytes: number; readonly lines: number }> {
  const chunk = Buffer.allocUnsafe(CONNECTOR_LIMITS.readChunkBytes.default)
  let lines = 0
  let bytes = 0
  for (let end = size; end > 0;) {
    const start = Math.max(0, end - chunk.length)
    const { bytesRead } = await file.read(chunk, 0, end - start, start)
    const read = chunk.subarray(0, bytesRead)
    if (bytes === 0) bytes = start + read.lastIndexOf(LINE_FEED) + 1
    if (bytes === start) bytes = 0
    if (!countLines && bytes > 0) break
    for (let at = read.indexOf(LINE_FEED); at >= 0; at = read.indexOf(LINE_FEED, at + 1)) lines += 1
    end = start
  }
  return { bytes, lines }
}

/** Creates a folder with those above it, so that all of them survive a power loss. */
async function makeFolder(path: string): Promise<void> {
  const created = await mkdir(path, { recursive: true })
  if (created === undefined) return
  for (let folder = path; folder.length >= created.length; folder = dirname(folder)) await syncFolder(dirname(folder))
}

/** Makes a new or renamed entry of a folder survive a power loss. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}
