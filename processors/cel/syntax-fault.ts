import type { ParseError } from '@marcbachmann/cel-js'
import { ExpressionFault, type Span } from './expression-problem.ts'

/** Words and signs of other languages, and what stands for them here. */
const OTHER_LANGUAGES: Readonly<Record<string, string>> = {
  and: '&&',
  or: '||',
  AND: '&&',
  OR: '||',
  '&': '&&',
  '|': '||',
  '=': '==',
  '===': '==',
  '!==': '!=',
  '<>': '!=',
  '??': '.orValue(…) after an optional such as value.?field',
  is: '==',
  if: 'condition ? one : other',
}

const TOKEN_SIGNS: Readonly<Record<string, string>> = {
  EOF: 'the end',
  NUMBER: 'a number',
  STRING: 'a text',
  BOOLEAN: 'true or false',
  NULL: 'null',
  IDENTIFIER: 'a name',
  LPAREN: '`(`',
  RPAREN: '`)`',
  LBRACKET: '`[`',
  RBRACKET: '`]`',
  LBRACE: '`{`',
  RBRACE: '`}`',
  DOT: '`.`',
  COMMA: '`,`',
  COLON: '`:`',
  QUESTION: '`?`',
  IN: '`in`',
}

/** The parser's error in words for somebody who has not seen its tokens. */
export function toSyntaxFault(error: ParseError, text: string): ExpressionFault {
  const range = error.range ?? { start: 0, end: text.length }
  const span = {
    start: Math.min(range.start, text.length),
    end: Math.min(Math.max(range.end, range.start), text.length),
  }
  if (error.code === 'limit_exceeded') {
    return new ExpressionFault(
      'E_EXPRESSION_LIMIT',
      limitMessage(error.summary),
      'divide the work over several steps',
      span,
    )
  }
  const foreign = foreignSignAt(text, span)
  if (foreign !== undefined) {
    const { sign, ours, at } = foreign
    return new ExpressionFault('E_EXPRESSION_SYNTAX', `\`${sign}\` is not CEL`, `write ${ours}`, at)
  }
  return new ExpressionFault('E_EXPRESSION_SYNTAX', messageOf(error, text, span), fixOf(error, text), span)
}

/** What each limit of the parser counts. */
const COUNTED: Readonly<Record<string, string>> = {
  maxAstNodes: 'operators, names and literals',
  maxDepth: 'levels of brackets within brackets',
  maxListElements: 'elements in a list',
  maxMapEntries: 'fields in a map',
  maxCallArguments: 'arguments',
}

function limitMessage(summary: string): string {
  const [, limit = '', count = ''] = /^Exceeded (\w+) \((\d+)\)$/.exec(summary) ?? []
  return `the expression has more than ${count} ${COUNTED[limit] ?? limit}`
}

function foreignSignAt(text: string, span: Span): { sign: string; ours: string; at: Span } | undefined {
  const rest = text.slice(span.start)
  const before = /[!=<>]+$/.exec(text.slice(0, span.start))?.[0] ?? ''
  const sign = /^(?:[A-Za-z]+|[=!<>&|?]+)/.exec(rest)?.[0] ?? ''
  for (const [candidate, start] of [
    [before + sign, span.start - before.length],
    [sign, span.start],
  ] as const) {
    const ours = Object.hasOwn(OTHER_LANGUAGES, candidate) ? OTHER_LANGUAGES[candidate] : undefined
    if (ours !== undefined) return { sign: candidate, ours, at: { start, end: span.start + sign.length } }
  }
  return undefined
}

function messageOf(error: ParseError, text: string, span: Span): string {
  const found = text.slice(span.start, span.end)
  switch (error.code) {
    case 'expected_token': {
      const [, expected = '', got = ''] = /^Expected (\w+), got (\w+)$/.exec(error.summary) ?? []
      return `expected ${signOf(expected)}, got ${got === 'EOF' ? 'the end' : `\`${found}\``}`
    }
    case 'unexpected_token':
      return span.start >= text.length ? 'the expression breaks off' : `unexpected \`${found}\``
    case 'unexpected_character':
      return `unexpected \`${found === '' ? text.slice(span.start, span.start + 1) : found}\``
    case 'reserved_identifier':
      return `\`${found}\` is a reserved word`
    default:
      return error.summary.charAt(0).toLowerCase() + error.summary.slice(1)
  }
}

function fixOf(error: ParseError, text: string): string {
  if (text.trim() === '') return 'write a CEL expression, such as value.severity_id >= 3'
  if (error.code === 'unterminated_string' || error.code === 'newline_in_string') {
    return "close the text with the quote it began with; in YAML's single quotes, a quote is doubled: ''"
  }
  if (error.code === 'reserved_identifier' || error.summary.startsWith('Expected IDENTIFIER')) {
    return "a field with the name of a reserved word is read with value['in']"
  }
  return '`pipeline describe cel` shows the dialect with examples'
}

function signOf(token: string): string {
  return TOKEN_SIGNS[token] ?? token.toLowerCase()
}
