import type { Event } from '../../schemas/event.ts'
import type { FailedWrite } from '../write-failure.ts'
import { toJsonLine } from './json-line.ts'

const LINE_FEED = 0x0a

/** Lines of a batch, each with the index of its event. */
export interface LineBatch {
  readonly lines: readonly IndexedLine[]
  /** Events whose value is not JSON; they never will be. */
  readonly failed: readonly FailedWrite[]
}

export interface IndexedLine {
  readonly index: number
  readonly bytes: Uint8Array
}

export function toLineBatch(batch: readonly Event[]): LineBatch {
  const lines: IndexedLine[] = []
  const failed: FailedWrite[] = []
  for (const [index, event] of batch.entries()) {
    try {
      lines.push({ index, bytes: toJsonLine(event) })
    } catch (error) {
      failed.push({ index, error: error instanceof Error ? error : new Error(String(error)), permanent: true })
    }
  }
  return { lines, failed }
}

/** The lines behind each other, each with its line end. */
export function joinLines(lines: readonly IndexedLine[]): Buffer {
  const joined = Buffer.allocUnsafe(lines.reduce((length, { bytes }) => length + bytes.length + 1, 0))
  let at = 0
  for (const { bytes } of lines) {
    joined.set(bytes, at)
    at += bytes.length
    joined[at] = LINE_FEED
    at += 1
  }
  return joined
}
