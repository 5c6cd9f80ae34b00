import { readdir } from 'node:fs/promises'
import { basename, dirname, extname, join } from 'node:path'
import { z } from 'zod'
import { byteSize } from '../../schemas/byte-size.ts'
import { duration } from '../../schemas/duration.ts'
import { toWriteError } from './file-error.ts'
import type { IndexedLine } from './line-batch.ts'
import type { LineFileState } from './line-file.ts'

const SEQUENCE_DIGITS = 6

export const rotationConfig = z
  .strictObject({
    bytes: byteSize.optional().describe('A file is finished before it would grow beyond this size.'),
    every: duration.optional().describe('A file is finished by the first event that comes so long after it was begun.'),
    records: z.int().min(1).optional().describe('A file is finished when it holds so many events.'),
  })
  .refine(({ bytes, every, records }) => bytes !== undefined || every !== undefined || records !== undefined, {
    error: 'expected at least one of bytes, every, records',
  })

export type RotationLimits = z.output<typeof rotationConfig>

/** True when the next line must not go into this file any more. */
export function isFinished(limits: RotationLimits, file: LineFileState, nextBytes: number, nowMs: number): boolean {
  if (file.bytes === 0) return false
  if (limits.records !== undefined && file.lines >= limits.records) return true
  if (limits.bytes !== undefined && file.bytes + nextBytes > limits.bytes) return true
  return limits.every !== undefined && nowMs - file.bornMs >= limits.every
}

/** How many of the lines from `from` on go into this file: at least one, for a file is never finished while empty. */
export function fittingLines(
  limits: RotationLimits,
  file: LineFileState,
  lines: readonly IndexedLine[],
  from: number,
): number {
  const most = limits.records === undefined ? lines.length - from : Math.max(1, limits.records - file.lines)
  let bytes = file.bytes
  let count = 0
  for (const line of lines.slice(from, from + most)) {
    bytes += line.bytes.length + 1
    if (count > 0 && limits.bytes !== undefined && bytes > limits.bytes) break
    count += 1
  }
  return count
}

/** `out/all.ndjson` becomes `out/all.000001.ndjson`, then `out/all.000002.ndjson`: no time, so a rerun gives the same. */
export async function nextRotatedPath(path: string): Promise<string> {
  const ending = extname(path)
  const stem = basename(path, ending)
  const rotated = new RegExp(`^(\\d{${SEQUENCE_DIGITS},})$`)
  let last = 0
  try {
    for (const name of await readdir(dirname(path))) {
      if (!name.startsWith(`${stem}.`) || !name.endsWith(ending)) continue
      const sequence = rotated.exec(name.slice(stem.length + 1, name.length - ending.length))?.[1]
      if (sequence !== undefined) last = Math.max(last, Number(sequence))
    }
  } catch (error) {
    throw toWriteError(error, path)
  }
  return join(dirname(path), `${stem}.${String(last + 1).padStart(SEQUENCE_DIGITS, '0')}${ending}`)
}
