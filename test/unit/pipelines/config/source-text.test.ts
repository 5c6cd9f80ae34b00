import { describe, expect, test } from 'vitest'
import { SourceText } from '../../../../pipelines/config/source-text.ts'

describe('placeAt', () => {
  const source = new SourceText('p.yaml', 'ab\r\n\ncd')
  test.for([
    [0, 1, 1],
    [2, 1, 3],
    [3, 1, 4],
    [4, 2, 1],
    [5, 3, 1],
    [7, 3, 3],
    [-1, 1, 1],
    [99, 3, 3],
  ] as const)('offset %d is %d:%d', ([offset, line, column]) => {
    expect(source.placeAt(offset)).toEqual({ line, column })
  })

  test('an empty text has one place', () => {
    expect(new SourceText('p.yaml', '').placeAt(5)).toEqual({ line: 1, column: 1 })
  })
})

test('a line is shown without its line break', () => {
  const source = new SourceText('p.yaml', 'ab\r\ncd\n')
  expect(source.slice(source.lineRange(1))).toBe('ab')
  expect(source.slice(source.lineRange(2))).toBe('cd')
  expect(source.slice(source.lineRange(3))).toBe('')
  expect(source.slice(source.lineRange(4))).toBe('')
})

describe('what is hidden', () => {
  const text = 'token: hunter2, more: x, pin: 12, end: y'
  const source = new SourceText('p.yaml', text)
  source.hide({ start: 7, end: 14 })
  source.hide({ start: 30, end: 32 })

  test.for([
    ['before it', 0, 0],
    ['of it', 7, 7],
    ['within it', 9, 7],
    ['between two', 22, 23],
    ['of the second', 30, 31],
    ['behind both', 39, 46],
  ] as const)('is masked, and the caret %s moves along', ([, at, moved]) => {
    const { text: shown, caret } = source.show(1, { start: at, end: at + 1 })
    expect(shown).toBe('token: [secret], more: x, pin: [secret], end: y')
    expect(caret.start).toBe(moved)
    expect(caret.end).toBeGreaterThanOrEqual(caret.start)
  })

  test('is masked on each of its lines', () => {
    const multi = new SourceText('p.yaml', "token: 'a\n  b'\n")
    multi.hide({ start: 7, end: 14 })
    expect(multi.show(1, { start: 0, end: 0 }).text).toBe('token: [secret]')
    expect(multi.show(2, { start: 10, end: 10 }).text).toBe('[secret]')
  })
})
