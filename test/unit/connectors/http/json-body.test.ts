import { describe, expect, test } from 'vitest'
import { readJsonBody } from '../../../../connectors/http/json-body.ts'
import { bodyFormatOf } from '../../../../connectors/http/media-type.ts'
import { toEventTime } from '../../../../connectors/http/event-time.ts'

function partsOf(body: string | Uint8Array, format: 'json' | 'ndjson') {
  return readJsonBody(Buffer.from(body), format).map(({ bytes, line }) => [Buffer.from(bytes).toString(), line])
}

describe('a body', () => {
  test.for<[body: string, document: string]>([
    ['{"n": 9007199254740993, "f":1.50}', '{"n": 9007199254740993, "f":1.50}'],
    [' null\n', ' null\n'],
    ['\ufeff{}', '{}'],
    ['"é🦫\\ud800"', '"é🦫\\ud800"'],
    ['{"__proto__":1,"a":1,"a":2}', '{"__proto__":1,"a":1,"a":2}'],
  ])('%j of JSON is passed on as it was sent', ([body, document]) => {
    expect(partsOf(body, 'json')).toEqual([[document, 0]])
  })

  test('of lines gives those that are not blank, with their numbers', () => {
    expect(partsOf('\ufeff{"n": 1}\r\n\n \t\r\n[2]\nnull', 'ndjson')).toEqual([
      ['{"n": 1}\r', 1],
      ['[2]', 4],
      ['null', 5],
    ])
  })

  test.for<[body: string | Uint8Array, format: 'json' | 'ndjson', code: string, message: string]>([
    ['', 'json', 'E_INPUT_JSON', 'the body:1:1 the document is empty'],
    ['{"a":1}}', 'json', 'E_INPUT_JSON', 'the body:1:8 more follows'],
    ['{"a":\n  secret}', 'json', 'E_INPUT_JSON', 'the body:2:3 expected a value'],
    ['{"a":1}\n{"a":2}', 'json', 'E_INPUT_JSON', 'the body:2:1 more follows'],
    [Buffer.from([0x22, 0xff, 0x22]), 'json', 'E_INPUT_BINARY', 'not UTF-8'],
    [Buffer.from('{}', 'utf16le'), 'json', 'E_INPUT_BINARY', 'binary'],
    ['['.repeat(501) + ']'.repeat(501), 'json', 'E_INPUT_DEPTH', 'nested'],
    ['', 'ndjson', 'E_INPUT_JSON', 'no lines'],
    ['\n \n', 'ndjson', 'E_INPUT_JSON', 'no lines'],
    [Buffer.from([0x31, 0x0a, 0xff]), 'ndjson', 'E_INPUT_BINARY', 'not UTF-8'],
    [
      '1\n{"a"\n3\n{"b":secret}\n',
      'ndjson',
      'E_INPUT_JSON',
      'line 2, byte 5: the document breaks off; line 4, byte 6:',
    ],
    ['x\n'.repeat(30), 'ndjson', 'E_INPUT_JSON', 'and 20 more'],
    ['1\n'.repeat(50_001), 'ndjson', 'E_HTTP_TOO_LARGE', 'more than 50000 lines'],
  ])('%j as %s is refused whole with %s', ([body, format, code, message]) => {
    expect(() => readJsonBody(Buffer.from(body), format)).toThrow(expect.objectContaining({ code }))
    expect(() => readJsonBody(Buffer.from(body), format)).toThrow(message)
    expect(() => readJsonBody(Buffer.from(body), format)).not.toThrow('secret')
  })
})

describe('a content type', () => {
  test.for<[header: string | undefined, format: 'json' | 'ndjson' | undefined, expected: string]>([
    ['application/json', undefined, 'json'],
    ['Application/JSON; charset=UTF-8', undefined, 'json'],
    ['application/json;charset="utf-8"; x=y', undefined, 'json'],
    ['application/cloudevents+json', undefined, 'json'],
    ['application/vnd.github.v3+json', undefined, 'json'],
    ['application/x-ndjson', undefined, 'ndjson'],
    ['application/jsonl', undefined, 'ndjson'],
    [undefined, 'json', 'json'],
    ['application/x-www-form-urlencoded', 'json', 'json'],
    ['application/json', 'ndjson', 'ndjson'],
    [undefined, undefined, '415'],
    ['', undefined, '415'],
    ['text/plain', undefined, '415'],
    ['application/jsonp', undefined, '415'],
    ['text/json', undefined, '415'],
    ['multipart/form-data; boundary=x', undefined, '415'],
    ['application/json; charset=utf-16', undefined, '415'],
    ['application/json; charset=latin1', 'json', '415'],
  ])('%s with format %s is %s', ([header, format, expected]) => {
    if (expected !== '415') expect(bodyFormatOf(header, format)).toBe(expected)
    else expect(() => bodyFormatOf(header, format)).toThrow(expect.objectContaining({ status: 415 }))
  })
})

test.for<[value: unknown, time: number | undefined]>([
  ['2026-08-21T10:00:00Z', Date.UTC(2026, 7, 21, 10)],
  ['2026-08-21 12:00:00.5+02:00', Date.UTC(2026, 7, 21, 10, 0, 0, 500)],
  [1_700_000_000_000, 1_700_000_000_000],
  [-1, -1],
  ['2026-08-21', undefined],
  ['2026-13-45T99:00:00Z', undefined],
  ['yesterday', undefined],
  ['1700000000000', undefined],
  [1.5, undefined],
  [1e20, undefined],
  [9e15, undefined],
  [null, undefined],
  [undefined, undefined],
  [{}, undefined],
])('the time of %j is %s', ([value, time]) => {
  expect(toEventTime(value as string)).toBe(time)
})
