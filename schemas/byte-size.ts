import { z } from 'zod'
import { StoplogError } from './stoplog-error.ts'

const BYTES_PER_UNIT: Readonly<Record<string, number>> = {
  B: 1,
  KiB: 1024,
  MiB: 1024 ** 2,
  GiB: 1024 ** 3,
  TiB: 1024 ** 4,
  KB: 1000,
  MB: 1000 ** 2,
  GB: 1000 ** 3,
  TB: 1000 ** 4,
}

const BYTE_SIZE = /^(\d+(?:\.\d+)?)(B|KiB|MiB|GiB|TiB|KB|MB|GB|TB)$/

/** Bytes of `64KiB`, `16MiB`, `10GB`. Throws E_BYTE_SIZE for anything else, a bare number included. */
export function parseByteSize(text: string): number {
  const [, amount, unit] = BYTE_SIZE.exec(text) ?? []
  const bytes = Math.min(
    Math.round(Number(amount) * (BYTES_PER_UNIT[unit ?? ''] ?? Number.NaN)),
    Number.MAX_SAFE_INTEGER,
  )
  if (Number.isNaN(bytes)) {
    throw new StoplogError('E_BYTE_SIZE', `"${text}" is not a size such as "64KiB" or "16MiB"`)
  }
  return bytes
}

/** Bytes for people, one decimal at most: `1.2 MB`. Not meant to be read back. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'KB', 'MB', 'GB', 'TB']
  let amount = bytes
  let unit = 0
  while (amount >= 1000 && unit < units.length - 1) {
    amount /= 1000
    unit += 1
  }
  const digits = unit === 0 || amount >= 100 ? 0 : 1
  return `${amount.toFixed(digits).replace(/\.0$/, '')} ${units[unit] ?? 'B'}`
}

/** A config field that is written `16MiB` and read as bytes. Give defaults with `.prefault('16MiB')`. */
export const byteSize = z
  .string()
  .regex(BYTE_SIZE, 'expected a size such as "64KiB" or "16MiB"')
  .transform(parseByteSize)
