import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import type { EncodedRecord } from '../../../../broker/client/outgoing-batch.ts'
import { decodeHeaders, encodeHeaders } from '../../../../broker/protocol/record-headers.ts'
import { type FailedNode, toDeadInput, toDeadLetter } from '../../../../pipelines/runtime/dead-letter.ts'
import type { EventOrigin } from '../../../../pipelines/runtime/event-origin.ts'
import { RuntimeEvent } from '../../../../pipelines/runtime/runtime-event.ts'
import type { ChainStep } from '../../../../pipelines/runtime/step-chain.ts'
import { StoplogError } from '../../../../schemas/stoplog-error.ts'

const NODE: FailedNode = { name: 'findings', path: 'streams.findings', kind: 'stream', lastRedactStep: -1 }
const ERROR = new StoplogError('E_FIELD_MISSING', 'value.x is absent from {"password":"hunter2"}')

const REDACTING: FailedNode = { ...NODE, lastRedactStep: 1 }

function failedEvent(bytes: Buffer | null, stepIndex: number | null) {
  const origin: EventOrigin = {
    topic: 'p.scans',
    partition: 3,
    offset: 42,
    time: 1_000,
    key: 'key-hunter2',
    keyBytes: 'key-hunter2',
    bytes,
    text: bytes === null ? null : bytes.toString(),
    parsed: null,
    field: () => undefined,
    isMap: () => false,
    hasShortNumbers: () => false,
    encodedHeaders: encodeHeaders([
      { name: 'ce_id', value: Buffer.from('the-id') },
      { name: 'token', value: Buffer.from('hunter2') },
    ]),
  }
  const step: ChainStep | null =
    stepIndex === null
      ? null
      : {
          type: 'filter',
          index: stepIndex,
          path: `streams.findings.steps[${stepIndex}]`,
          processor: { each: () => 'pass' },
        }
  return { event: new RuntimeEvent(origin, 'findings'), error: ERROR, step }
}

function headersOf(record: { headers: Uint8Array }): Record<string, string> {
  return Object.fromEntries(decodeHeaders(Buffer.from(record.headers)).map(({ name, value }) => [name, String(value)]))
}

function everythingOf(record: EncodedRecord): string {
  return `${String(record.key)} ${String(record.value)} ${JSON.stringify(headersOf(record))}`
}

describe('a dead letter', () => {
  test('is the event as it came in, with the reason in Kafka’s headers and in ours', () => {
    const bytes = Buffer.from('{"a":1}')
    const record = toDeadLetter(failedEvent(bytes, 2), NODE)
    expect(record).toMatchObject({ timestamp: 1_000, key: 'key-hunter2', value: bytes })
    expect(headersOf(record)).toEqual({
      ce_id: 'the-id',
      token: 'hunter2',
      '__streams.errors.exception': `E_FIELD_MISSING: ${ERROR.message}`,
      '__streams.errors.message': ERROR.message,
      '__streams.errors.topic': 'p.scans',
      '__streams.errors.partition': '3',
      '__streams.errors.offset': '42',
      schema_version: '1',
      stoplog_error_code: 'E_FIELD_MISSING',
      stoplog_error_path: 'streams.findings.steps[2]',
      stoplog_error_step: '2',
    })
  })

  test('says what to do where that is more than the code says', () => {
    const error = new StoplogError('E_FIELD_MISSING', 'value.x', { fix: 'write value.?y' })
    const failed = { ...failedEvent(Buffer.from('{}'), 2), error }
    expect(headersOf(toDeadLetter(failed, NODE))).toMatchObject({ stoplog_error_fix: 'write value.?y' })
    expect(headersOf(toDeadLetter(failed, { ...NODE, lastRedactStep: 2 }))).not.toHaveProperty('stoplog_error_fix')
  })

  test('of a value beyond the limit keeps its beginning, its length and its digest', () => {
    const bytes = Buffer.alloc(600_000, 'x')
    const record = toDeadLetter(failedEvent(bytes, 0), NODE)
    expect((record.value as Buffer).length).toBe(524_288)
    expect(headersOf(record)).toMatchObject({
      stoplog_value_bytes: '600000',
      stoplog_value_sha256: createHash('sha256').update(bytes).digest('hex'),
    })
  })

  test.for([
    ['before redact', 0],
    ['in redact', 1],
    ['on its way in or out', null],
  ] as const)('that failed %s holds nothing of the event', ([, step]) => {
    const record = toDeadLetter(failedEvent(Buffer.from('{"password":"hunter2"}'), step), REDACTING)
    expect(everythingOf(record)).not.toContain('hunter2')
    expect(headersOf(record)).toMatchObject({
      '__streams.errors.message': 'an expression reads a field that the event does not have',
      stoplog_value_bytes: '22',
      ce_id: 'the-id',
      stoplog_error_code: 'E_FIELD_MISSING',
      '__streams.errors.offset': '42',
    })
  })

  test('that failed behind redact holds the value as it was redacted', () => {
    const failed = failedEvent(Buffer.from('{"password":"secret-1","n":1}'), 2)
    failed.event.value = { password: '[redacted]', n: 1 }
    const record = toDeadLetter(failed, REDACTING)
    expect(String(record.value)).toBe('{"password":"[redacted]","n":1}')
    expect(everythingOf(record)).not.toContain('secret-1')
    expect(headersOf(record)).toMatchObject({ token: 'hunter2', '__streams.errors.message': ERROR.message })
  })

  test('that failed behind redact and cannot be written any more holds nothing of the event', () => {
    const failed = failedEvent(Buffer.from('{"password":"secret-1","n":9007199254740993}'), 2)
    failed.event.value = { password: '[redacted]', n: 9007199254740992 }
    const record = toDeadLetter(failed, REDACTING)
    expect(record.value).toBeNull()
    expect(everythingOf(record)).not.toMatch(/secret-1|hunter2/)
  })

  test('of a deletion is a deletion', () => {
    expect(toDeadLetter(failedEvent(null, 0), NODE).value).toBeNull()
  })

  test('of a child has the child’s own value', () => {
    const failed = failedEvent(Buffer.from('[1,2]'), 1)
    const record = toDeadLetter({ ...failed, event: failed.event.derive({ n: 2 }, 1) }, NODE)
    expect(String(record.value)).toBe('{"n":2}')
  })
})

describe('a dead letter of input that could not be read', () => {
  const input = { error: ERROR, bytes: Buffer.from('hunter2…'), origin: 'reports/a.json:3', id: 'digest-3' }

  test('says where it came from', () => {
    const record = toDeadInput(input, { ...NODE, kind: 'source' }, 9_000)
    expect(record).toMatchObject({ timestamp: 9_000, key: 'digest-3' })
    expect(headersOf(record)).toMatchObject({
      stoplog_origin: 'reports/a.json:3',
      '__connect.errors.exception.class.name': 'E_FIELD_MISSING',
    })
  })

  test('keeps nothing of it where the source redacts', () => {
    const record = toDeadInput(input, { ...NODE, kind: 'source', lastRedactStep: 0 }, 9_000)
    expect(`${String(record.value)} ${JSON.stringify(headersOf(record))}`).not.toContain('hunter2')
  })
})
