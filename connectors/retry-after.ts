import { CONNECTOR_LIMITS } from './limits.ts'

const HTTP_DATE = /^[A-Z][a-z]+, .+ GMT$/

/**
 * Milliseconds that another system asks to wait (RFC 9110, 10.2.3): seconds or a date. Undefined where the header says
 * nothing that can be used; longer waits than the limit are cut to it.
 */
export function parseRetryAfter(header: string | undefined, nowMs: number): number | undefined {
  const text = header?.trim() ?? ''
  const isSeconds = /^\d{1,10}$/.test(text)
  if (!isSeconds && !HTTP_DATE.test(text)) return undefined
  const waitMs = isSeconds ? Number(text) * 1_000 : Date.parse(text) - nowMs
  if (Number.isNaN(waitMs)) return undefined
  return Math.min(Math.max(waitMs, 0), CONNECTOR_LIMITS.maxRetryAfterMs.default)
}
