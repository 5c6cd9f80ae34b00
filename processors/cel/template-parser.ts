import { ExpressionFault } from './expression-problem.ts'

/** A stretch of a template: text as it is, or an expression with its place in the template. */
export type TemplatePart = { readonly kind: 'text'; readonly text: string } | ExpressionPart

interface ExpressionPart {
  readonly kind: 'expression'
  readonly text: string
  /** Where the expression begins in the template. */
  readonly start: number
  /** The time pattern of `{time:yyyy.MM}`. */
  readonly pattern?: { readonly text: string; readonly start: number }
}

const CLOSING: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' }

/**
 * Divides a template into text and expressions. Braces within an expression's texts, maps and comments are the
 * expression's own; `{{` and `}}` are braces of the text. Throws ExpressionFault (E_TEMPLATE).
 */
export function parseTemplate(template: string): readonly TemplatePart[] {
  const parts: TemplatePart[] = []
  let text = ''
  let at = 0
  while (at < template.length) {
    const character = template.charAt(at)
    if ((character === '{' || character === '}') && template[at + 1] === character) {
      text += character
      at += 2
    } else if (character === '}') {
      throw fault('a closing brace has no opening one', "a brace that is meant as text is doubled: '}}'", at, at + 1)
    } else if (character === '{') {
      if (text !== '') parts.push({ kind: 'text', text })
      text = ''
      const scanned = scanExpression(template, at)
      parts.push(scanned.part)
      at = scanned.end
    } else {
      text += character
      at += 1
    }
  }
  if (text !== '') parts.push({ kind: 'text', text })
  return parts
}

/** Reads from an opening brace to the brace that closes it. */
function scanExpression(template: string, open: number): { part: TemplatePart; end: number } {
  const nesting: string[] = []
  let choices = 0
  let at = open + 1
  while (at < template.length) {
    const character = template.charAt(at)
    const last = nesting.at(-1)
    if (character === '"' || character === "'") at = skipText(template, at)
    else if (template.startsWith('//', at)) at = skipComment(template, at)
    else {
      if (Object.hasOwn(CLOSING, character)) nesting.push(CLOSING[character] ?? '')
      else if (last !== undefined && character === last) nesting.pop()
      else if (last === undefined && character === '}') return finished(template, open, at)
      else if (last === undefined && isChoice(template, at)) choices += 1
      else if (last === undefined && character === ':') {
        if (choices === 0) return withPattern(template, open, at)
        choices -= 1
      }
      at += 1
    }
  }
  throw fault('a brace is not closed', "a brace that is meant as text is doubled: '{{'", open, template.length)
}

/** A question mark of `a ? b : c`, not one of `.?` or `[?`. */
function isChoice(template: string, at: number): boolean {
  return template[at] === '?' && !/[.[]\s*$/.test(template.slice(0, at))
}

function finished(template: string, open: number, close: number): { part: ExpressionPart; end: number } {
  const text = template.slice(open + 1, close)
  if (text.trim() === '') {
    throw fault('the braces are empty', 'write an expression, such as {value.severity}', open, close + 1)
  }
  return { part: { kind: 'expression', text, start: open + 1 }, end: close + 1 }
}

function withPattern(template: string, open: number, colon: number): { part: TemplatePart; end: number } {
  let at = colon + 1
  while (at < template.length && template[at] !== '}') {
    at = template[at] === "'" ? skipText(template, at) : at + 1
  }
  if (at >= template.length) {
    throw fault('a brace is not closed', 'close it after the time pattern: {time:yyyy.MM}', open, template.length)
  }
  const { part } = finished(template, open, colon)
  const text = template.slice(colon + 1, at)
  if (text === '') {
    throw fault('the time pattern is empty', 'write it after the colon: {time:yyyy.MM}', open, at + 1)
  }
  return { part: { ...part, pattern: { text, start: colon + 1 } }, end: at + 1 }
}

/** From a quote to behind the quote that ends the text; triple quotes end with three. A backslash hides what follows. */
function skipText(template: string, open: number): number {
  const quote = template.charAt(open)
  const end = template.startsWith(quote.repeat(3), open) ? quote.repeat(3) : quote
  let at = open + end.length
  while (at < template.length) {
    if (template.startsWith(end, at)) return at + end.length
    at += template[at] === '\\' ? 2 : 1
  }
  throw fault('a text within the braces is not closed', 'close it with the quote it began with', open, template.length)
}

function skipComment(template: string, at: number): number {
  const end = template.indexOf('\n', at)
  return end === -1 ? template.length : end
}

function fault(message: string, fix: string, start: number, end: number): ExpressionFault {
  return new ExpressionFault('E_TEMPLATE', message, fix, { start, end })
}
