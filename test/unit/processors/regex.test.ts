import { expect, test } from 'vitest'
import { compileEventRegex, compileRegex } from '../../../processors/regex.ts'

test('a pattern matches anywhere unless it is anchored', () => {
  expect(compileRegex('b').test('abc')).toBe(true)
  expect(compileRegex('^b').test('abc')).toBe(false)
  expect(compileRegex('^(?:CVE|GHSA)-').test('GHSA-xxxx')).toBe(true)
})

test('matches are replaced by what is computed for each, taken literally', () => {
  const regex = compileRegex('ghp_[a-z]+')
  expect(regex.replaceAll('a ghp_x b ghp_yy', (match) => `<${match.length}>`)).toBe('a <5> b <6>')
  expect(regex.replaceAll('ghp_x', () => '$& $1')).toBe('$& $1')
  expect(regex.replaceAll('none', () => 'x')).toBe('none')
  expect(compileRegex('(a)(b)?').replaceAll('ac', (match) => match.toUpperCase())).toBe('Ac')
  expect(compileRegex('x*').replaceAll('ab', () => '-')).toBe('-a-b-')
})

test.for(['(?=a)', '(?<!a)b', '(a)\\1', '(', '[', 'a**', '((a{100}){100}){100}', 'a{1001}', 'x'.repeat(1_001)])(
  '%s is refused',
  (pattern) => {
    expect(() => compileRegex(pattern)).toThrow(expect.objectContaining({ code: 'E_REGEX' }))
  },
)

test('a pattern that would be slow for its size is refused', () => {
  const counted = Array.from({ length: 30 }, () => '[a-z]{999}').join('')
  expect(() => compileRegex(counted)).toThrow('instructions')
})

test('a pattern from an event is held shorter, and compiled once', () => {
  expect(() => compileEventRegex('x'.repeat(201))).toThrow(expect.objectContaining({ code: 'E_REGEX' }))
  expect(compileEventRegex('^abc')).toBe(compileEventRegex('^abc'))
})

test('patterns that explode elsewhere are linear here', () => {
  const text = `${'a'.repeat(100_000)}!`
  for (const pattern of ['^(a+)+$', '^(a|a)*$', '^(a|aa)+$', '(.*a){20}$']) {
    expect(compileRegex(pattern).test(text)).toBe(false)
  }
})
