import { isJsonObject, type Json } from '../schemas/json.ts'
import { StoplogError } from '../schemas/stoplog-error.ts'
import { PROCESSOR_LIMITS } from './limits.ts'

/**
 * The one JSON text of a value: fields sorted by their names (UTF-16 units), no white space, numbers as ECMAScript writes
 * them (RFC 8785). A number beyond 2^53 may stand for another one: it throws E_NUMBER_UNSAFE unless it is to be kept.
 * Throws E_VALUE_DEPTH for a value nested too deeply.
 */
export function canonicalJson(value: Json, unsafeNumbers: 'fail' | 'keep' = 'fail'): string {
  return write(value, unsafeNumbers === 'fail', 0)
}

function write(value: Json, exact: boolean, depth: number): string {
  if (exact && typeof value === 'number' && !(Math.abs(value) <= Number.MAX_SAFE_INTEGER)) {
    throw new StoplogError('E_NUMBER_UNSAFE', 'a number beyond 2^53 may have been rounded')
  }
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const limit = PROCESSOR_LIMITS.maxValueDepth.default
  if (depth >= limit) throw new StoplogError('E_VALUE_DEPTH', `the value is nested more than ${limit} levels deep`)
  if (!isJsonObject(value)) return `[${value.map((item) => write(item, exact, depth + 1)).join(',')}]`
  const fields = Object.keys(value)
    .sort()
    .map((name) => `${JSON.stringify(name)}:${write(value[name] ?? null, exact, depth + 1)}`)
  return `{${fields.join(',')}}`
}
