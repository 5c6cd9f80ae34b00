import { createHash } from 'node:crypto'
import type { Event } from '../../schemas/event.ts'
import type { CompiledExpression } from '../../schemas/runtime.ts'
import { StoplogError } from '../../schemas/stoplog-error.ts'

/** Elasticsearch refuses a longer `_id`, and with it the whole request. */
const MAX_ID_BYTES = 512

/**
 * The `_id` of an event: the result of the expression, or the event's own id. One that Elasticsearch would not take as
 * it is stands as its SHA-256, so the same event has the same `_id` on every replay.
 */
export function toDocumentId(event: Event, expression: CompiledExpression | undefined): string {
  const result = expression === undefined ? event.id : expression(event)
  const id = typeof result === 'number' || typeof result === 'boolean' ? String(result) : result
  if (typeof id !== 'string' || id === '') {
    const found = id === '' ? 'an empty text' : id === null ? 'null' : 'a list or map'
    throw new StoplogError('E_DOCUMENT_ID', `the expression \`id\` gives ${found} for ${event.id}`)
  }
  // Half of a surrogate pair cannot be sent as UTF-8.
  const isUsable = Buffer.byteLength(id) <= MAX_ID_BYTES && !/\p{Cs}/u.test(id)
  return isUsable ? id : createHash('sha256').update(id, 'utf16le').digest('hex')
}
