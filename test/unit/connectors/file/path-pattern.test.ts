import { describe, expect, test } from 'vitest'
import { matchesSegment, parsePathPattern } from '../../../../connectors/file/path-pattern.ts'

function expanded(path: string): string[] {
  return parsePathPattern(path).map((segments) => segments.join('/'))
}

describe('parsePathPattern', () => {
  test.for([
    ['a/b.json', ['a/b.json']],
    ['./a//b.json', ['./a/b.json']],
    ['/a/b', ['/a/b']],
    ['{a,b}/{c,d}.json', ['a/c.json', 'a/d.json', 'b/c.json', 'b/d.json']],
    ['x{a,{b,c}d}y', ['xay', 'xbdy', 'xcdy']],
    ['{,a}b', ['b', 'ab']],
    ['{a}', ['{a}']],
    ['{a,b', ['{a,b']],
    ['a}b,{c', ['a}b,{c']],
    ['{a}{b,c}', ['{a}b', '{a}c']],
    ['{{a,b}', ['{a', '{b']],
    ['**/**/a', ['**/a']],
    ['[ab].json', ['[ab].json']],
  ] as const)('%s', ([path, patterns]) => {
    expect(expanded(path)).toEqual(patterns)
  })

  test.for([['/'], [''], ['{,}']] as const)('%j names no file', ([path]) => {
    expect(() => parsePathPattern(path)).toThrow(expect.objectContaining({ code: 'E_FILE_PATTERN' }))
  })

  test('braces that multiply are refused, not expanded', () => {
    expect(() => parsePathPattern('{a,b}'.repeat(200))).toThrow(expect.objectContaining({ code: 'E_FILE_PATTERN' }))
    expect(parsePathPattern('{a,b}'.repeat(9))).toHaveLength(512)
  })
})

describe('matchesSegment', () => {
  test.for([
    ['*.json', 'a.json', true],
    ['*.json', '.json', false],
    ['*.json', 'a.jsonl', false],
    ['.*', '.a', true],
    ['*', '.hidden', false],
    ['*', 'a', true],
    ['a*', 'a', true],
    ['?', 'a', true],
    ['?', '🦫', true],
    ['?', '', false],
    ['a?c', 'abc', true],
    ['a?c', 'ac', false],
    ['*a*b*c', 'xaybzc', true],
    ['*a*b*c', 'xaybz', false],
    ['a.c', 'abc', false],
    ['(a|b)+', '(a|b)+', true],
    ['[ab]', 'a', false],
    ['report-**.json', 'report-1.json', true],
  ] as const)('%s and %s: %s', ([segment, name, matches]) => {
    expect(matchesSegment(segment, name)).toBe(matches)
  })

  test('a pattern built to be slow is not', () => {
    expect(matchesSegment('*a'.repeat(200), `${'a'.repeat(250)}b`)).toBe(false)
  })
})
