import { describe, expect, test } from 'vitest'
import { formatDuration, parseDuration } from '../../../schemas/duration.ts'

describe('parseDuration', () => {
  test.for([
    ['500ms', 500],
    ['30s', 30_000],
    ['5m', 300_000],
    ['24h', 86_400_000],
    ['30d', 2_592_000_000],
    ['2w', 1_209_600_000],
    ['1h30m', 5_400_000],
    ['1.5s', 1_500],
    ['0s', 0],
    ['99999999999w', 365_250 * 86_400_000],
  ] as const)('reads %s', ([text, durationMs]) => {
    expect(parseDuration(text)).toBe(durationMs)
  })

  test.for(['', '5', '5 m', 'm', '-5m', '5M', '1h 30m', '5min', 'P1D'])('refuses "%s"', (text) => {
    expect(() => parseDuration(text)).toThrow(expect.objectContaining({ code: 'E_DURATION' }))
  })

  test.for([0, 1, 999, 90_000, 5_400_000, 2_592_000_000])('reads back what it formats: %d ms', (durationMs) => {
    expect(parseDuration(formatDuration(durationMs))).toBe(durationMs)
  })
})
