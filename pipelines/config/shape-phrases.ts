import type { z } from 'zod'

type Issue = z.core.$ZodRawIssue | z.core.$ZodIssue

const NOTHING_KNOWN = 'another value'

/** What `phraseIssue` says where it knows nothing, above all of unions. */
export const UNNAMED = `expected ${NOTHING_KNOWN}`

const TYPE_NAMES: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a map',
  record: 'a map',
  null: 'nothing',
}

const FORMAT_NAMES: Readonly<Record<string, string>> = {
  datetime: 'a time such as 2026-01-31T00:00:00Z',
  date: 'a date such as 2026-01-31',
  url: 'a URL such as https://host/path',
  email: 'an e-mail address',
  uuid: 'a UUID',
  ipv4: 'an IPv4 address',
  ipv6: 'an IPv6 address',
}

/** What a schema expects, without the word "expected": `a number of at least 1`. */
export function expectationOf(issue: Issue): string {
  switch (issue.code) {
    case 'invalid_type':
      return TYPE_NAMES[issue.expected] ?? `a value of type ${issue.expected}`
    case 'invalid_value':
      return listOf(issue.values.map((value) => JSON.stringify(value)))
    case 'too_small':
      return boundOf(issue.origin, 'at least', Number(issue.minimum), issue.inclusive !== false)
    case 'too_big':
      return boundOf(issue.origin, 'at most', Number(issue.maximum), issue.inclusive !== false)
    case 'not_multiple_of':
      return `a multiple of ${issue.divisor}`
    case 'invalid_format':
      return (
        FORMAT_NAMES[issue.format] ??
        (issue.format === 'regex' ? `a text like ${issue.pattern}` : `a valid ${issue.format}`)
      )
    case 'invalid_union':
      return 'options' in issue && Array.isArray(issue.options)
        ? listOf(issue.options.map((option) => JSON.stringify(option)))
        : NOTHING_KNOWN
    case 'custom':
    case 'invalid_key':
    case 'invalid_element':
    case 'unrecognized_keys':
    default:
      return NOTHING_KNOWN
  }
}

/** Words for zod where a schema has none of its own. */
export function phraseIssue(issue: z.core.$ZodRawIssue): string {
  return `expected ${expectationOf(issue)}`
}

/** `a`, `a or b`, `a, b or c`. */
export function listOf(choices: readonly string[]): string {
  const unique = [...new Set(choices)]
  return unique.length < 2 ? (unique[0] ?? '') : `${unique.slice(0, -1).join(', ')} or ${unique.at(-1) ?? ''}`
}

/** As `listOf`, for choices that hold commas and "or" themselves. */
export function alternativesOf(choices: readonly string[]): string {
  const unique = [...new Set(choices)]
  if (unique.every((choice) => !/,| or /.test(choice))) return listOf(unique)
  return unique.length < 2 ? (unique[0] ?? '') : `${unique.slice(0, -1).join(', ')}, or ${unique.at(-1) ?? ''}`
}

function boundOf(origin: string, words: string, bound: number, inclusive: boolean): string {
  const amount = inclusive ? `${words} ${bound}` : `${words === 'at least' ? 'more' : 'less'} than ${bound}`
  if (bound === 1 && inclusive && words === 'at least') {
    if (origin === 'string') return 'a text that is not empty'
    if (origin === 'array' || origin === 'set') return 'a list that is not empty'
  }
  if (origin === 'string') return `a text of ${amount} characters`
  if (origin === 'array' || origin === 'set') return `a list of ${amount} items`
  if (origin === 'object' || origin === 'map') return `a map of ${amount} keys`
  return `a number of ${amount}`
}
