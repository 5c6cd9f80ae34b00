import { describe, expect, test } from 'vitest'
import { findUnquotedText, isCutShort, quoteForYaml } from '../../../../pipelines/config/unquoted-text.ts'

function wanting(line: string, flowDepth = 0): string[] {
  return findUnquotedText(line, flowDepth)
    .filter((found) => !found.doubtful)
    .map((found) => line.slice(found.start, found.end))
}

describe('findUnquotedText', () => {
  test.for<[line: string, found: string[]]>([
    ['  - filter: !value.x', ['!value.x']],
    ['  - filter: ! value.x', ['! value.x']],
    ['  - filter: !value.x && value.y > 3  # why', ['!value.x && value.y > 3']],
    ['  - { filter: !value.x }', ['!value.x']],
    ['  - { filter: value.x == [1, 2] }', ['value.x == [1, 2]']],
    ['  - { filter: value.a in ["x", "y"] && has(value.b) }', ['value.a in ["x", "y"] && has(value.b)']],
    ['  - { filter: f(a, b) }', ['f(a, b)']],
    ['  - { set: { a: value.x, b: size(v, 2), c: !value.z } }', ['size(v, 2)', '!value.z']],
    ['  - { filter: value.m == {a: 1} }', ['value.m == {a: 1}']],
    ['  - filter: value.x == "a: b"', ['value.x == "a: b"']],
    ['  - filter: value.x ? a : b', ['value.x ? a : b']],
    ["  - filter: value.y == ' # foo' # why", ["value.y == ' # foo'"]],
    ["  - filter: 'a' in value.x", ["'a' in value.x"]],
    ['  - filter: "a" == value.x', ['"a" == value.x']],
    ['  - filter: [1,2].exists(x, x > 2)', ['[1,2].exists(x, x > 2)']],
    ["  - filter: {'a': 1}.a == 1", ["{'a': 1}.a == 1"]],
    ['  - filter: `abc`', ['`abc`']],
    ['  - filter: @x', ['@x']],
    ['  - filter: > 3', ['> 3']],
    ['  path: {value.x}.json', ['{value.x}.json']],
    ['  a: b: c', ['b: c']],
    ['- a', []],
    ['  - filter: value.x >= 3  # fine: a comment', []],
    ["  - filter: '!value.x'", []],
    ['  - { a: 1, b: [x, y], c: { d: e } }', []],
    ['  - filter: value.a in [1, 2]', []],
    ['  description: hello, [world]', []],
    ["  description: it's (fine", []],
    ['  text: |', []],
    ['  text: >-', []],
    ['  x: !!str 3', []],
    ['  x: &anchor y', []],
    ['  x: {', []],
    ['', []],
    ['# comment: !x', []],
    ["  x: 'never closed", []],
    ["  x: 'it''s'", []],
    ["  x: 'C:\\'", []],
    ['  x: "a\\"b"', []],
  ])('%s', ([line, found]) => {
    expect(wanting(line)).toEqual(found)
  })

  test('knows that a line within { } is in flow context', () => {
    expect(wanting('    path: value.x[0], other: y }', 1)).toEqual(['value.x[0]'])
  })

  test('names aliases and anchors only as doubtful', () => {
    expect(findUnquotedText('a: *value.x', 0)).toEqual([
      { start: 3, end: 11, reading: '*value.x as an alias', doubtful: true },
    ])
  })
})

test.for([
  ['!value.x', "'!value.x'"],
  ["'a' in value.x", `"'a' in value.x"`],
  [`'a' == "b"`, `'''a'' == "b"'`],
])('quoteForYaml(%s)', ([text, quoted]) => {
  expect(quoteForYaml(text!)).toBe(quoted)
})

test.for([
  ['f(a', true],
  ['f(a)', false],
  ["value.y == '", true],
  ["it's", false],
  ["r'a(b'", false],
  ['b)', false],
] as const)('isCutShort(%s) is %s', ([text, cut]) => {
  expect(isCutShort(text)).toBe(cut)
})
