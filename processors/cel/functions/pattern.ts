import { compileEventRegex, compileRegex, type Regex } from '../../regex.ts'
import { type CelFunction, defineFunction, type Parameter } from '../cel-function.ts'
import { BOOL } from '../cel-type.ts'
import { text } from '../parameters.ts'

function regex(name: string): Parameter<Regex> {
  return {
    name,
    kinds: ['string'],
    optional: false,
    read: (value) => (typeof value === 'string' ? compileEventRegex(value) : undefined),
    readLiteral: (value) => (typeof value === 'string' ? compileRegex(value) : undefined),
  }
}

export const PATTERN_FUNCTIONS: readonly CelFunction[] = [
  defineFunction({
    name: 'matches',
    form: 'both',
    parameters: [text('text'), regex('pattern')],
    result: BOOL,
    summary:
      'Whether the regular expression (RE2 syntax, linear time) matches somewhere in the text; ^ and $ anchor it.',
    example: { expression: "'CVE-2021-44228'.matches('^CVE-[0-9]{4}-')", result: true },
    compute: ([subject, pattern]) => pattern.test(subject),
  }),
]
