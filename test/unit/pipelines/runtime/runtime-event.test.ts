import { describe, expect, test } from 'vitest'
import { encodeHeaders } from '../../../../broker/protocol/record-headers.ts'
import { NO_HEADERS, RecordBatchBuilder } from '../../../../broker/protocol/record-batch-builder.ts'
import { readBatchHeader } from '../../../../broker/protocol/record-batch.ts'
import { type BatchRecord, readRecords } from '../../../../broker/protocol/record-reader.ts'
import { RuntimeEvent } from '../../../../pipelines/runtime/runtime-event.ts'
import { SinkEvent } from '../../../../pipelines/runtime/sink-event.ts'
import { SourceHeaders, SourceOrigin } from '../../../../pipelines/runtime/source-origin.ts'
import { TopicOrigin } from '../../../../pipelines/runtime/topic-origin.ts'
import { toJsonLine } from '../../../../connectors/file/json-line.ts'
import { createExpressions } from '../../../../processors/cel/expressions.ts'
import { map } from '../../../../processors/map/map.ts'
import { openStep } from '../../../../processors/testing/step-run.ts'
import type { Event, NewEvent } from '../../../../schemas/event.ts'
import { StoplogError } from '../../../../schemas/stoplog-error.ts'

function recordOf(
  value: string | null,
  headers: Readonly<Record<string, string>> = {},
  key: string | null = 'k',
): BatchRecord {
  const builder = new RecordBatchBuilder()
  const encoded = Object.entries(headers).map(([name, text]) => ({ name, value: Buffer.from(text) }))
  builder.append(1_000, key, value, encoded.length === 0 ? NO_HEADERS : encodeHeaders(encoded))
  const batch = builder.finish()
  return readRecords(batch, 0, readBatchHeader(batch), 10_000)[0]!
}

function eventOf(value: string | null, headers: Readonly<Record<string, string>> = { ce_id: 'id-1' }): RuntimeEvent {
  return new RuntimeEvent(new TopicOrigin('t', 2, recordOf(value, headers)), 'node')
}

describe('an event of a topic', () => {
  test('that nobody changes is written on as the bytes that came in', () => {
    const event = eventOf('{ "n" : 9007199254740993 }')
    expect(event.value).toEqual({ n: 9007199254740992 })
    const { value, headers, key, timestamp } = event.toRecord()
    expect(Buffer.from(value as Uint8Array).toString()).toBe('{ "n" : 9007199254740993 }')
    expect(Buffer.from(headers).equals(Buffer.from(event.origin.encodedHeaders))).toBe(true)
    expect([Buffer.from(key as Uint8Array).toString(), timestamp]).toEqual(['k', 1_000])
  })

  test('that was changed fails rather than round a number', () => {
    const event = eventOf('{"n":9007199254740993,"m":1}')
    event.value = { m: 2 }
    expect(event.toRecord().value).toBe('{"m":2}')
    event.value = { n: (event.origin.bytes && 9007199254740992) ?? 0 }
    expect(() => event.toRecord()).toThrow(expect.objectContaining({ code: 'E_NUMBER_UNSAFE' }))
  })

  test('that is no JSON fails when its value is read, and not before', () => {
    const event = eventOf('{"n":')
    expect(event.toRecord().key).not.toBeNull()
    expect(() => event.value).toThrow(expect.objectContaining({ code: 'E_VALUE_JSON' }))
  })

  test('that has no id gets one from its place, and keeps it from then on', () => {
    const event = eventOf('1', {})
    expect(event.id).toBe('t-2-0')
    const again = new RuntimeEvent(
      { ...originLike(event), encodedHeaders: event.toRecord().headers, topic: 'other', partition: 0, offset: 7 },
      'node',
    )
    expect(again.id).toBe('t-2-0')
  })

  test('that is a deletion stays one', () => {
    const event = eventOf(null)
    expect([event.value, event.bytes, event.toRecord().value]).toEqual([null, null, null])
  })

  test('sets, replaces and removes headers, whatever they are called', () => {
    const event = eventOf('1', { ce_id: 'x', a: '1', b: '2' })
    event.setHeader('a', 'one')
    event.setHeader('b', null)
    event.setHeader('__proto__', 'data')
    expect({ ...event.headers }).toEqual(
      Object.fromEntries([
        ['ce_id', 'x'],
        ['a', 'one'],
        ['__proto__', 'data'],
      ]),
    )
    expect(({} as { data?: string }).data).toBeUndefined()
  })
})

test('children have ids of their own, the same on every replay', () => {
  const ids = [0, 1, 2].map((index) => eventOf('[1,2,3]').derive(index, index).id)
  expect(new Set(ids).size).toBe(3)
  expect([0, 1, 2].map((index) => eventOf('[1,2,3]').derive(index, index).id)).toEqual(ids)
  const child = eventOf('[1,2,3]').derive({ n: 1 }, 0)
  expect(new RuntimeEvent({ ...originLike(child), encodedHeaders: child.toRecord().headers }, 'x').id).toBe(ids[0])
})

describe('an event of a source', () => {
  const headers = new SourceHeaders('urn:test')
  const origin = (event: NewEvent): RuntimeEvent => new RuntimeEvent(new SourceOrigin('t', event, headers, 5_000), 's')

  test('carries the CloudEvents attributes', () => {
    const event = origin({
      id: 'i',
      type: 'a.b',
      value: { a: 1 },
      time: 1_767_225_600_000,
      subject: 's',
      dataSchema: 'd',
    })
    expect({ ...event.headers }).toEqual({
      ce_specversion: '1.0',
      ce_source: 'urn:test',
      ce_type: 'a.b',
      ce_subject: 's',
      ce_time: '2026-01-01T00:00:00.000Z',
      ce_dataschema: 'd',
      'content-type': 'application/json',
      ce_id: 'i',
    })
    expect([event.key, event.time]).toEqual(['i', 1_767_225_600_000])
  })

  test('without a time carries that of its arrival, and says so', () => {
    const event = origin({ id: 'i', type: 'x', value: 1 })
    expect([event.time, event.headers['stoplog_time'], event.headers['ce_time']]).toEqual([5_000, 'arrival', undefined])
  })

  test.for([0, 1, 63, 64, 8_191, 8_192, 100_000])('may have an id of %d bytes', (length) => {
    const id = 'x'.repeat(length)
    const event = origin({ id, type: 'x', value: 1, headers: { ä: 'ö' } })
    expect({ id: event.headers['ce_id'], ä: event.headers['ä'] }).toEqual({ id, ä: 'ö' })
  })
})

function originLike({ origin }: RuntimeEvent): RuntimeEvent['origin'] {
  const { topic, partition, offset, time, key, keyBytes, bytes, text, parsed, encodedHeaders } = origin
  return {
    topic,
    partition,
    offset,
    time,
    key,
    keyBytes,
    bytes,
    text,
    parsed,
    encodedHeaders,
    field: (path) => origin.field(path),
    isMap: () => origin.isMap(),
    hasShortNumbers: () => origin.hasShortNumbers(),
  }
}

describe('an event on its way out', () => {
  test('is never parsed to be written as a line, if it is a map', () => {
    const event = eventOf('{"a":{"b":1}}')
    Object.defineProperty(event, 'value', { get: () => expect.fail('the value was read') })
    const leaving = new SinkEvent(event)
    expect(Buffer.from(toJsonLine(leaving)).toString()).toBe('{"a":{"b":1}}')
    expect(leaving.field(['a', 'b'])).toBe(1)
  })

  test.for(['{"a":1', '{"a":1}}', '{"a":01}', 'x', ''])('fails for %j, which is not JSON', (value) => {
    expect(() => toJsonLine(new SinkEvent(eventOf(value)))).toThrow(expect.objectContaining({ code: 'E_VALUE_JSON' }))
  })

  test('shows what the steps before it have made of it', () => {
    const event = eventOf('{"a":1}')
    expect(event.field(['a'])).toBe(1)
    event.value = { a: 2 }
    const leaving = new SinkEvent(event)
    expect([leaving.field(['a']), leaving.isMap(), leaving.value]).toEqual([undefined, false, { a: 2 }])
    expect(Buffer.from(toJsonLine(leaving)).toString()).toBe('{"a":2}')
  })
})

test('a value that a step has set to null is null from then on', () => {
  const event = eventOf('{"n":1}')
  event.value = null
  expect([event.value, event.toRecord().value]).toEqual([null, null])
})

test('outsiders cannot say what only the runtime says of an event', () => {
  const origin = new SourceOrigin(
    't',
    { id: 'i', type: 'x', value: 1, headers: { stoplog_replay: '1', kept: 'yes' } },
    new SourceHeaders('urn:test'),
    0,
  )
  const { headers } = new RuntimeEvent(origin, 's')
  expect([headers['stoplog_replay'], headers['kept']]).toEqual([undefined, 'yes'])
})

describe('a condition that looks for fields in the bytes decides as one that parses', () => {
  const conditions = [
    'value.a == 1',
    'value.a == 1 || value.a == "x"',
    'value.a == 1 && value.b == 2',
    'value.?a.orValue(0) == 1',
    'value.?a.?c.orValue(0) == 1',
    'value.a.c == 1',
    'value.a.c == 1 && value.a.d == "x"',
    "value['a']['c'] == 1",
    "value[?'a'].?c.orValue(0) == 1",
    'value.?a.c.orValue(0) == 1',
    'has(value.a)',
    "has(value['a'].c)",
    'size(value.a) == 2 && value.a == value.a',
    'coalesce(value.a.c, value.b, 1) == 1',
    'value[value.name] == 1',
    'has(value.a.c)',
    'has(value.a) && value.b == 2',
    'value.a == null',
    'value == null || value.a == 1',
    '[1].exists(value, value == 1) && value.a == 1',
  ]
  const values = [
    '{"a":1,"b":2}',
    '{"a":"x"}',
    '{"a":null}',
    '{"b":2}',
    '{"a":{"c":1}}',
    '{"a":{"c":1,"d":"x"}}',
    '{"a":{"d":"x","c":2,"c":1}}',
    '{"a":{"c":1},"a":{"d":"x"}}',
    '{"a":{"\\u0063":1}}',
    '{"a":[{"c":1}]}',
    '{"name":"a","a":1}',
    '{"a":1,"a":{"c":1}}',
    '{"\\u0061":1}',
    '{"a":1,"b":}',
    '{"a":1}}',
    '[1]',
    '"a"',
    null,
  ]

  function outcomeOf(condition: (event: Event) => boolean, event: Event): unknown {
    try {
      return condition(event)
    } catch (error) {
      return error instanceof StoplogError ? [error.code, error.message] : error
    }
  }

  test.for(conditions)('%s', (text) => {
    const condition = createExpressions().condition({ kind: 'expression', text: text })
    for (const value of values) {
      const parsing = eventOf(value)
      Object.defineProperty(parsing, 'field', { value: undefined })
      expect([value, outcomeOf(condition, eventOf(value))]).toEqual([value, outcomeOf(condition, parsing)])
    }
  })

  test('an event that it stops is never parsed', () => {
    const event = eventOf('{"a":1,"b":2}')
    Object.defineProperty(event, 'value', { get: () => expect.fail('the value was read') })
    expect(createExpressions().condition({ kind: 'expression', text: 'value.a == 2' })(event)).toBe(false)
  })

  test('an event of which an expression only asks for fields is never parsed', () => {
    const event = eventOf('{"a":{"b":{"c":"x"}},"n":1.5}')
    Object.defineProperty(event, 'value', { get: () => expect.fail('the value was read') })
    const text = "[value.a.b.c + 'y', value['n'], value.?a.?b.c.orValue(0), has(value.a.b)]"
    expect(createExpressions().compile({ kind: 'expression', text })(event)).toEqual(['xy', 1.5, 'x', true])
  })

  test('events that are looked at in turn keep their own fields', () => {
    const events = ['{"a":1,"b":"x"}', '{"b":"y","a":2}'].map((value) => eventOf(value))
    const condition = createExpressions().compile({ kind: 'expression', text: 'string(value.a) + value.b' })
    expect([...events, ...events].map(condition)).toEqual(['1x', '2y', '1x', '2y'])
  })
})

describe('a map of fields does with an event that nobody has parsed as with one that was', () => {
  const values = ['{"a":1}', '{"a":12345678901234567}', '[1]', '"a"', ' null ', '{"a":1', '', null]

  async function outcomesOf(config: unknown, prepare: (event: RuntimeEvent) => void): Promise<unknown[]> {
    const step = await openStep(map, { config })
    if (!('each' in step)) throw new Error('map handles events one by one')
    return values.map((value) => {
      const event = eventOf(value)
      try {
        prepare(event)
        return [value, step.each(event), event.valueChanged, event.serialize()]
      } catch (error) {
        return error instanceof StoplogError ? [value, error.code, error.message] : error
      }
    })
  }

  test.for([{ a: 'value.a' }, { a: 'value.?a' }, { a: 1 }, { a: 'key' }, { a: { b: 'value.?a.?b', c: 'value' } }])(
    '%j',
    async (config) => {
      const parsed = await outcomesOf(config, (event) => void event.value)
      expect(await outcomesOf(config, () => undefined)).toEqual(parsed)
    },
  )
})
