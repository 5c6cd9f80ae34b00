import { z } from 'zod'
import { StoplogError } from './stoplog-error.ts'

const MS_PER_UNIT: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
}

/** A thousand years: longer durations mean "for ever" and are read as this. */
const MAX_DURATION_MS = 365_250 * 86_400_000

const DURATION = /^(?:\d+(?:\.\d+)?(?:ms|s|m|h|d|w))+$/
const PART = /(\d+(?:\.\d+)?)(ms|s|m|h|d|w)/g

/**
 * Milliseconds of `30s`, `5m`, `24h`, `30d` or a sum such as `1h30m`. One grammar for YAML and for CEL's `duration()`.
 * Throws E_DURATION for anything else, a bare number included: a number without a unit is a guess.
 */
export function parseDuration(text: string): number {
  if (!DURATION.test(text)) {
    throw new StoplogError('E_DURATION', `"${text}" is not a duration such as "30s", "5m" or "24h"`)
  }
  let totalMs = 0
  for (const [, amount, unit] of text.matchAll(PART))
    totalMs += Number(amount) * (MS_PER_UNIT[unit ?? ''] ?? Number.NaN)
  return Math.min(Math.round(totalMs), MAX_DURATION_MS)
}

/** The shortest exact text that `parseDuration` reads back: `90000` is `1m30s`, `0` is `0ms`. */
export function formatDuration(durationMs: number): string {
  let rest = Math.round(durationMs)
  let text = ''
  for (const unit of ['d', 'h', 'm', 's', 'ms']) {
    const size = MS_PER_UNIT[unit] ?? 1
    const count = Math.floor(rest / size)
    if (count > 0) text += `${count}${unit}`
    rest -= count * size
  }
  return text === '' ? '0ms' : text
}

/** A config field that is written `10m` and read as milliseconds. Give defaults with `.prefault('10m')`. */
export const duration = z
  .string()
  .regex(DURATION, 'expected a duration such as "30s", "5m" or "24h"')
  .max(40, 'expected a duration of at most 40 characters')
  .transform(parseDuration)
