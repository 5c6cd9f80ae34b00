import { dirname } from 'node:path/posix'
import type { Storage, StorageEntry, StorageFile } from './storage.ts'

/** A file of memory: what a reader sees now, and the changes that a loss of power may take back. */
interface MemoryFile {
  content: Buffer
  size: number
  unsynced: Change[]
}

/** A change since the last sync, with what it needs to be undone and done again. */
interface Change {
  readonly at: number
  readonly before: Buffer
  readonly sizeBefore: number
  readonly after: Buffer
  readonly sizeAfter: number
}

/** Which of the changes that were not synced have reached the disk all the same. */
export type Survives = (path: string, changeIndex: number) => boolean

/**
 * A data directory in memory, for brokers that need not outlive their process and for tests. It keeps apart what was
 * written and what was synced: `afterPowerLoss` gives the directory as a disk may show it after the plug was pulled.
 */
export class MemoryStorage implements Storage {
  readonly #files: Map<string, MemoryFile>
  /** Names as the disk would show them: entries move here from `#files` when their folder is synced. */
  readonly #durableNames: Map<string, MemoryFile>
  readonly #folders = new Set<string>([''])

  constructor(files: ReadonlyMap<string, Buffer> = new Map()) {
    this.#files = new Map([...files].map(([path, content]) => [path, toMemoryFile(content)]))
    this.#durableNames = new Map(this.#files)
    for (const path of files.keys()) this.#addFolder(dirname(path))
  }

  /**
   * A storage as it may be found after a loss of power: files whose names were synced, with their synced bytes and
   * with those of the later changes that `survives` lets through (none, unless given).
   */
  afterPowerLoss(survives: Survives = () => false): MemoryStorage {
    return new MemoryStorage(
      new Map([...this.#durableNames].map(([path, file]) => [path, contentAfterPowerLoss(path, file, survives)])),
    )
  }

  /** A storage that holds everything written, synced or not: what the death of the process alone leaves. */
  afterProcessDeath(): MemoryStorage {
    return new MemoryStorage(new Map([...this.#files].map(([path, file]) => [path, Buffer.from(visible(file))])))
  }

  /** Paths and contents of all files, as copies. */
  contents(): ReadonlyMap<string, Buffer> {
    return new Map([...this.#files].map(([path, file]) => [path, Buffer.from(visible(file))]))
  }

  async open(path: string, mode: 'create' | 'read'): Promise<StorageFile> {
    let file = this.#files.get(path)
    if (file === undefined) {
      if (mode === 'read' || !this.#folders.has(folderOf(path))) throw missing(path)
      file = { content: Buffer.alloc(0), size: 0, unsynced: [] }
      this.#files.set(path, file)
    }
    return new OpenMemoryFile(path, file)
  }

  async readFile(path: string): Promise<Buffer | null> {
    const file = this.#files.get(path)
    return file === undefined ? null : Buffer.from(visible(file))
  }

  async list(folder: string): Promise<readonly StorageEntry[]> {
    const prefix = folder === '' ? '' : `${folder}/`
    const below = (path: string): boolean => path.startsWith(prefix) && !path.slice(prefix.length).includes('/')
    const files = [...this.#files]
      .filter(([path]) => below(path))
      .map(([path, file]) => ({ name: path.slice(prefix.length), isFolder: false, sizeBytes: file.size }))
    const folders = [...this.#folders]
      .filter((path) => path !== '' && path !== folder && below(path))
      .map((path) => ({ name: path.slice(prefix.length), isFolder: true, sizeBytes: 0 }))
    return [...files, ...folders]
  }

  async makeFolder(folder: string): Promise<void> {
    this.#addFolder(folder)
  }

  async removeFolder(folder: string): Promise<void> {
    for (const names of [this.#files, this.#durableNames]) {
      for (const path of names.keys()) if (path.startsWith(`${folder}/`)) names.delete(path)
    }
    for (const path of this.#folders) if (path === folder || path.startsWith(`${folder}/`)) this.#folders.delete(path)
  }

  async rename(from: string, to: string): Promise<void> {
    const file = this.#files.get(from)
    if (file === undefined) throw missing(from)
    this.#files.delete(from)
    this.#files.set(to, file)
  }

  async remove(path: string): Promise<void> {
    this.#files.delete(path)
  }

  async syncFolder(folder: string): Promise<void> {
    for (const path of this.#durableNames.keys()) {
      if (folderOf(path) === folder && !this.#files.has(path)) this.#durableNames.delete(path)
    }
    for (const [path, file] of this.#files) if (folderOf(path) === folder) this.#durableNames.set(path, file)
  }

  #addFolder(folder: string): void {
    const parts = folder.split('/')
    for (let depth = 1; depth <= parts.length; depth += 1) this.#folders.add(parts.slice(0, depth).join('/'))
  }
}

class OpenMemoryFile implements StorageFile {
  readonly path: string
  readonly #file: MemoryFile

  constructor(path: string, file: MemoryFile) {
    this.path = path
    this.#file = file
  }

  async sizeBytes(): Promise<number> {
    return this.#file.size
  }

  async read(position: number, length: number): Promise<Buffer> {
    return Buffer.from(visible(this.#file).subarray(position, position + length))
  }

  async write(buffers: readonly Uint8Array[], position: number): Promise<void> {
    const file = this.#file
    const after = Buffer.concat(buffers)
    change(file, position, after, Math.max(file.size, position + after.length))
  }

  async writeSynced(buffers: readonly Uint8Array[], position: number): Promise<void> {
    await this.write(buffers, position)
    await this.sync()
  }

  async sync(): Promise<void> {
    this.#file.unsynced = []
  }

  async truncate(sizeBytes: number): Promise<void> {
    const cutAt = Math.min(sizeBytes, this.#file.size)
    change(this.#file, cutAt, Buffer.alloc(Math.max(this.#file.size, sizeBytes) - cutAt), sizeBytes)
  }

  async close(): Promise<void> {
    // Memory needs no closing.
  }
}

function toMemoryFile(content: Buffer): MemoryFile {
  return { content: Buffer.from(content), size: content.length, unsynced: [] }
}

function change(file: MemoryFile, at: number, after: Buffer, sizeAfter: number): void {
  ensure(file, at + after.length)
  const before = Buffer.from(file.content.subarray(at, at + after.length))
  file.unsynced.push({ at, before, sizeBefore: file.size, after, sizeAfter })
  file.content.set(after, at)
  file.size = sizeAfter
}

function contentAfterPowerLoss(path: string, file: MemoryFile, survives: Survives): Buffer {
  const copy = Buffer.from(file.content)
  let size = file.size
  for (const { at, before, sizeBefore } of file.unsynced.toReversed()) {
    copy.set(before, at)
    size = sizeBefore
  }
  for (const [index, { at, after, sizeAfter }] of file.unsynced.entries()) {
    if (!survives(path, index)) continue
    copy.set(after, at)
    size = Math.max(sizeAfter, size)
  }
  return copy.subarray(0, size)
}

function visible(file: MemoryFile): Buffer {
  return file.content.subarray(0, file.size)
}

function ensure(file: MemoryFile, size: number): void {
  if (size <= file.content.length) return
  const grown = Buffer.alloc(Math.max(size, file.content.length * 2, 4096))
  file.content.copy(grown, 0, 0, file.size)
  file.content = grown
}

function folderOf(path: string): string {
  const folder = dirname(path)
  return folder === '.' ? '' : folder
}

function missing(path: string): Error {
  return Object.assign(new Error(`ENOENT: no such file, ${path}`), { code: 'ENOENT' })
}
