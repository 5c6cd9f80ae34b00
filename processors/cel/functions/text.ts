import { checkTextLength } from '../arithmetic.ts'
import { type CelFunction, defineFunction } from '../cel-function.ts'
import { BOOL, listOf, NUMBER, STRING } from '../cel-type.ts'
import { characterCount, characterIndex, sliceCharacters, unitIndex } from '../characters.ts'
import { optional, text, texts, wholeNumber } from '../parameters.ts'
import { valueFailure } from '../value-failure.ts'

function outside(at: string, name: string): never {
  throw valueFailure(at, `\`${name}\` lies outside of the text`, 'test size(…) before')
}

/** Functions on texts. Places and lengths count characters (code points), as CEL has it. */
export const TEXT_FUNCTIONS: readonly CelFunction[] = [
  defineFunction({
    name: 'contains',
    form: 'both',
    parameters: [text('text'), text('part')],
    result: BOOL,
    summary: 'Whether the part stands somewhere in the text.',
    example: { expression: "'log4j-core'.contains('log4j')", result: true },
    compute: ([subject, part]) => subject.includes(part),
  }),
  defineFunction({
    name: 'startsWith',
    form: 'both',
    parameters: [text('text'), text('start')],
    result: BOOL,
    summary: 'Whether the text begins so.',
    example: { expression: "'CVE-2021-44228'.startsWith('CVE-')", result: true },
    compute: ([subject, start]) => subject.startsWith(start),
  }),
  defineFunction({
    name: 'endsWith',
    form: 'both',
    parameters: [text('text'), text('end')],
    result: BOOL,
    summary: 'Whether the text ends so.',
    example: { expression: "'registry/app:latest'.endsWith(':latest')", result: true },
    compute: ([subject, end]) => subject.endsWith(end),
  }),
  ...['lower', 'lowerAscii'].map((name) =>
    defineFunction({
      name,
      form: 'both',
      parameters: [text('text')],
      result: STRING,
      summary: 'The text in lower case.',
      example: { expression: `${name}('HIGH')`, result: 'high' },
      compute: ([subject]: readonly [string]) => subject.toLowerCase(),
    }),
  ),
  ...['upper', 'upperAscii'].map((name) =>
    defineFunction({
      name,
      form: 'both',
      parameters: [text('text')],
      result: STRING,
      summary: 'The text in upper case.',
      example: { expression: `${name}('high')`, result: 'HIGH' },
      compute: ([subject]: readonly [string]) => subject.toUpperCase(),
    }),
  ),
  defineFunction({
    name: 'trim',
    form: 'both',
    parameters: [text('text')],
    result: STRING,
    summary: 'The text without white space at both ends.',
    example: { expression: "trim('  high ')", result: 'high' },
    compute: ([subject]) => subject.trim(),
  }),
  defineFunction({
    name: 'replace',
    form: 'both',
    parameters: [text('text'), text('search'), text('with')],
    result: STRING,
    summary: 'The text with every `search` replaced; both are taken literally.',
    example: { expression: "replace('a/b/c', '/', '-')", result: 'a-b-c' },
    compute([subject, search, replacement], at) {
      const growth = replacement.length - search.length
      if (growth > 0) checkTextLength(subject.length + countOf(search, subject) * growth, at)
      return subject.replaceAll(search, () => replacement)
    },
  }),
  defineFunction({
    name: 'split',
    form: 'both',
    parameters: [text('text'), text('separator'), optional(wholeNumber('at_most'))],
    result: listOf(STRING),
    summary: 'The parts between the separators; with `at_most`, the last part keeps the rest.',
    example: { expression: "split('a,b,c', ',')", result: ['a', 'b', 'c'] },
    compute([subject, separator, atMost]) {
      const parts = subject.split(separator)
      if (atMost === undefined || atMost < 0 || parts.length <= atMost) return parts
      if (atMost === 0) return []
      return [...parts.slice(0, atMost - 1), parts.slice(atMost - 1).join(separator)]
    },
  }),
  defineFunction({
    name: 'join',
    form: 'both',
    parameters: [texts('list'), optional(text('separator'))],
    result: STRING,
    summary: 'One text of a list of texts.',
    example: { expression: "join(['a', 'b'], ', ')", result: 'a, b' },
    compute([list, separator = ''], at) {
      checkTextLength(
        list.reduce((length, part) => length + part.length + separator.length, 0),
        at,
      )
      return list.join(separator)
    },
  }),
  defineFunction({
    name: 'indexOf',
    form: 'both',
    parameters: [text('text'), text('part'), optional(wholeNumber('from'))],
    result: NUMBER,
    summary: 'The place of the first `part`, counted from 0; -1 when it is not there.',
    example: { expression: "indexOf('pkg:deb/curl', '/')", result: 7 },
    compute([subject, part, from = 0], at) {
      if (from < 0 || from > characterCount(subject)) outside(at, 'from')
      return characterIndex(subject, subject.indexOf(part, unitIndex(subject, from)))
    },
  }),
  defineFunction({
    name: 'lastIndexOf',
    form: 'both',
    parameters: [text('text'), text('part')],
    result: NUMBER,
    summary: 'The place of the last `part`, counted from 0; -1 when it is not there.',
    example: { expression: "lastIndexOf('a/b/c', '/')", result: 3 },
    compute: ([subject, part]) => characterIndex(subject, subject.lastIndexOf(part)),
  }),
  defineFunction({
    name: 'substring',
    form: 'both',
    parameters: [text('text'), wholeNumber('start'), optional(wholeNumber('end'))],
    result: STRING,
    summary: 'The characters from `start` up to, not including, `end`, or the rest.',
    example: { expression: "substring('CVE-2021-44228', 4, 8)", result: '2021' },
    compute([subject, start, end], at) {
      const length = characterCount(subject)
      if (start < 0 || start > length) outside(at, 'start')
      if (end !== undefined && (end < start || end > length)) outside(at, 'end')
      return sliceCharacters(subject, start, end ?? length)
    },
  }),
]

function countOf(search: string, subject: string): number {
  if (search === '') return subject.length + 1
  let count = 0
  for (let at = subject.indexOf(search); at !== -1; at = subject.indexOf(search, at + search.length)) count += 1
  return count
}
