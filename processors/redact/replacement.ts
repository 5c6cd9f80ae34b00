import { createHmac } from 'node:crypto'
import { isJsonObject, type Json } from '../../schemas/json.ts'
import type { Secret } from '../../schemas/secret.ts'
import { StoplogError } from '../../schemas/stoplog-error.ts'
import { canonicalJson } from '../canonical-json.ts'
import { PROCESSOR_LIMITS } from '../limits.ts'
import { setField } from '../own-field.ts'

/**
 * What stands for a content: always the same text, or with a key `hmac-sha256:` and 64 hex digits, the same for equal
 * contents. The HMAC is taken of a text in UTF-8, of anything else as canonical JSON.
 */
export function createReplacement(written: string, key: Secret | undefined): (content: Json) => string {
  if (written !== 'hmac' || key === undefined) return () => written
  return (content) => {
    const text = typeof content === 'string' ? content : canonicalJson(content)
    return `hmac-sha256:${createHmac('sha256', key.reveal()).update(text, 'utf8').digest('hex')}`
  }
}

/** A value with all texts in it rewritten; parts without a change are shared. Throws E_VALUE_DEPTH. */
export function rewriteTexts(value: Json, rewrite: (text: string) => string, depth = 0): Json {
  if (typeof value === 'string') return rewrite(value)
  if (typeof value !== 'object' || value === null) return value
  const limit = PROCESSOR_LIMITS.maxValueDepth.default
  if (depth >= limit) throw new StoplogError('E_VALUE_DEPTH', `the value is nested more than ${limit} levels deep`)
  if (!isJsonObject(value)) {
    const items = value.map((item) => rewriteTexts(item, rewrite, depth + 1))
    return items.some((item, index) => item !== value[index]) ? items : value
  }
  const copy: Record<string, Json> = {}
  let changed = false
  for (const name of Object.keys(value)) {
    const content = value[name] ?? null
    const rewritten = rewriteTexts(content, rewrite, depth + 1)
    changed ||= rewritten !== content
    setField(copy, name, rewritten)
  }
  return changed ? copy : value
}
