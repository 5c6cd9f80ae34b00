import { describe, expect, test } from 'vitest'
import type { BulkAction } from '../../../../connectors/elasticsearch/bulk-action.ts'
import { toItemOutcome } from '../../../../connectors/elasticsearch/item-outcome.ts'

const place = { index: 0, target: 'findings', id: 'a', head: Buffer.from('{}'), document: null, size: 3 }

type Case = readonly [
  verb: BulkAction['verb'],
  status: number,
  type: string,
  reason: string,
  kind: string,
  code?: string,
]

const CASES: readonly Case[] = [
  ['create', 409, 'version_conflict_engine_exception', 'document already exists', 'existing'],
  ['index', 409, 'version_conflict_engine_exception', 'changed', 'transient', 'E_UNREACHABLE'],
  ['delete', 404, 'index_not_found_exception', 'no such index', 'written'],
  ['create', 429, 'es_rejected_execution_exception', 'queue is full', 'transient', 'E_OVERLOADED'],
  ['create', 429, 'rejected_execution_exception', 'queue is full', 'transient', 'E_OVERLOADED'],
  ['create', 429, 'cluster_block_exception', 'flood-stage watermark', 'transient', 'E_OVERLOADED'],
  ['create', 503, 'unavailable_shards_exception', 'primary shard is not active', 'transient', 'E_OVERLOADED'],
  ['create', 500, 'io_exception', 'disk', 'transient', 'E_UNREACHABLE'],
  ['create', 507, 'x', 'y', 'transient', 'E_UNREACHABLE'],
  ['create', 408, 'x', 'y', 'transient', 'E_UNREACHABLE'],
  ['create', 400, 'document_parsing_exception', 'failed to parse field', 'permanent', 'E_DOCUMENT_REFUSED'],
  ['create', 400, 'mapper_parsing_exception', 'failed to parse field', 'permanent', 'E_DOCUMENT_REFUSED'],
  ['create', 400, 'strict_dynamic_mapping_exception', 'not allowed', 'permanent', 'E_DOCUMENT_REFUSED'],
  ['create', 400, 'illegal_argument_exception', 'Limit of total fields [1000]', 'permanent', 'E_DOCUMENT_REFUSED'],
  ['create', 400, 'invalid_index_name_exception', 'must be lowercase', 'permanent', 'E_DOCUMENT_REFUSED'],
  ['create', 413, 'x', 'too large', 'permanent', 'E_DOCUMENT_REFUSED'],
  ['create', 401, 'security_exception', 'expired', 'environment', 'E_CREDENTIALS'],
  ['create', 403, 'security_exception', 'action is unauthorized', 'environment', 'E_FORBIDDEN'],
  ['create', 403, 'cluster_block_exception', 'index read-only', 'environment', 'E_FORBIDDEN'],
  ['create', 404, 'index_not_found_exception', 'no such index', 'environment', 'E_INDEX'],
  ['create', 400, 'index_closed_exception', 'closed', 'environment', 'E_INDEX'],
  ['create', 400, 'illegal_argument_exception', 'pipeline with id [p] does not exist', 'environment', 'E_INDEX'],
  ['create', 400, 'validation_exception', '[1000]/[1000] maximum shards open;', 'environment', 'E_INDEX'],
  ['create', 400, 'validation_exception', '[1]/[1] maximum normal shards open;', 'environment', 'E_INDEX'],
  ['create', 400, 'illegal_argument_exception', 'no write index is defined for alias [a]', 'environment', 'E_INDEX'],
]

describe('the result of one document', () => {
  test.for(CASES)('%s %i %s (%s) is %s', ([verb, status, type, reason, kind, code]) => {
    const outcome = toItemOutcome({ ...place, verb }, { status, error: { type, reason } })
    expect(outcome.kind).toBe(kind)
    if (code === undefined || !('error' in outcome)) expect(code).toBeUndefined()
    else {
      expect(outcome.error.code).toBe(code)
      expect(outcome.error.message).toContain(reason)
      expect(outcome.error.retryable).toBe(kind === 'transient')
    }
  })

  test('without an error it is written', () => {
    expect(toItemOutcome({ ...place, verb: 'create' }, { status: 201, error: null })).toEqual({ kind: 'written' })
  })
})
