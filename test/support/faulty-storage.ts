import type { Storage, StorageEntry, StorageFile } from '../../broker/log/storage.ts'

/** What a disk can be asked to do. */
export type DiskOperation = 'open' | 'read' | 'write' | 'sync' | 'truncate' | 'rename' | 'remove' | 'syncFolder'

/** Called before each operation: may wait, and what it throws is the operation's failure. */
export type DiskFault = (operation: DiskOperation, path: string) => Promise<void> | void

/** A disk that fails, or takes its time, where it is told to. Everything else it hands on to another storage. */
export class FaultyStorage implements Storage {
  readonly #inner: Storage
  fault: DiskFault

  constructor(inner: Storage, fault: DiskFault = () => undefined) {
    this.#inner = inner
    this.fault = fault
  }

  async open(path: string, mode: 'create' | 'read'): Promise<StorageFile> {
    await this.fault('open', path)
    return new FaultyFile(await this.#inner.open(path, mode), this)
  }

  readFile(path: string): Promise<Buffer | null> {
    return this.#inner.readFile(path)
  }

  list(folder: string): Promise<readonly StorageEntry[]> {
    return this.#inner.list(folder)
  }

  makeFolder(folder: string): Promise<void> {
    return this.#inner.makeFolder(folder)
  }

  removeFolder(folder: string): Promise<void> {
    return this.#inner.removeFolder(folder)
  }

  async rename(from: string, to: string): Promise<void> {
    await this.fault('rename', from)
    await this.#inner.rename(from, to)
  }

  async remove(path: string): Promise<void> {
    await this.fault('remove', path)
    await this.#inner.remove(path)
  }

  async syncFolder(folder: string): Promise<void> {
    await this.fault('syncFolder', folder)
    await this.#inner.syncFolder(folder)
  }
}

class FaultyFile implements StorageFile {
  readonly path: string
  readonly #inner: StorageFile
  readonly #storage: FaultyStorage

  constructor(inner: StorageFile, storage: FaultyStorage) {
    this.path = inner.path
    this.#inner = inner
    this.#storage = storage
  }

  sizeBytes(): Promise<number> {
    return this.#inner.sizeBytes()
  }

  async read(position: number, length: number): Promise<Buffer> {
    await this.#storage.fault('read', this.path)
    return this.#inner.read(position, length)
  }

  async write(buffers: readonly Uint8Array[], position: number): Promise<void> {
    await this.#storage.fault('write', this.path)
    await this.#inner.write(buffers, position)
  }

  /** Two steps, so that a fault can come between them, as it may on a disk. */
  async writeSynced(buffers: readonly Uint8Array[], position: number): Promise<void> {
    await this.write(buffers, position)
    await this.sync()
  }

  async sync(): Promise<void> {
    await this.#storage.fault('sync', this.path)
    await this.#inner.sync()
  }

  async truncate(sizeBytes: number): Promise<void> {
    await this.#storage.fault('truncate', this.path)
    await this.#inner.truncate(sizeBytes)
  }

  close(): Promise<void> {
    return this.#inner.close()
  }
}
