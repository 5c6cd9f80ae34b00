import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { jsonField } from '../../../processors/json-field.ts'

function fieldOf(text: string, name: string): unknown {
  const bytes = Buffer.from(`xx${text}yy`)
  return jsonField(bytes, 2, bytes.length - 2, name)
}

/** What parsing says: the own field, or undefined for what is no map or no JSON. */
function parsedField(text: string, name: string): unknown {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value) && Object.hasOwn(value, name)
      ? (value as Record<string, unknown>)[name]
      : undefined
  } catch {
    return undefined
  }
}

const name = fc.constantFrom('a', 'b', 'severity', '', '__proto__', 'ä')

describe('jsonField', () => {
  test('finds what parsing finds in any document, however it is spaced', () => {
    const spaces = fc.constantFrom(0, 1, '\t', '\r\n ')
    fc.assert(
      fc.property(fc.dictionary(name, fc.jsonValue()), name, spaces, (value, wanted, space) => {
        const text = JSON.stringify(value, null, space)
        const found = fieldOf(text, wanted)
        // A name beyond ASCII is left to whoever parses.
        if (wanted === 'ä') expect([undefined, parsedField(text, wanted)]).toContainEqual(found)
        else expect(found).toEqual(parsedField(text, wanted))
      }),
    )
  })

  test('never finds anything in a text that is not JSON', () => {
    const valid = fc.dictionary(name, fc.jsonValue()).map((value) => JSON.stringify(value))
    const piece = fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      '"',
      '\\',
      '\\u12',
      '0',
      '-',
      '.',
      'e',
      ' ',
      '\n',
      'tru',
      '\u0001',
    )
    fc.assert(
      fc.property(valid, fc.nat(), fc.nat(3), piece, name, (text, place, removed, added, wanted) => {
        const at = place % (text.length + 1)
        const broken = text.slice(0, at) + added + text.slice(at + removed)
        const found = fieldOf(broken, wanted)
        if (found !== undefined) expect(found).toEqual(parsedField(broken, wanted))
      }),
      { numRuns: 2_000 },
    )
  })

  test('finds where a string of any length and alignment ends, and what it must not hold', () => {
    const padding = fc.integer({ min: 0, max: 20 }).map((length) => 'x'.repeat(length))
    const special = fc.constantFrom(
      '"',
      '\\',
      '\\"',
      '\\\\',
      '\u001f',
      '\n',
      ' ',
      '!',
      '#',
      '[',
      ']',
      '\u007f',
      'ä',
      '😀',
      '',
    )
    const text = fc.array(fc.tuple(padding, special)).map((pieces) => pieces.flat().join(''))
    fc.assert(
      fc.property(text, fc.boolean(), (content, isRaw) => {
        const document = `{"a":1,"b":${isRaw ? `"${content}"` : JSON.stringify(content)},"severity":"HIGH"}`
        expect(fieldOf(document, 'severity')).toEqual(parsedField(document, 'severity'))
        expect(fieldOf(document, 'b')).toEqual(parsedField(document, 'b'))
      }),
      { numRuns: 2_000 },
    )
  })

  test('a name beyond ASCII is not taken for the one whose bytes look like it', () => {
    expect(fieldOf('{"ü":1}', 'Ã¼')).toBeUndefined()
  })

  test.for<[text: string, found: unknown]>([
    ['{"a":1,"a":2}', 2],
    ['{"a":1,"a":[{}]}', [{}]],
    ['{"b":{"a":1}}', undefined],
    ['{"a":1}x', undefined],
    ['{"a":1,}', undefined],
    ['{"a":01}', undefined],
    ['{"a":1,"b":01}', undefined],
    ['{"a":1,"b":1.}', undefined],
    ['{"a":1,"b":.5}', undefined],
    ['{"a":1,"b":1e}', undefined],
    ['{"a":1,"b":-}', undefined],
    ['{"a":-0.5e+2,"b":1E9}', -50],
    ['{"a":1,"b":"\\x"}', undefined],
    ['{"a":1,"b":"\\u00g0"}', undefined],
    ['{"a":"\\u0061\\n","b":"\\ud800"}', 'a\n'],
    ['{"a":1,"\\u0061":2}', undefined],
    ['{"a":1,"b":nul}', undefined],
    ['{"a":1,"b":[1 2]}', undefined],
    ['{"a":1,"b":[,]}', undefined],
    ['{"a":1,"b":{"c"}}', undefined],
    ['{"a":1', undefined],
    ['\ufeff{"a":1}', undefined],
    ['[{"a":1}]', undefined],
    ['{}', undefined],
    ['', undefined],
    [` {"a" : null ,"b":${'['.repeat(30)}${']'.repeat(30)}} `, null],
    [`{"a":1,"b":${'['.repeat(31)}${']'.repeat(31)}}`, undefined],
  ])('%s', ([text, found]) => {
    expect(fieldOf(text, 'a')).toEqual(found)
  })

  test('bytes that are not UTF-8 are replaced as in the whole text', () => {
    const bytes = Buffer.from([...Buffer.from('{"a":"x'), 0xc3, ...Buffer.from('","b":1}')])
    expect(jsonField(bytes, 0, bytes.length, 'a')).toBe((JSON.parse(bytes.toString('utf8')) as { a: string }).a)
  })
})
