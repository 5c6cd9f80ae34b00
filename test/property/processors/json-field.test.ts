import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { hasShortNumbers, isJsonMap, jsonField, type JsonText } from '../../../processors/json-field.ts'
import { unsafeNumbers } from '../../../processors/json-numbers.ts'

/** The text between other bytes, which are none of its own. */
function surrounded(text: string): JsonText {
  const bytes = Buffer.from(`"}${text}",`)
  return { buffer: bytes, start: 2, end: bytes.length - 2 }
}

function fieldOf(text: string, ...path: readonly string[]): unknown {
  return jsonField(surrounded(text), path)
}

/** What parsing says: the own field of each map, or undefined for what is no map or no JSON. */
function parsedField(text: string, ...path: readonly string[]): unknown {
  try {
    return path.reduce<unknown>(ownField, JSON.parse(text))
  } catch {
    return undefined
  }
}

function ownField(value: unknown, name: string): unknown {
  const isMap = typeof value === 'object' && value !== null && !Array.isArray(value)
  return isMap && Object.hasOwn(value, name) ? (value as Record<string, unknown>)[name] : undefined
}

const name = fc.constantFrom('a', 'b', 'severity', '', '__proto__', 'ä')
const path = fc.array(name, { minLength: 1, maxLength: 3 })

/** JSON in which maps lie within maps, and so does anything else. */
const { map: nestedMap } = fc.letrec<{ map: Record<string, unknown>; content: unknown }>((tie) => ({
  map: fc.dictionary(name, tie('content'), { maxKeys: 5 }),
  content: fc.oneof(
    { depthSize: 'small' },
    fc.jsonValue({ maxDepth: 2 }),
    tie('map'),
    tie('map'),
    fc.array(tie('map'), { maxLength: 2 }),
  ),
}))

/** The same map as text in which names come twice, and some of them are written with an escape. */
function written(value: unknown, doubled: ReadonlySet<number>, places = { next: 0 }): string {
  if (Array.isArray(value)) return `[${value.map((item) => written(item, doubled, places)).join(' , ')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const fields = Object.entries(value).flatMap(([field, content]) => {
    places.next += 1
    const place = places.next
    const escaped = place % 7 === 0 && field === 'a' ? '"\\u0061"' : JSON.stringify(field)
    const text = `${escaped}: ${written(content, doubled, places)}`
    return doubled.has(place) ? [`${JSON.stringify(field)}:{"a":${place},"b":"first"}`, text] : [text]
  })
  return `{${fields.join(',')}}`
}

describe('jsonField', () => {
  test('finds what parsing finds in any document, however it is spaced', () => {
    const spaces = fc.constantFrom(0, 1, '\t', '\r\n ')
    fc.assert(
      fc.property(nestedMap, path, spaces, (value, names, space) => {
        const text = JSON.stringify(value, null, space)
        const found = fieldOf(text, ...names)
        // A name beyond ASCII is left to whoever parses, and so is one with an escape and a document that is nested deeply.
        if (found === undefined && (names.includes('ä') || text.includes('\\') || depthOf(value) > 31)) return
        expect(found).toEqual(parsedField(text, ...names))
      }),
      { numRuns: 1_000 },
    )
  })

  test('takes the last of several fields of one name, in any map', () => {
    fc.assert(
      fc.property(nestedMap, fc.array(fc.integer({ min: 1, max: 12 })), path, (value, doubled, names) => {
        const text = written(value, new Set(doubled))
        const found = fieldOf(text, ...names)
        if (found !== undefined) expect(found).toEqual(parsedField(text, ...names))
        else if (!text.includes('\\') && !names.includes('ä')) expect(parsedField(text, ...names)).toBeUndefined()
      }),
      { numRuns: 1_000 },
    )
  })

  test('never finds anything in a text that is not JSON', () => {
    const valid = nestedMap.map((value) => JSON.stringify(value))
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
      '',
    )
    fc.assert(
      fc.property(valid, fc.nat(), fc.nat(3), piece, path, (text, place, removed, added, names) => {
        const at = place % (text.length + 1)
        const broken = text.slice(0, at) + added + text.slice(at + removed)
        const found = fieldOf(broken, ...names)
        if (found !== undefined) expect(found).toEqual(parsedField(broken, ...names))
        if (isJsonMap(surrounded(broken))) expect(() => JSON.parse(broken)).not.toThrow()
      }),
      { numRuns: 2_000 },
    )
  })

  test('finds nothing in a text that is cut off, wherever that is', () => {
    const text = '{"a":{"b":[1,{"c":"\\u00e4\\n"}],"d":{}},"e":-0.5e+2,"f":[true,false,null,[]],"g":"x"} '
    for (let end = 0; end < text.length - 1; end += 1) {
      expect([
        end,
        isJsonMap({ buffer: Buffer.from(text), start: 0, end }),
        fieldOf(text.slice(0, end), 'a', 'd'),
      ]).toEqual([end, false, undefined])
    }
    expect(fieldOf(text, 'a', 'd')).toEqual({})
  })

  test('reads any number as parsing does', () => {
    const digits = fc.stringMatching(/^\d{0,18}$/)
    const number = fc
      .tuple(
        fc.constantFrom('', '-'),
        fc.nat(),
        digits,
        fc.option(digits),
        fc.option(fc.integer({ min: -330, max: 330 })),
      )
      .map(([sign, whole, more, decimals, power]) => {
        const fraction = decimals === null || decimals === '' ? '' : `.${decimals}`
        return `${sign}${whole}${whole === 0 ? '' : more}${fraction}${power === null ? '' : `e${power}`}`
      })
    fc.assert(
      fc.property(fc.oneof(number, fc.double({ noNaN: true }).map(String)), (text) => {
        if (text.includes('Infinity')) return
        const document = `{"a":${text}}`
        expect(fieldOf(document, 'a')).toBe(parsedField(document, 'a'))
        const json = surrounded(document)
        expect([hasShortNumbers(json), isJsonMap(json)]).toEqual([false, true])
        if (hasShortNumbers(json)) expect(unsafeNumbers(document)).toEqual([])
        else expect(text.length).toBeGreaterThan(4)
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
      { numRuns: 1_000 },
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
    ['{"a":1,"b":{"\\u0061":2}}', 1],
    ['{"a":1,"b":[{"\\u0061":2}]}', 1],
    ['{"a":1,"b":{"c":1,}}', undefined],
    ['{"a":1,"b":{,}}', undefined],
    ['{"a":1,"b":{}', undefined],
    ['{"a":1,"b":[}}', undefined],
    ['{"a":1,"b":{]}', undefined],
    ['{"a":-}', undefined],
    ['{"a":-0}', -0],
    ['{"a":{}}', {}],
    ['{"a":false}', false],
  ])('%s', ([text, found]) => {
    expect(fieldOf(text, 'a')).toEqual(found)
  })

  test('a field with an escape in its name may be any field of its map, and of no other', () => {
    const text = '{"a":{"\\u0062":1,"c":2},"d":{"c":3}}'
    expect([fieldOf(text, 'a', 'c'), fieldOf(text, 'd', 'c')]).toEqual([undefined, 3])
  })
})

test('short texts are told from each other that share their length, beginning and end', () => {
  const unit = fc.constantFrom('a', 'b', 'ä', '\\\\', '\\n', '\u{1f600}', '')
  fc.assert(
    fc.property(fc.array(fc.array(unit, { maxLength: 4 }), { maxLength: 20 }), (texts) => {
      for (const units of texts) {
        const text = `{"a":"x${units.join('')}y"}`
        expect(fieldOf(text, 'a')).toBe(parsedField(text, 'a'))
      }
    }),
  )
})

describe('a scan', () => {
  test('serves until parsing would have been cheaper', () => {
    const text = JSON.stringify({ a: 'x'.repeat(1_000), b: 1 })
    const place = surrounded(text)
    // The last answer is kept, and costs nothing.
    expect(Array.from({ length: 100 }, () => jsonField(place, ['b']))).toEqual(Array.from({ length: 100 }, () => 1))
    const found = Array.from({ length: 3 }, () => [jsonField(place, ['a']) !== undefined, jsonField(place, ['b'])])
    expect(found).toEqual([
      [true, 1],
      [false, undefined],
      [false, undefined],
    ])
  })

  test('what was found in one text is never said of another', () => {
    const bytes = Buffer.from('{"a":1}{"a":2}')
    const [first, second] = [0, 7].map((start): JsonText => ({ buffer: bytes, start, end: start + 7 }))
    expect([first, second, first].map((text) => jsonField(text!, ['a']))).toEqual([1, 2, 1])
    expect([hasShortNumbers(first!), hasShortNumbers(second!)]).toEqual([true, false])
    // The same bytes, written again: another text.
    bytes.write('{"a":3}')
    expect(jsonField({ ...first! }, ['a'])).toBe(3)
  })

  test('texts that are asked about beside each other are each looked at as if they stood alone', () => {
    const text = fc.oneof(
      fc.json({ maxDepth: 2 }),
      fc.dictionary(fc.constantFrom('a', 'b'), fc.jsonValue({ maxDepth: 2 })).map((value) => JSON.stringify(value)),
      fc.constantFrom('{"a":1', '"a":1}', '{"a":12345678901234567890}', `{"a":"${'x'.repeat(30_000)}"}`),
    )
    fc.assert(
      fc.property(fc.array(text, { minLength: 1 }), fc.array(fc.nat(), { minLength: 1 }), (texts, order) => {
        const parts = texts.map((part) => Buffer.from(part))
        const buffer = Buffer.concat(parts)
        let end = 0
        const places = parts.map((part): JsonText => {
          const start = end
          end += part.length
          return { buffer, start, end, hasNeighbours: true }
        })
        for (const at of order.map((index) => index % texts.length)) {
          const [place, alone] = [places[at]!, surrounded(texts[at]!)]
          const near = [isJsonMap(place), jsonField(place, ['a']), hasShortNumbers(place)]
          expect(near).toEqual([isJsonMap(alone), jsonField(alone, ['a']), hasShortNumbers(alone)])
        }
      }),
    )
  })

  test('a text of a mebibyte is scanned, a longer one is left to whoever parses', () => {
    const textOf = (length: number): string => `{"b":"${'x'.repeat(length - 14)}","a":1}`
    expect([2 ** 20, 2 ** 20 + 1].map((length) => [textOf(length).length, fieldOf(textOf(length), 'a')])).toEqual([
      [2 ** 20, 1],
      [2 ** 20 + 1, undefined],
    ])
  })

  test('the tape has room for as many fields as a text can have', () => {
    const fields = '"":1,'.repeat((2 ** 20 - 8) / 5)
    expect(fieldOf(`{${fields}"a":1}`, 'a')).toBe(1)
    // Nothing that it wrote is left for the next one.
    expect(fieldOf('{"b":1}', 'a')).toBeUndefined()
  })
})

function depthOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0
  const parts: readonly unknown[] = Object.values(value)
  return 1 + Math.max(0, ...parts.map(depthOf))
}
