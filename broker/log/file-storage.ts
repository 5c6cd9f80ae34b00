import { constants } from 'node:fs'
import { type FileHandle, mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { cutAtBlocks, DirectWrites, splitAt } from './direct-writes.ts'
import type { Storage, StorageEntry, StorageFile } from './storage.ts'

/**
 * Opens a file so that each write is durable when it returns: half the calls of a write and an fdatasync, each of which
 * costs a turn of the event loop. On Linux both are the same to the disk; elsewhere O_DSYNC is missing, or does not
 * reach beyond the disk's own cache.
 */
const SYNCED_WRITES = process.platform === 'linux' ? constants.O_WRONLY | constants.O_DSYNC : null

/** Less goes to the disk by way of the page cache: a direct write waits for the disk. */
const LEAST_DIRECT_BYTES = 1_048_576

/** The data directory on a real disk. */
export class FileStorage implements Storage {
  readonly #root: string
  readonly #direct: DirectWrites

  constructor(root: string, direct = new DirectWrites()) {
    this.#root = root
    this.#direct = direct
  }

  async open(path: string, mode: 'create' | 'read'): Promise<StorageFile> {
    const full = join(this.#root, path)
    if (mode === 'read') return new OpenFile({ path, full, handle: await open(full, 'r'), direct: this.#direct })
    // `a` would ignore positions on Linux and `w` would empty the file, so a missing file is created first.
    const handle = await open(full, 'r+').catch(async (error: unknown) => {
      if (!isMissing(error)) throw error
      return open(full, 'wx+')
    })
    return new OpenFile({ path, full, handle, direct: this.#direct })
  }

  async readFile(path: string): Promise<Buffer | null> {
    return readFile(join(this.#root, path)).catch(nullWhenMissing)
  }

  async list(folder: string): Promise<readonly StorageEntry[]> {
    const full = join(this.#root, folder)
    const entries = (await readdir(full, { withFileTypes: true }).catch(nullWhenMissing)) ?? []
    return Promise.all(
      entries.map(async (entry) => ({
        name: entry.name,
        isFolder: entry.isDirectory(),
        sizeBytes: entry.isFile() ? (await stat(join(full, entry.name))).size : 0,
      })),
    )
  }

  async makeFolder(folder: string): Promise<void> {
    await mkdir(join(this.#root, folder), { recursive: true })
  }

  async removeFolder(folder: string): Promise<void> {
    await rm(join(this.#root, folder), { recursive: true, force: true })
  }

  async rename(from: string, to: string): Promise<void> {
    await rename(join(this.#root, from), join(this.#root, to))
  }

  async remove(path: string): Promise<void> {
    await rm(join(this.#root, path), { force: true })
  }

  async syncFolder(folder: string): Promise<void> {
    const handle = await open(join(this.#root, folder), 'r')
    try {
      await handle.sync()
    } finally {
      await handle.close()
    }
  }
}

class OpenFile implements StorageFile {
  readonly path: string
  readonly #fullPath: string
  readonly #handle: FileHandle
  readonly #direct: DirectWrites
  #synced: FileHandle | null = null
  /** For direct writes; null until they are needed, and where the file system refuses them. */
  #blocks: FileHandle | null = null
  #syncedBlocks: FileHandle | null = null

  constructor(file: { path: string; full: string; handle: FileHandle; direct: DirectWrites }) {
    this.path = file.path
    this.#fullPath = file.full
    this.#handle = file.handle
    this.#direct = file.direct
  }

  async sizeBytes(): Promise<number> {
    return (await this.#handle.stat()).size
  }

  async read(position: number, length: number): Promise<Buffer> {
    const buffer = Buffer.allocUnsafeSlow(length)
    let filled = 0
    while (filled < length) {
      const { bytesRead } = await this.#handle.read(buffer, filled, length - filled, position + filled)
      if (bytesRead === 0) break
      filled += bytesRead
    }
    return filled === length ? buffer : buffer.subarray(0, filled)
  }

  async write(buffers: readonly Uint8Array[], position: number): Promise<void> {
    const { head, blocks, blocksAt, blockBytes, tail } = cutAtBlocks(buffers, position)
    if (blockBytes < LEAST_DIRECT_BYTES) return writeAll(this.#handle, buffers, position)
    this.#blocks ??= await this.#direct.open(this.#fullPath, { isSynced: false })
    if (this.#blocks === null || !(await this.#direct.write(this.#blocks, blocks, blocksAt))) {
      return writeAll(this.#handle, buffers, position)
    }
    // Blocks that are not filled go by the page cache, all of their life: no page is ever written in both ways.
    await writeAll(this.#handle, head, position)
    await writeAll(this.#handle, tail, blocksAt + blockBytes)
  }

  async writeSynced(buffers: readonly Uint8Array[], position: number): Promise<void> {
    if (SYNCED_WRITES === null) {
      await this.write(buffers, position)
      await this.sync()
      return
    }
    const { blocks, blocksAt, head, tail } = cutAtBlocks(buffers, position)
    if (head.length + tail.length === 0 && (await this.#writeSyncedBlocks(blocks, blocksAt))) return
    this.#synced ??= await open(this.#fullPath, SYNCED_WRITES)
    await writeAll(this.#synced, buffers, position)
  }

  /** False where it was refused. */
  async #writeSyncedBlocks(buffers: readonly Uint8Array[], position: number): Promise<boolean> {
    this.#syncedBlocks ??= await this.#direct.open(this.#fullPath, { isSynced: true })
    return this.#syncedBlocks !== null && (await this.#direct.write(this.#syncedBlocks, buffers, position))
  }

  async sync(): Promise<void> {
    await this.#handle.datasync()
  }

  async truncate(sizeBytes: number): Promise<void> {
    await this.#handle.truncate(sizeBytes)
  }

  async close(): Promise<void> {
    await this.#synced?.close()
    await this.#blocks?.close()
    await this.#syncedBlocks?.close()
    await this.#handle.close()
  }
}

async function writeAll(handle: FileHandle, buffers: readonly Uint8Array[], position: number): Promise<void> {
  let rest = buffers
  let at = position
  while (rest.length > 0) {
    const { bytesWritten } = await handle.writev([...rest], at)
    at += bytesWritten
    // The disk may take less than it was given.
    rest = splitAt(rest, bytesWritten)[1]
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT'
}

function nullWhenMissing(error: unknown): null {
  if (isMissing(error)) return null
  throw error
}
