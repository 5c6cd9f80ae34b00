import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { scanJson } from '../../../../connectors/file/json-scan.ts'

const MAX_DEPTH = 50

function scan(text: string) {
  return scanJson(Buffer.from(text), MAX_DEPTH)
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

describe('scanJson', () => {
  test.for([
    ['', 0, 'breaks-off', 'the document is empty'],
    ['  ', 2, 'breaks-off', 'the document breaks off'],
    ['{"a":', 5, 'breaks-off', 'the document breaks off'],
    ['{"a"', 4, 'breaks-off', 'the document breaks off'],
    ['["x', 3, 'breaks-off', 'the document breaks off'],
    ['"\\', 2, 'breaks-off', 'the document breaks off'],
    ['"\\u00', 5, 'breaks-off', 'the document breaks off'],
    ['tru', 3, 'breaks-off', 'the document breaks off'],
    ['-', 1, 'breaks-off', 'the document breaks off'],
    ['1.', 2, 'breaks-off', 'the document breaks off'],
    ['1e+', 3, 'breaks-off', 'the document breaks off'],
    ['[1,]', 3, 'syntax', 'expected a value'],
    ['[1 2]', 3, 'syntax', 'expected a comma or ]'],
    ['{"a":1 "b":2}', 7, 'syntax', 'expected a comma or }'],
    ['{a:1}', 1, 'syntax', 'expected a field name in quotes'],
    ['{"a":1,}', 7, 'syntax', 'expected a field name in quotes'],
    ['{"a" 1}', 5, 'syntax', 'expected a colon after the field name'],
    ['01', 1, 'syntax', 'a number begins with a superfluous 0'],
    ['-x', 1, 'syntax', 'expected a digit'],
    ['trux', 0, 'syntax', 'expected a value'],
    ['NaN', 0, 'syntax', 'expected a value'],
    ['"a\nb"', 2, 'syntax', 'a control character inside a text'],
    ['"\\x"', 1, 'syntax', 'an escape that JSON does not have'],
    ['"\\u00g0"', 1, 'syntax', 'an escape that JSON does not have'],
    ['{} {}', 3, 'syntax', 'more follows the document'],
    ['[1}', 2, 'syntax', 'expected a comma or ]'],
  ] as const)('%j: byte %i, %s, %s', ([text, offset, kind, reason]) => {
    expect(scan(text).fault).toEqual({ offset, kind, reason })
  })

  test('nesting is limited, and the limit itself is allowed', () => {
    expect(scan('['.repeat(MAX_DEPTH) + ']'.repeat(MAX_DEPTH)).fault).toBeNull()
    expect(scan('['.repeat(MAX_DEPTH + 1)).fault).toMatchObject({ kind: 'too-deep', offset: MAX_DEPTH })
    expect(scan('{"a":'.repeat(1_000_000)).fault).toMatchObject({ kind: 'too-deep' })
  })

  test.for([
    ['0', false],
    ['-0', false],
    ['-0.0e5', false],
    ['0.1', false],
    ['1.50000000000000000000', false],
    ['100000000000000000000', false],
    ['1e2', false],
    ['1E+2', false],
    ['123e-5', false],
    ['9007199254740992', false],
    ['9007199254740993', true],
    ['-9007199254740993', true],
    ['9007199254740993.0', true],
    ['12345678901234567890', true],
    ['0.12345678901234567890', true],
    ['1e308', false],
    ['1e309', true],
    ['1e-400', true],
    ['5e-324', false],
    ['1.7976931348623157e308', false],
    ['1e99999999999999999999', true],
    ['0e99999999999999999999', false],
  ] as const)('%s is rounded: %s', ([text, rounded]) => {
    expect(scan(`[ ${text} ]`)).toEqual({ fault: null, roundedNumbers: rounded ? [2, 2 + text.length] : [] })
  })

  test('numbers built to be slow are not', () => {
    const zeros = '0'.repeat(1_000_000)
    expect(scan(`1${zeros}1`).roundedNumbers).toHaveLength(2)
    expect(scan(`1e${zeros}1`).roundedNumbers).toHaveLength(2)
    expect(scan(`0.${zeros}`).roundedNumbers).toHaveLength(0)
  })

  test('agrees with JSON.parse on every document', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        expect(scan(text).fault).toBeNull()
        for (let end = 0; end < Math.min(text.length, 40); end += 1) {
          const cut = text.slice(0, end)
          expect(scan(cut).fault === null, cut).toBe(isJson(cut))
        }
      }),
    )
  })

  test('agrees with JSON.parse on what is nearly JSON', () => {
    const piece = fc.constantFrom(
      ...Array.from('{}[],:"\\-+.eE019 tfn\nu'),
      'true',
      'null',
      '"a"',
      '"\\u12aB"',
      '1.5e3',
      'é',
      '{"a":',
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const text = pieces.join('')
        expect(scan(text).fault === null, text).toBe(isJson(text))
      }),
      { numRuns: 5_000 },
    )
  })

  test('names exactly the numbers that a double cannot carry', () => {
    const number = fc.oneof(
      fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
      fc.maxSafeInteger().map(String),
    )
    fc.assert(
      fc.property(number, (text) => {
        expect(scan(text)).toEqual({ fault: null, roundedNumbers: [] })
      }),
    )
    const large = fc.bigInt({ min: 2n ** 53n, max: 2n ** 80n })
    fc.assert(
      fc.property(large, (value) => {
        const kept = BigInt(Number(value).toLocaleString('fullwide', { useGrouping: false })) === value
        expect(scan(String(value)).roundedNumbers.length === 0).toBe(kept)
      }),
    )
  })
})
