import { StoplogError } from '../../schemas/stoplog-error.ts'
import type { BulkAction } from './bulk-action.ts'
import type { ItemResult } from './bulk-answer.ts'

/** What the result of one action means. */
export type ItemOutcome =
  | { readonly kind: 'written' }
  /** The same document lies there already: an earlier attempt wrote it. */
  | { readonly kind: 'existing' }
  | { readonly kind: 'transient' | 'permanent' | 'environment'; readonly error: StoplogError }

interface Setting {
  readonly reason: RegExp
  readonly fix: string
}

/** Refusals with status 400 that are about the cluster's settings. They would meet every event, so none is given up. */
const SETTINGS: readonly Setting[] = [
  { reason: /pipeline with id \[.*\] does not exist/, fix: 'create the ingest pipeline, or correct `pipeline`' },
  { reason: /maximum .*shards open/, fix: 'delete old indices, or raise cluster.max_shards_per_node' },
  { reason: /no write index is defined for alias/, fix: 'mark one index of the alias as its write index' },
  { reason: /op_type of create are allowed in data streams/, fix: 'a data stream needs `op: create`' },
]

const CLOSED_INDEX = 'index_closed_exception'
const MISSING_INDEX = 'index_not_found_exception'

export function toItemOutcome(action: BulkAction, result: ItemResult): ItemOutcome {
  const { status, error } = result
  if (error === null) return { kind: 'written' }
  if (status === 409 && action.verb === 'create') return { kind: 'existing' }
  if (action.verb === 'delete' && error.type === MISSING_INDEX) return { kind: 'written' }
  const refused = `${action.target}: ${error.type}: ${error.reason}`
  if (status === 429 || status === 503) {
    return { kind: 'transient', error: new StoplogError('E_OVERLOADED', refused, { retryable: true }) }
  }
  if (status >= 500 || status === 408 || status === 409) {
    return { kind: 'transient', error: new StoplogError('E_UNREACHABLE', refused, { retryable: true }) }
  }
  if (status === 401) return { kind: 'environment', error: new StoplogError('E_CREDENTIALS', refused) }
  if (status === 403) return { kind: 'environment', error: new StoplogError('E_FORBIDDEN', refused) }
  if (status === 404 || error.type === CLOSED_INDEX) {
    return { kind: 'environment', error: new StoplogError('E_INDEX', refused) }
  }
  const setting = SETTINGS.find(({ reason }) => reason.test(error.reason))
  if (setting !== undefined) {
    return { kind: 'environment', error: new StoplogError('E_INDEX', refused, { fix: setting.fix }) }
  }
  return { kind: 'permanent', error: new StoplogError('E_DOCUMENT_REFUSED', refused) }
}
