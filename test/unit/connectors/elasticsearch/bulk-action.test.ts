import { describe, expect, test } from 'vitest'
import {
  divideActions,
  joinActions,
  sizeOf,
  toBulkActions,
  type BulkActionOptions,
} from '../../../../connectors/elasticsearch/bulk-action.ts'
import { StoplogError } from '../../../../schemas/stoplog-error.ts'
import { createEvent, type EventFields } from '../../../support/event.ts'

const OPTIONS: BulkActionOptions = { verb: 'create', target: () => 'findings', id: undefined, timeField: undefined }

function actionsOf(fields: EventFields | readonly EventFields[], options: Partial<BulkActionOptions> = {}) {
  const events = [fields].flat().map((each) => createEvent({ id: 'e', ...each }))
  return toBulkActions(events, { ...OPTIONS, ...options })
}

function linesOf(fields: EventFields, options: Partial<BulkActionOptions> = {}): string {
  const { actions, failed } = actionsOf(fields, options)
  expect(failed).toEqual([])
  return joinActions(actions).toString()
}

describe('lines of a bulk request', () => {
  test('are the place and the value as it is written', () => {
    expect(linesOf({ bytes: '{ "n": 9007199254740993, "f":1.50, "t":"a\\nb" }' })).toBe(
      '{"create":{"_index":"findings","_id":"e"}}\n{ "n": 9007199254740993, "f":1.50, "t":"a\\nb" }\n',
    )
  })

  test('a value over several lines becomes one', () => {
    expect(linesOf({ bytes: '{\r\n "a" : "x  y",\n "n": 1.50\n}\n' })).toBe(
      '{"create":{"_index":"findings","_id":"e"}}\n{"a":"x  y","n":1.50}\n',
    )
  })

  test('an id or index cannot bring a line of its own', () => {
    const bad = 'x"}}\n{"delete":{"_index":"all"}}'
    const lines = linesOf({ bytes: '{}', id: bad }, { target: () => bad }).split('\n')
    expect(lines).toHaveLength(3)
    expect(JSON.parse(lines[0] ?? '')).toEqual({ create: { _index: bad, _id: bad } })
  })

  test('a tombstone deletes with op index, and fails for good with op create', () => {
    expect(linesOf({ bytes: null }, { verb: 'index' })).toBe('{"delete":{"_index":"findings","_id":"e"}}\n')
    expect(actionsOf({ bytes: null }).failed).toMatchObject([
      { index: 0, permanent: true, error: { code: 'E_DOCUMENT_SHAPE' } },
    ])
  })

  test.for<[bytes: string, code: string]>([
    ['1', 'E_DOCUMENT_SHAPE'],
    ['null', 'E_DOCUMENT_SHAPE'],
    ['[{}]', 'E_DOCUMENT_SHAPE'],
    ['"{}"', 'E_DOCUMENT_SHAPE'],
    ['{"a":1}}', 'E_VALUE_JSON'],
    ['{"a":1}\n{"delete":{"_index":"x","_id":"y"}}', 'E_VALUE_JSON'],
    ['', 'E_VALUE_JSON'],
    ['\ufeff{}', 'E_VALUE_JSON'],
  ])('the value %j fails alone with %s', ([bytes, code]) => {
    const { actions, failed } = actionsOf([{ bytes: '{"n":1}' }, { bytes }, { bytes: '{"n":2}' }])
    expect(actions.map(({ index }) => index)).toEqual([0, 2])
    expect(failed).toMatchObject([{ index: 1, permanent: true, error: { code } }])
  })

  test('an index name that cannot be computed fails its event', () => {
    const target = (): never => {
      throw new StoplogError('E_NAME_UNSAFE', 'unsafe')
    }
    expect(actionsOf({ bytes: '{}' }, { target }).failed).toMatchObject([{ error: { code: 'E_NAME_UNSAFE' } }])
  })

  test.for<[bytes: string, document: string]>([
    ['{}', '{"@timestamp":"2026-08-21T10:00:00.000Z"}'],
    [' { } ', '{"@timestamp":"2026-08-21T10:00:00.000Z" } '],
    ['{"n":9007199254740993}', '{"@timestamp":"2026-08-21T10:00:00.000Z","n":9007199254740993}'],
    ['{"@timestamp":null}', '{"@timestamp":null}'],
    ['{"\\u0040timestamp":1}', '{"\\u0040timestamp":1}'],
    ['{"__proto__":{"@timestamp":1}}', '{"@timestamp":"2026-08-21T10:00:00.000Z","__proto__":{"@timestamp":1}}'],
  ])('timestamp_field makes of %s %s', ([bytes, document]) => {
    expect(linesOf({ bytes }, { timeField: '@timestamp' }).split('\n')[1]).toBe(document)
  })

  test('a time that no calendar knows fails its event', () => {
    expect(actionsOf({ bytes: '{}', time: 9e15 }, { timeField: '@timestamp' }).failed).toHaveLength(1)
  })
})

describe('the id of a document', () => {
  const idOf = (id: unknown): string | undefined =>
    actionsOf({ bytes: '{}' }, { id: () => id as string }).actions[0]?.id

  test('is a text, or the text of a number or boolean', () => {
    expect(['CVE-1', 7, false].map(idOf)).toEqual(['CVE-1', '7', 'false'])
  })

  test('stands as its digest where the server would not take it', () => {
    const long = idOf('x'.repeat(513))
    expect(long).toMatch(/^[0-9a-f]{64}$/)
    expect(idOf('x'.repeat(513))).toBe(long)
    expect(idOf(`${'x'.repeat(512)}y`)).not.toBe(long)
    expect(idOf('x'.repeat(512))).toHaveLength(512)
    expect(idOf('é'.repeat(257))).toMatch(/^[0-9a-f]{64}$/)
    expect(new Set([idOf('\ud800'), idOf('\ud801'), idOf('\udc00')]).size).toBe(3)
    expect(idOf('\ud800')).toMatch(/^[0-9a-f]{64}$/)
  })

  test.for([[''], [null], [[]], [{}]])('%j is none', ([id]) => {
    expect(actionsOf({ bytes: '{}' }, { id: () => id as string }).failed).toMatchObject([
      { permanent: true, error: { code: 'E_DOCUMENT_ID' } },
    ])
  })
})

describe('dividing', () => {
  const { actions } = actionsOf([10, 10, 500, 10, 10].map((size) => ({ bytes: `{"a":"${'x'.repeat(size)}"}` })))

  test('keeps order and stays within the limit, but for what is larger by itself', () => {
    const parts = divideActions(actions, 200)
    expect(parts.flat().map(({ index }) => index)).toEqual([0, 1, 2, 3, 4])
    expect(parts.map((part) => part.length)).toEqual([2, 1, 2])
    for (const part of parts) if (part.length > 1) expect(sizeOf(part)).toBeLessThanOrEqual(200)
  })

  test('sizes are what is sent', () => {
    expect(joinActions(actions)).toHaveLength(sizeOf(actions))
    expect(divideActions([], 1)).toEqual([])
    expect(divideActions(actions, 0)).toHaveLength(5)
  })
})
