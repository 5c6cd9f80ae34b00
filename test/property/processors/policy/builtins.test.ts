import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { BuiltinFailure } from '../../../../processors/policy/builtins/builtin.ts'
import { BUILTINS } from '../../../../processors/policy/builtins/builtins.ts'
import { daysSinceEpoch, toCivil } from '../../../../processors/policy/builtins/civil-time.ts'
import { encodeRego, RegoObject, RegoSet, type RegoValue } from '../../../../processors/policy/rego-value.ts'

const scalar = fc.oneof(
  fc.constant(null),
  fc.boolean(),
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.bigInt({ min: -(2n ** 70n), max: 2n ** 70n }),
  fc.string({ unit: 'grapheme' }),
  fc.constantFrom(
    '1h',
    '1.2.3',
    '2024-01-01T00:00:00Z',
    '10Mi',
    '192.168.0.0/30',
    'a+',
    '(',
    '%s %d',
    'Europe/Berlin',
    '%5.2f',
    '{"a": 1}',
  ),
)
const argument: fc.Arbitrary<RegoValue> = fc.oneof(
  scalar,
  fc.array(scalar, { maxLength: 3 }),
  fc.array(scalar, { maxLength: 3 }).map((items) => new RegoSet(items)),
  fc.array(fc.tuple(scalar, scalar), { maxLength: 3 }).map((entries) => new RegoObject(entries)),
)

describe('any builtin, given anything,', () => {
  test.for([...BUILTINS])('%s gives a value or fails as a builtin does', ([, builtin]) => {
    fc.assert(
      fc.property(fc.array(argument, { minLength: 4, maxLength: 4 }), fc.integer(), (args, timeMs) => {
        try {
          expect(typeof encodeRego(builtin(args, { timeMs }))).toBe('string')
        } catch (error) {
          expect(error).toBeInstanceOf(BuiltinFailure)
        }
      }),
      { numRuns: 300 },
    )
  })
})

function call(name: string, ...args: readonly RegoValue[]): RegoValue {
  return BUILTINS.get(name)!(args, { timeMs: 0 })
}

const nanos = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })

test('a time that is written is read back', () => {
  fc.assert(
    fc.property(nanos, fc.constantFrom('UTC', 'Europe/Berlin', 'Asia/Kolkata', 'America/New_York'), (moment, zone) => {
      // Offsets of local mean time, before zones there were, have seconds; RFC 3339 has none.
      fc.pre(zone === 'UTC' || moment > 0n)
      expect(call('time.parse_rfc3339_ns', call('time.format', [moment, zone]))).toBe(moment)
    }),
  )
})

test('dates are those of JavaScript', () => {
  fc.assert(
    fc.property(nanos, (moment) => {
      const date = new Date(Number(moment / 1_000_000n) - (moment < 0n && moment % 1_000_000n !== 0n ? 1 : 0))
      const civil = toCivil(moment, 0)
      expect([civil.year, civil.month, civil.day]).toEqual([
        date.getUTCFullYear(),
        date.getUTCMonth() + 1,
        date.getUTCDate(),
      ])
      expect(daysSinceEpoch(civil.year, civil.month, civil.day)).toBe(Math.floor(date.getTime() / 86_400_000))
    }),
  )
})

test('semantic versions are ordered, and the order is one', () => {
  const number = fc.integer({ min: 0, max: 3 })
  const identifier = fc.constantFrom('alpha', 'beta', '1', '2', '10', 'rc-1')
  const version = fc
    .tuple(number, number, number, fc.array(identifier, { maxLength: 3 }))
    .map(([major, minor, patch, pre]) => `${major}.${minor}.${patch}${pre.length === 0 ? '' : `-${pre.join('.')}`}`)
  fc.assert(
    fc.property(version, version, version, (a, b, c) => {
      const order = (one: string, other: string): number => Number(call('semver.compare', one, other))
      expect(order(a, a)).toBe(0)
      expect(order(a, b)).toBe(-order(b, a) + 0)
      if (order(a, b) <= 0 && order(b, c) <= 0) expect(order(a, c)).toBeLessThanOrEqual(0)
    }),
  )
})

test('what is encoded is decoded', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      expect(call('hex.decode', call('hex.encode', text))).toBe(text)
      expect(call('urlquery.decode', call('urlquery.encode', text))).toBe(text)
    }),
  )
})

test('patterns and texts of any kind take time in proportion', () => {
  const text = 'a'.repeat(50_000)
  const evil = ['(a+)+$', '(a|a)*b', '(.*a){20}', '^(a?){200}a{200}$', '(x+x+)+y']
  for (const pattern of evil) {
    expect(() => call('regex.replace', `${text}!`, pattern, 'b')).not.toThrow()
    expect(() => call('regex.find_n', pattern, text, 1)).not.toThrow()
  }
})
