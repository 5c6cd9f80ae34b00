import { CONTROL_CHARACTER } from '../../schemas/control-character.ts'
import { isJsonObject, type Json } from '../../schemas/json.ts'
import { CONNECTOR_LIMITS } from '../limits.ts'

const CONTROL_CHARACTERS = new RegExp(`${CONTROL_CHARACTER.source}+`, 'gu')

/** What a server says, fit for a message: one line, without control characters, of limited length. */
export function serverText(text: string): string {
  const limit = CONNECTOR_LIMITS.maxServerTextLength.default
  const clean = text
    .slice(0, limit * 2)
    .replace(CONTROL_CHARACTERS, ' ')
    .trim()
  // No half of a surrogate pair at the end.
  return clean.length <= limit ? clean : `${clean.slice(0, limit).replace(/[\uD800-\uDBFF]$/, '')}…`
}

/** The words of an error object of Elasticsearch's; a text stands for itself. */
export function readServerError(error: Json): { readonly type: string; readonly reason: string } {
  if (!isJsonObject(error)) return { type: 'error', reason: serverText(textOf(error)) }
  const cause = error['caused_by']
  const reasons = [error['reason'] ?? null, isJsonObject(cause) ? (cause['reason'] ?? null) : null]
  const texts = reasons.filter((reason) => typeof reason === 'string')
  return { type: serverText(textOf(error['type'] ?? null)), reason: serverText(texts.join(': ')) }
}

function textOf(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}
