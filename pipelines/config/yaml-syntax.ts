import { Composer, Lexer, Parser, type Document, type ParsedNode, type YAMLParseError } from 'yaml'
import { PIPELINE_LIMITS } from '../limits.ts'
import type { Range } from './source-text.ts'

/** Levels of the parser's stack per level of the document, at most. */
const STACK_PER_LEVEL = 3

const NEVER_CLOSED = 'this quote is never closed'

const TAGS = new Set(['!!str', '!!int', '!!float', '!!bool', '!!null', '!!map', '!!seq'])

/** One of `{ } [ ]`, and what is open behind it. */
interface Bracket {
  readonly end: number
  readonly depth: number
  /** Offset of the innermost bracket that is open. */
  readonly opener: number | undefined
}

/** A text as YAML 1.2 reads it, right or wrong. */
export interface YamlSyntax {
  readonly contents: ParsedNode | null
  /** In the order of the parser: the first one is a cause, later ones may be consequences. */
  readonly errors: readonly YamlProblem[]
  /** Offsets of tags that mean nothing here. */
  readonly tags: readonly number[]
  /** How many `{` and `[` are open at an offset. */
  flowDepthAt(offset: number): number
}

export interface YamlProblem {
  readonly offset: number
  readonly message: string
}

/**
 * Parses one document. Undefined when it is beyond the limits: depth is checked before the tree is built, which needs
 * a stack frame for each level.
 */
export function readYamlSyntax(text: string): YamlSyntax | undefined {
  const parser = new Parser()
  const tokens = []
  const tags: number[] = []
  const brackets: Bracket[] = []
  const open: number[] = []
  const quoted: Range[] = []
  let offset = 0
  let count = 0
  let scalarFollows = false
  for (const lexeme of new Lexer().lex(text)) {
    for (const token of parser.next(lexeme)) tokens.push(token)
    count += 1
    if (count > PIPELINE_LIMITS.documentTokens.default) return undefined
    if (parser.stack.length > PIPELINE_LIMITS.documentDepth.default * STACK_PER_LEVEL) return undefined
    if (lexeme === '\u0002' || lexeme === '\u0018' || lexeme === '\u001f') {
      scalarFollows = lexeme === '\u001f'
      continue
    }
    if (!scalarFollows) {
      if (lexeme.startsWith('!') && !TAGS.has(lexeme)) tags.push(offset)
      if (lexeme === '{' || lexeme === '[') open.push(offset)
      if (lexeme === '}' || lexeme === ']') open.pop()
      if ('{[}]'.includes(lexeme)) brackets.push({ end: offset + 1, depth: open.length, opener: open.at(-1) })
      if (/^['"]/.test(lexeme)) quoted.push({ start: offset, end: offset + lexeme.length })
    }
    scalarFollows = false
    offset += lexeme.length
  }
  for (const token of parser.end()) tokens.push(token)
  const bracketAt = (at: number): Bracket | undefined => brackets.findLast(({ end }) => end <= at)
  const { contents, errors } = compose(tokens, text)
  return {
    contents,
    errors: errors.map((error) => atItsBracket(atItsQuote(error, quoted, text), bracketAt, text)),
    tags,
    flowDepthAt: (at) => bracketAt(at)?.depth ?? 0,
  }
}

function compose(tokens: Parameters<Composer['compose']>[0], text: string): Pick<YamlSyntax, 'contents' | 'errors'> {
  const composer = new Composer({
    version: '1.2',
    merge: false,
    uniqueKeys: false,
    stringKeys: true,
    prettyErrors: false,
  })
  const errors: YamlProblem[] = []
  let first: Document.Parsed | undefined
  for (const document of composer.compose(tokens, true, text.length)) {
    if (first !== undefined) {
      errors.push({ offset: document.range[0], message: 'a second document begins here; a file holds one' })
      break
    }
    first = document
    errors.push(...document.errors.map((error) => ({ offset: error.pos[0], message: explain(error) })))
    const { version, explicit } = document.directives.yaml
    if (explicit === true && version !== '1.2') {
      const at = Math.max(0, text.indexOf('%YAML'))
      errors.push({ offset: at, message: `YAML ${version} is not read here, only YAML 1.2` })
    }
  }
  return { contents: first?.contents ?? null, errors }
}

/** What a quote that is closed too late, or never, swallowed is no cause: the quote is. */
function atItsQuote(problem: YamlProblem, quoted: readonly Range[], text: string): YamlProblem {
  const range = quoted.findLast(({ start }) => start < problem.offset)
  if (range === undefined) return problem
  if (problem.message === NEVER_CLOSED) return { ...problem, offset: range.start }
  const between = text.slice(range.end, problem.offset)
  const lines = text.slice(range.start, range.end).split('\n').length - 1
  if (lines === 0 || between.trim() !== '') return problem
  return {
    offset: range.start,
    message: `this quote is closed only ${lines} ${lines === 1 ? 'line' : 'lines'} further down`,
  }
}

/** The end of what a bracket swallowed is no cause: the bracket is. Indents are no places to look at, texts are. */
function atItsBracket(
  problem: YamlProblem,
  bracketAt: (offset: number) => Bracket | undefined,
  text: string,
): YamlProblem {
  const opener = /^flow (?:map|sequence)\b.* end with/.test(problem.message)
    ? bracketAt(problem.offset)?.opener
    : undefined
  if (opener !== undefined) return { offset: opener, message: `this ${text[opener] ?? ''} is never closed` }
  const blank = /[ ]*/y
  blank.lastIndex = problem.offset
  return { ...problem, offset: problem.offset + (blank.exec(text)?.[0].length ?? 0) }
}

/** The parser's words, with the usual ones said more plainly. */
function explain(error: YAMLParseError): string {
  if (error.message.startsWith('Missing closing')) return NEVER_CLOSED
  if (error.code === 'TAB_AS_INDENT') return 'a tab stands where YAML wants spaces'
  if (error.code === 'BAD_DQ_ESCAPE')
    return `${lowerFirst(error.message)}; between double quotes, \\ must be written \\\\`
  if (error.code === 'NON_STRING_KEY') return 'a key must be a text'
  return lowerFirst(error.message)
}

function lowerFirst(text: string): string {
  return `${text.slice(0, 1).toLowerCase()}${text.slice(1)}`
}
