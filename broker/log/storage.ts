/** The largest block of disks: whole blocks never share one with other bytes, and may go past the page cache. */
export const BLOCK_BYTES = 4_096

/**
 * The disk, as far as the log needs it. Paths are relative to the data directory and use `/`.
 *
 * What has been written may be lost, in any order and in part, until `sync` has resolved; a file's existence and name
 * until `syncFolder` of its folder has. A rejected `sync` says nothing about what is on the disk: it is fatal and never
 * tried again.
 */
export interface Storage {
  /** `create` makes the file when it is missing; `read` refuses to write. Rejects with ENOENT when it is not there. */
  open(path: string, mode: 'create' | 'read'): Promise<StorageFile>
  /** The whole file, or null when it is not there. */
  readFile(path: string): Promise<Buffer | null>
  /** Entries of a folder, in no order; empty when it is not there. */
  list(folder: string): Promise<readonly StorageEntry[]>
  makeFolder(folder: string): Promise<void>
  /** Removes the folder and everything in it; silent when it is not there. */
  removeFolder(folder: string): Promise<void>
  /** Atomic; replaces what is there. */
  rename(from: string, to: string): Promise<void>
  /** Silent when it is not there. */
  remove(path: string): Promise<void>
  syncFolder(folder: string): Promise<void>
}

export interface StorageEntry {
  readonly name: string
  readonly isFolder: boolean
  readonly sizeBytes: number
}

export interface StorageFile {
  readonly path: string
  sizeBytes(): Promise<number>
  /** Up to `length` bytes from `position`; fewer only at the end of the file. */
  read(position: number, length: number): Promise<Buffer>
  /** Writes all of the buffers one after the other, beginning at `position`. */
  write(buffers: readonly Uint8Array[], position: number): Promise<void>
  /**
   * As `write`, and resolves when these bytes would survive a loss of power: `sync` in one call. Cheapest where position
   * and bytes are multiples of BLOCK_BYTES.
   */
  writeSynced(buffers: readonly Uint8Array[], position: number): Promise<void>
  /** Resolves when everything written so far would survive a loss of power (fdatasync). */
  sync(): Promise<void>
  truncate(sizeBytes: number): Promise<void>
  close(): Promise<void>
}
