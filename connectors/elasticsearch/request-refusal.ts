import { isJsonObject, type Json } from '../../schemas/json.ts'
import { StoplogError } from '../../schemas/stoplog-error.ts'
import type { BulkResponse } from './bulk-client.ts'
import { readServerError, serverText } from './server-error.ts'

/** Why a whole bulk request was not taken. Retryable: the same request may be taken later. */
export function toRequestRefusal({ status, text }: BulkResponse): StoplogError {
  const said = `HTTP ${status}: ${reasonIn(text)}`
  if (status === 401) return new StoplogError('E_CREDENTIALS', said)
  if (status === 403) return new StoplogError('E_FORBIDDEN', said)
  if (status === 429 || status === 503) return new StoplogError('E_OVERLOADED', said, { retryable: true })
  if (status === 408 || status >= 500) return new StoplogError('E_UNREACHABLE', said, { retryable: true })
  if (status < 300) {
    return new StoplogError('E_REMOTE_ANSWER', `${said}, which is no answer to a bulk request`, { retryable: true })
  }
  if (status === 406 || status === 415) {
    return new StoplogError('E_REMOTE_API', said, {
      fix: 'let what stands between here and the server, such as a gateway, pass on `content-type: application/x-ndjson` as it is, and check that `url` is the address of Elasticsearch 7 or later, or of OpenSearch; then run again: nothing is lost',
    })
  }
  return new StoplogError('E_REMOTE_API', said, {
    fix: 'check `url`: it has to be the address of Elasticsearch 7 or later, or of OpenSearch, with its path if a proxy adds one',
  })
}

/** The server's own words: `error.type: error.reason`, or the beginning of what it sent. */
function reasonIn(text: string): string {
  const error = errorIn(text)
  if (error === undefined) return serverText(text) || 'no reason given'
  const { type, reason } = readServerError(error)
  return `${type}: ${reason}`
}

function errorIn(text: string): Json | undefined {
  try {
    const answer: Json = JSON.parse(text)
    return isJsonObject(answer) ? answer['error'] : undefined
  } catch {
    return undefined
  }
}
