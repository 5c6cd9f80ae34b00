import { constants, write } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { webAssembly } from '../../schemas/web-assembly.ts'
import { BLOCK_BYTES } from './storage.ts'

/** So much goes to the disk by one call; memory of a multiple of 64 KB, as WebAssembly has it. */
const PIECE_BYTES = 1_048_576
const WASM_PAGE_BYTES = 65_536

/** Two errors by which a file system says that it does not write past the page cache, or not with blocks of this size. */
const REFUSALS = new Set(['EINVAL', 'EOPNOTSUPP'])

/**
 * Writes whole blocks straight to the disk (O_DIRECT, on Linux only), which saves the copy into the page cache. All files
 * of one data directory share one of these.
 */
export class DirectWrites {
  #isRefused = process.platform !== 'linux'
  readonly #pieces: Buffer[] = []

  /**
   * Opens a file for `write`, or null where it cannot be written to in this way. Where it is synced, what was written
   * would survive a loss of power when `write` resolves.
   */
  async open(path: string, { isSynced }: { readonly isSynced: boolean }): Promise<FileHandle | null> {
    const flags = constants.O_WRONLY | constants.O_DIRECT | (isSynced ? constants.O_DSYNC : 0)
    return this.#unlessRefused(() => open(path, flags))
  }

  /**
   * Writes the buffers one after the other. Position and bytes are multiples of BLOCK_BYTES. With false it was refused,
   * and what stands there is unknown.
   */
  async write(handle: FileHandle, buffers: readonly Uint8Array[], position: number): Promise<boolean> {
    const piece = this.#pieces.pop() ?? alignedMemory()
    try {
      const done = await this.#unlessRefused(() => writePieces(handle, piece, buffers, position))
      return done !== null
    } finally {
      this.#pieces.push(piece)
    }
  }

  async #unlessRefused<T>(work: () => Promise<T>): Promise<T | null> {
    if (this.#isRefused) return null
    try {
      return await work()
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && REFUSALS.has(String(error.code)))) throw error
      this.#isRefused = true
      return null
    }
  }
}

/** Bytes that are to be written one after the other, cut where blocks of the disk begin. */
export interface CutAtBlocks {
  /** What lies before the first block's beginning. */
  readonly head: readonly Uint8Array[]
  readonly blocks: readonly Uint8Array[]
  readonly blocksAt: number
  readonly blockBytes: number
  /** What does not fill the last block. */
  readonly tail: readonly Uint8Array[]
}

export function cutAtBlocks(buffers: readonly Uint8Array[], position: number): CutAtBlocks {
  const bytes = buffers.reduce((sum, buffer) => sum + buffer.length, 0)
  const headBytes = Math.min(bytes, -position & (BLOCK_BYTES - 1))
  const blockBytes = bytes - headBytes - ((bytes - headBytes) % BLOCK_BYTES)
  const [head, behind] = splitAt(buffers, headBytes)
  const [blocks, tail] = splitAt(behind, blockBytes)
  return { head, blocks, blocksAt: position + headBytes, blockBytes, tail }
}

/** The first `count` bytes of the buffers, and the others. */
export function splitAt(
  buffers: readonly Uint8Array[],
  count: number,
): readonly [first: readonly Uint8Array[], rest: readonly Uint8Array[]] {
  let left = count
  for (const [index, buffer] of buffers.entries()) {
    if (left < buffer.length) {
      const first = left === 0 ? [] : [buffer.subarray(0, left)]
      return [
        [...buffers.slice(0, index), ...first],
        [buffer.subarray(left), ...buffers.slice(index + 1)],
      ]
    }
    left -= buffer.length
  }
  return [buffers, []]
}

/** The disk reads memory itself and wants it to begin at a block, which that of a Buffer does not; WebAssembly's does. */
function alignedMemory(): Buffer {
  const pages = PIECE_BYTES / WASM_PAGE_BYTES
  return Buffer.from(new webAssembly.Memory({ initial: pages, maximum: pages }).buffer)
}

async function writePieces(
  handle: FileHandle,
  piece: Buffer,
  buffers: readonly Uint8Array[],
  position: number,
): Promise<true> {
  let at = position
  let filled = 0
  for (const buffer of buffers) {
    for (let from = 0; from < buffer.length;) {
      const part = buffer.subarray(from, from + PIECE_BYTES - filled)
      piece.set(part, filled)
      filled += part.length
      from += part.length
      if (filled < PIECE_BYTES) continue
      await writeBlocks(handle, piece, at)
      at += filled
      filled = 0
    }
  }
  if (filled > 0) await writeBlocks(handle, piece.subarray(0, filled), at)
  return true
}

async function writeBlocks(handle: FileHandle, blocks: Buffer, position: number): Promise<void> {
  let written = 0
  while (written < blocks.length) {
    const bytesWritten = await writeAt(handle.fd, blocks.subarray(written), position + written)
    // Where it stops within a block, that block is written again: only whole ones may be.
    written += bytesWritten - (bytesWritten % BLOCK_BYTES)
  }
}

/** What FileHandle does, without the statistics that it makes room for at every call. */
function writeAt(fd: number, bytes: Buffer, position: number): Promise<number> {
  return new Promise((resolve, reject) => {
    write(fd, bytes, 0, bytes.length, position, (error, bytesWritten) => {
      if (error === null) resolve(bytesWritten)
      else reject(error)
    })
  })
}
