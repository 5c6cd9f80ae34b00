import { expect, test } from 'vitest'
import { parseRetryAfter } from '../../../connectors/retry-after.ts'

const NOW = Date.UTC(2026, 0, 1)

test.for<[header: string | undefined, waitMs: number | undefined]>([
  [undefined, undefined],
  ['', undefined],
  ['soon', undefined],
  ['-5', undefined],
  ['1.5', undefined],
  ['0', 0],
  ['30', 30_000],
  [' 30 ', 30_000],
  ['Thu, 01 Jan 2026 00:00:10 GMT', 10_000],
  ['Thu, 01 Jan 2026 00:00:00 GMT', 0],
  ['Wed, 31 Dec 2025 00:00:00 GMT', 0],
  ['Thu, 01 Jan 2027 00:00:00 GMT', 900_000],
  ['9999999999', 900_000],
])('Retry-After: %s is a wait of %s ms', ([header, waitMs]) => {
  expect(parseRetryAfter(header, NOW)).toBe(waitMs)
})
