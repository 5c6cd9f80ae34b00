import { describe, expect, test } from 'vitest'
import { formatDiagnostic, formatPath, type Diagnostic } from '../../../../pipelines/config/diagnostic.ts'
import { printable } from '../../../../pipelines/config/printable.ts'

const DIAGNOSTIC: Diagnostic = {
  file: 'p.yaml',
  line: 3,
  column: 9,
  code: 'E_TYPE',
  path: 'sinks.out',
  message: 'expected a map',
  fix: 'write one',
  sourceLine: '  out: [a]',
  caretStart: 7,
  caretEnd: 8,
  severity: 'error',
}

test.for<[path: (string | number)[], text: string]>([
  [[], ''],
  [['streams', 'hot-images', 'steps', 2, 'enrich', 'key'], 'streams.hot-images.steps[2].enrich.key'],
  [['a', 'b.c', '', 'd e'], 'a["b.c"][""]["d e"]'],
  [['héllo', '漢'], 'héllo.漢'],
])('formatPath(%j)', ([path, text]) => {
  expect(formatPath(path)).toBe(text)
})

describe('formatDiagnostic', () => {
  test('puts the caret below the place', () => {
    expect(formatDiagnostic(DIAGNOSTIC)).toBe(
      ['p.yaml:3:9 E_TYPE sinks.out', '   out: [a]', '        ^ expected a map', '   fix: write one'].join('\n'),
    )
  })

  test('says what is only a warning', () => {
    expect(formatDiagnostic({ ...DIAGNOSTIC, severity: 'warning' })).toContain('p.yaml:3:9 warning E_TYPE sinks.out')
  })

  test('leaves out what is not there', () => {
    expect(formatDiagnostic({ ...DIAGNOSTIC, line: 0, path: '', sourceLine: '', fix: '' })).toBe(
      'p.yaml E_TYPE\n   expected a map',
    )
  })

  test('lets no control character through, wherever it stands', () => {
    const hostile = 'a\u001b[2J\u0007\u009b\u202e\u2028b\r\n'
    const text = formatDiagnostic({
      ...DIAGNOSTIC,
      file: hostile,
      path: hostile,
      message: hostile,
      fix: hostile,
      sourceLine: hostile,
      caretStart: 1,
    })
    expect(text.split('\n')).toHaveLength(4)
    expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\u202e\u2028]/u)
  })

  test('neutralises each character that is so in events, wherever it stands', () => {
    const units = Array.from({ length: 0x1_0000 }, (_, unit) => String.fromCharCode(unit))
    const hostile = units.filter((unit) => printable(unit) !== unit)
    expect(hostile).toEqual(expect.arrayContaining(['\u001b', '\u200e', '\u200f', '\u202e', '\u2069']))
    for (const unit of hostile) {
      const text = `a${unit}b`
      const shown = formatDiagnostic({
        ...DIAGNOSTIC,
        file: text,
        path: text,
        message: text,
        fix: text,
        sourceLine: text,
      })
      expect(shown.replaceAll('\n', '')).not.toContain(unit)
      expect(shown.split(unit === '\t' ? 'a b' : 'a·b')).toHaveLength(6)
    }
  })

  test.for([0, 1, 50, 500, 999])('cuts a long line around offset %d', (caretStart) => {
    const sourceLine = `${'x'.repeat(caretStart)}@${'y'.repeat(999 - caretStart)}`
    const [, shown = '', caret = ''] = formatDiagnostic({ ...DIAGNOSTIC, sourceLine, caretStart }).split('\n')
    expect(shown.length).toBeLessThan(170)
    expect(shown[caret.indexOf('^')]).toBe('@')
  })

  test.for([
    ['marks take no room', 'e\u0301e\u0301@', 5],
    ['East Asian letters take two', '漢字@', 7],
    ['an emoji takes two', '😀@', 5],
    ['a tab takes one', '\ta\t@', 5],
  ] as const)('%s', ([, before, column]) => {
    const sourceLine = before
    const caretStart = before.indexOf('@')
    const caret = formatDiagnostic({ ...DIAGNOSTIC, sourceLine, caretStart }).split('\n')[2] ?? ''
    expect(caret.indexOf('^')).toBe(column)
  })
})
