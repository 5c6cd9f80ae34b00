import type { Json } from '../../schemas/json.ts'
import { StoplogError } from '../../schemas/stoplog-error.ts'
import { formatDuration } from '../../schemas/duration.ts'
import { PROCESSOR_LIMITS } from '../limits.ts'
import { setField } from '../own-field.ts'
import { Duration, isMap, Optional, Timestamp, TypeValue } from './cel-value.ts'
import { formatRfc3339 } from './rfc3339.ts'
import { depthFailure, isExact, numberFailure } from './value-failure.ts'

/**
 * The JSON of a result: timestamps as RFC 3339, durations as in `1h30m`, types by their name, an optional as its
 * content. An empty optional and a number beyond 2^53 fail the event. Lists and maps are built anew.
 */
export function toJson(value: unknown, at: string, depth = 0): Json {
  if (typeof value === 'string' || typeof value === 'boolean' || value === null) return value
  if (typeof value === 'number') {
    if (isExact(value)) return value
    throw numberFailure(at, value)
  }
  if (depth >= PROCESSOR_LIMITS.maxValueDepth.default) throw depthFailure()
  if (Array.isArray(value)) return value.map((item) => toJson(item, at, depth + 1))
  if (isMap(value)) {
    const map: Record<string, Json> = {}
    for (const name of Object.keys(value)) setField(map, name, toJson(value[name], at, depth + 1))
    return map
  }
  if (value instanceof Optional) return toJson(contentOf(value, at), at, depth + 1)
  return toText(value, at)
}

/** The text of a value that is one in JSON although it is none in CEL. */
export function toText(value: unknown, at: string): string {
  if (value instanceof Timestamp) return formatRfc3339(Timestamp.toEpochMs(value))
  if (value instanceof Duration) {
    const ms = Duration.toMs(value)
    return ms < 0 ? `-${formatDuration(-ms)}` : formatDuration(ms)
  }
  if (value instanceof TypeValue) return TypeValue.toName(value)
  throw new StoplogError('E_BUG', `\`${at}\` gave something that is not a value of CEL`)
}

/** The content of an optional; E_FIELD_MISSING when it is empty. */
export function contentOf(optional: Optional, at: string): unknown {
  const content = Optional.toContent(optional)
  if (content === undefined) throw emptyFailure(at)
  return content
}

/** An optional is empty where a value is needed. */
export function emptyFailure(at: string): StoplogError {
  return new StoplogError('E_FIELD_MISSING', `${at} is missing`, { fix: `write ${at}.orValue(null)` })
}
