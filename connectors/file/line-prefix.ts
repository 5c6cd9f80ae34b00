import { createHash, type Hash } from 'node:crypto'
import type { FileHandle } from 'node:fs/promises'
import { CONNECTOR_LIMITS } from '../limits.ts'
import type { LinePosition } from './file-position.ts'

const LINE_FEED = 0x0a
const CARRIAGE_RETURN = 0x0d

/** Where reading of lines begins. */
export interface LineStart {
  /** File offset of the next byte to read. */
  readonly offset: number
  /** Has taken in all bytes before the offset. */
  readonly hash: Hash
  /** Lines before the offset. */
  readonly items: number
}

export function beginningOfLines(): LineStart {
  return { offset: 0, hash: createHash('sha256'), items: 0 }
}

/**
 * Where reading goes on after a position, or null when the file no longer begins with what was read then. Reads that
 * part of the file once. A last line that had no line end and was continued since is read again from its start.
 */
export async function resumeLines(
  file: FileHandle,
  position: LinePosition,
  signal: AbortSignal,
): Promise<LineStart | null> {
  const beforeLine = createHash('sha256')
  const lineOffset = position.bytes - position.line
  if (!(await hashRange(file, beforeLine, 0, lineOffset, signal))) return null
  const hash = beforeLine.copy()
  if (!(await hashRange(file, hash, lineOffset, position.bytes, signal))) return null
  if (hash.copy().digest('hex') !== position.digest) return null
  return (await isLineEnd(file, position.bytes))
    ? { offset: position.bytes, hash, items: position.items }
    : { offset: lineOffset, hash: beforeLine, items: position.items - 1 }
}

/** False when the file is shorter. */
async function hashRange(
  file: FileHandle,
  hash: Hash,
  from: number,
  to: number,
  signal: AbortSignal,
): Promise<boolean> {
  const chunk = Buffer.allocUnsafe(Math.min(CONNECTOR_LIMITS.readChunkBytes.default, Math.max(0, to - from)))
  let at = from
  while (at < to) {
    signal.throwIfAborted()
    const { bytesRead } = await file.read(chunk, 0, Math.min(chunk.length, to - at), at)
    if (bytesRead === 0) return false
    hash.update(chunk.subarray(0, bytesRead))
    at += bytesRead
  }
  return true
}

async function isLineEnd(file: FileHandle, offset: number): Promise<boolean> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(2), 0, 2, offset)
  if (bytesRead === 0 || buffer[0] === LINE_FEED) return true
  return buffer[0] === CARRIAGE_RETURN && (bytesRead === 1 || buffer[1] === LINE_FEED)
}
