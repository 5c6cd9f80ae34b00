import { isJsonObject, type Json } from '../../schemas/json.ts'
import { StoplogError } from '../../schemas/stoplog-error.ts'
import type { BulkAction } from './bulk-action.ts'
import { readServerError, serverText } from './server-error.ts'

/** What the server says about one action. */
export interface ItemResult {
  readonly status: number
  readonly error: { readonly type: string; readonly reason: string } | null
}

/**
 * The results of a bulk request, one for each action, in order. Throws E_REMOTE_ANSWER, retryable, when the answer is
 * not exactly that: then nothing counts as written, whatever the status line says.
 */
export function readBulkAnswer(text: string, actions: readonly BulkAction[]): readonly ItemResult[] {
  const answer = parse(text)
  const items = isJsonObject(answer) ? answer['items'] : undefined
  if (!isJsonObject(answer) || typeof answer['errors'] !== 'boolean' || !isList(items)) {
    throw untrusted(`is no answer to a bulk request: ${serverText(text)}`)
  }
  if (items.length !== actions.length) {
    throw untrusted(`speaks of ${items.length} documents where ${actions.length} were sent`)
  }
  const results = actions.map((action, index) => readItem(items[index] ?? null, action, index))
  if (answer['errors'] && results.every(({ error }) => error === null)) {
    throw untrusted('says that there were errors, and names none')
  }
  return results
}

function readItem(item: Json, action: BulkAction, index: number): ItemResult {
  const result = isJsonObject(item) ? item[action.verb] : undefined
  if (!isJsonObject(result)) throw untrusted(`names no ${action.verb} as result ${index + 1}`)
  const { _id: id, status, error } = result
  if (id !== action.id) throw untrusted(`names another document as result ${index + 1} than was sent`)
  if (typeof status !== 'number' || !Number.isInteger(status)) throw untrusted(`has no status for result ${index + 1}`)
  const failed = error !== undefined && error !== null
  // Deleting what is not there is no error.
  const isWritten = status < 300 || (status === 404 && action.verb === 'delete')
  if (failed ? status < 300 : !isWritten) {
    throw untrusted(`gives result ${index + 1} the status ${status}, which does not fit it`)
  }
  return { status, error: failed ? readServerError(error) : null }
}

function parse(text: string): Json {
  try {
    const value: Json = JSON.parse(text)
    return value
  } catch {
    return null
  }
}

function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value)
}

function untrusted(what: string): StoplogError {
  return new StoplogError('E_REMOTE_ANSWER', `the answer of the server ${what}`, { retryable: true })
}
