import { createHash, type Hash } from 'node:crypto'
import type { Stats } from 'node:fs'
import type { FileHandle } from 'node:fs/promises'
import { StoplogError } from '../../schemas/stoplog-error.ts'
import { CONNECTOR_LIMITS } from '../limits.ts'

/** A file that is read as one piece. */
export interface FileDocument {
  /** Relative to the document's folder, with `/`. */
  readonly path: string
  /** All of it, or only its beginning where it is larger than the limit. */
  readonly bytes: Uint8Array
  readonly length: number
  /** SHA-256 of all of it, in hexadecimal. */
  readonly digest: string
  readonly modifiedMs: number
  /** E_INPUT_TOO_LARGE when only the beginning was kept. */
  readonly tooLarge: StoplogError | null
}

/** Reads a file whole, up to `maxBytes`; of a larger one it reads all, but keeps only the beginning. */
export async function readDocument(
  file: FileHandle,
  path: string,
  stats: Stats,
  maxBytes: number,
  signal: AbortSignal,
): Promise<FileDocument> {
  const keptOfLarge = CONNECTOR_LIMITS.maxFailedInputBytes.default
  const buffer = Buffer.allocUnsafe(stats.size > maxBytes ? keptOfLarge : stats.size + 1)
  const filled = await fill(file, buffer, signal)
  const start = buffer.subarray(0, filled)
  const hash = createHash('sha256').update(start)
  const rest = filled < buffer.length ? null : await readRest(file, hash, maxBytes - filled, signal)
  const length = filled + (rest?.length ?? 0)
  const tooLarge = length > maxBytes
  return {
    path,
    bytes: tooLarge
      ? Buffer.from(start.subarray(0, keptOfLarge))
      : rest === null
        ? start
        : Buffer.concat([start, ...rest.pieces]),
    length,
    digest: hash.digest('hex'),
    modifiedMs: Math.floor(stats.mtimeMs),
    tooLarge: tooLarge ? toTooLarge(path, length, maxBytes) : null,
  }
}

/** Reads on to the end and hashes it; keeps the pieces when they are at most `maxBytes`. */
async function readRest(
  file: FileHandle,
  hash: Hash,
  maxBytes: number,
  signal: AbortSignal,
): Promise<{ readonly length: number; readonly pieces: readonly Uint8Array[] }> {
  const pieces: Uint8Array[] = []
  const chunk = Buffer.allocUnsafe(CONNECTOR_LIMITS.readChunkBytes.default)
  let length = 0
  for (;;) {
    signal.throwIfAborted()
    const { bytesRead } = await file.read(chunk, 0, chunk.length, null)
    if (bytesRead === 0) return { length, pieces }
    const piece = chunk.subarray(0, bytesRead)
    hash.update(piece)
    length += bytesRead
    if (length <= maxBytes) pieces.push(Buffer.from(piece))
    else pieces.length = 0
  }
}

async function fill(file: FileHandle, buffer: Buffer, signal: AbortSignal): Promise<number> {
  let length = 0
  while (length < buffer.length) {
    signal.throwIfAborted()
    const { bytesRead } = await file.read(buffer, length, buffer.length - length, null)
    if (bytesRead === 0) break
    length += bytesRead
  }
  return length
}

function toTooLarge(path: string, length: number, maxBytes: number): StoplogError {
  return new StoplogError(
    'E_INPUT_TOO_LARGE',
    `${path} has ${length} bytes, more than \`max_document\` allows (${maxBytes})`,
    { where: path },
  )
}
