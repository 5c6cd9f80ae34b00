import type { Range } from './source-text.ts'

/** A value on one line that YAML reads otherwise than it was meant, because it stands without quotes. */
export interface UnquotedText extends Range {
  /** What YAML makes of it, as the end of the sentence "YAML reads …". */
  readonly reading: string
  /** It may be right as it stands (`*alias`, `&anchor`); only a complaint of the parser makes it wrong. */
  readonly doubtful: boolean
}

const KEY = /(?:[\p{L}\p{N}_./@$-]+|'[^']*'|"[^"]*")[ \t]*:(?=[ \t]|$)/uy
const PROPERTIES = /(?:(?:!!(?:str|int|float|bool|null|map|seq)|&[\w-]+)[ \t]+)+/y
const BLOCK_HEADER = /^[|>][-+]?\d?[-+]?$/

/**
 * Finds the values of one line that want quotes, above all CEL expressions: those with a tag, an alias, a `: `, a
 * ` #` within a CEL text, brackets within `{ }`, or something behind a closing quote or bracket.
 * `flowDepth`: how many `{` and `[` are open where the line begins.
 */
export function findUnquotedText(line: string, flowDepth: number): readonly UnquotedText[] {
  if (flowDepth === 0 && /^(?:%|---|\.\.\.)/.test(line)) return []
  const scan = new LineScan(line)
  scan.run(flowDepth)
  return scan.found
}

/** The text as a YAML value: single quotes, or double ones where that spares doubling. */
export function quoteForYaml(text: string): string {
  if (!text.includes("'") || /["\\]/.test(text)) return `'${text.replaceAll("'", "''")}'`
  return `"${text}"`
}

/** True when a bracket or a quote is opened and not closed: the text was cut. */
export function isCutShort(text: string): boolean {
  let depth = 0
  for (let at = 0; at < text.length; at++) {
    if (opensQuote(text, at)) {
      const end = endOfQuoted(text, at)
      if (end === -1) return true
      at = end - 1
    } else if ('([{'.includes(text[at] ?? ' ')) depth += 1
    else if (')]}'.includes(text[at] ?? ' ')) depth -= 1
  }
  return depth > 0
}

/** True for a quote that begins a CEL text, and not for the apostrophe in `it's`. */
function opensQuote(text: string, at: number): boolean {
  if (text[at] !== "'" && text[at] !== '"') return false
  const before = text.slice(Math.max(0, at - 2), at)
  return !/[\p{L}\p{N}_]$/u.test(before) || /^[^\p{L}\p{N}_]?[rRbB]$/u.test(before)
}

/** Offset behind the closing quote of a YAML text; -1 when there is none on this line. */
function endOfYamlQuoted(text: string, start: number): number {
  if (text[start] === '"') return endOfQuoted(text, start)
  const quoted = /'(?:[^']|'')*'/y
  quoted.lastIndex = start
  return quoted.test(text) ? quoted.lastIndex : -1
}

/** Offset behind the closing quote of a CEL text; -1 when there is none. */
function endOfQuoted(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] === '\\') at += 1
    else if (text[at] === text[start]) return at + 1
  }
  return -1
}

class LineScan {
  readonly found: UnquotedText[] = []
  readonly #line: string

  constructor(line: string) {
    this.#line = line
  }

  run(flowDepth: number): void {
    let at = this.#blank(0)
    if (flowDepth > 0) {
      at = this.#items(at, flowDepth)
      return
    }
    while (/[-?]/.test(this.#line[at] ?? '') && /^[ \t]/.test(this.#line.slice(at + 1))) at = this.#blank(at + 1)
    this.#entry(at, false)
  }

  #blank(at: number): number {
    let next = at
    while (this.#line[next] === ' ' || this.#line[next] === '\t') next += 1
    return next
  }

  #match(pattern: RegExp, at: number): number {
    pattern.lastIndex = at
    return pattern.exec(this.#line)?.[0].length ?? 0
  }

  /** Items of flow collections up to the one that closes the last open one, or to the end of the line. */
  #items(start: number, flowDepth: number): number {
    let at = start
    let depth = flowDepth
    while (at < this.#line.length) {
      at = this.#blank(at)
      const letter = this.#line[at] ?? ''
      if (letter === '}' || letter === ']') {
        depth -= 1
        at += 1
        if (depth === 0) return at
      } else if (letter === ',') at += 1
      else if (this.#isComment(at)) return this.#line.length
      else at = Math.max(this.#entry(at, true), at + 1)
    }
    return -1
  }

  /** `key: value` or a value alone; gives the offset behind it. */
  #entry(start: number, inFlow: boolean): number {
    let at = this.#blank(start + this.#match(KEY, start))
    at += this.#match(PROPERTIES, at)
    if (at >= this.#line.length || this.#isComment(at) || this.#endsValue(at, inFlow)) return at
    return this.#value(at, inFlow)
  }

  #value(at: number, inFlow: boolean): number {
    const first = this.#line[at] ?? ''
    if (first === "'" || first === '"') {
      const end = endOfYamlQuoted(this.#line, at)
      if (end === -1) return this.#line.length
      return this.#ended(at, end, inFlow, `the second ${first} as the end of the text`)
    }
    if (first === '{' || first === '[') {
      const before = this.found.length
      const end = this.#items(at + 1, 1)
      if (end === -1) return this.#line.length
      if (!this.#endsValue(this.#blank(end), inFlow)) this.found.length = before
      return this.#ended(at, end, inFlow, first === '{' ? 'a map that ends at }' : 'a list that ends at ]')
    }
    const end = this.#extent(at, inFlow)
    const text = this.#line.slice(at, end)
    const reading = readingOf(text, inFlow)
    if (reading !== undefined) this.found.push({ start: at, end, reading, doubtful: /^[*&]/.test(text) })
    return end
  }

  /** Behind a closing quote or bracket a value must end. */
  #ended(start: number, end: number, inFlow: boolean, reading: string): number {
    const next = this.#blank(end)
    if (this.#endsValue(next, inFlow)) return next
    const extent = this.#extent(start, inFlow)
    this.found.push({ start, end: extent, reading, doubtful: false })
    return extent
  }

  #endsValue(at: number, inFlow: boolean): boolean {
    const letter = this.#line[at]
    return letter === undefined || letter === '\r' || this.#isComment(at) || (inFlow && /[,}\]]/.test(letter))
  }

  #isComment(at: number): boolean {
    return this.#line[at] === '#' && (at === 0 || /[ \t]/.test(this.#line[at - 1] ?? ''))
  }

  /** Where a value was meant to end: brackets in pairs and CEL texts belong to it, a comment does not. */
  #extent(start: number, inFlow: boolean): number {
    const open: string[] = []
    let at = start
    while (at < this.#line.length && !this.#isComment(at)) {
      const letter = this.#line[at] ?? ''
      const quoted = opensQuote(this.#line, at) ? endOfQuoted(this.#line, at) : -1
      if (quoted !== -1) {
        at = quoted
        continue
      }
      if ('([{'.includes(letter)) open.push(letter)
      else if (')]}'.includes(letter)) {
        if (open.length === 0 && inFlow && letter !== ')') break
        open.pop()
      } else if (letter === ',' && inFlow && open.length === 0) break
      at += 1
    }
    const text = this.#line.slice(start, at)
    return start + (inFlow && open.length > 0 ? text.replace(/[\s,}\]]+$/, '') : text.trimEnd()).length
  }
}

/** What YAML makes of a plain text; undefined when it takes it as it stands. */
function readingOf(text: string, inFlow: boolean): string | undefined {
  const first = text[0] ?? ''
  if (first === '!') return `${/^\S+/.exec(text)?.[0] ?? '!'} as a tag`
  if (first === '*') return `${/^[^\s,}\]]+/.exec(text)?.[0] ?? '*'} as an alias`
  if (first === '&') return `${/^[^\s,}\]]+/.exec(text)?.[0] ?? '&'} as an anchor`
  if ('%@`'.includes(first)) return `${first} as a sign of its own; no plain text begins with it`
  if ((first === '|' || first === '>') && !BLOCK_HEADER.test(text)) return `${first} as the beginning of a block text`
  if (/:(?:\s|$)/.test(text)) return '": " as the end of a key'
  if (/\s#/.test(text)) return '" #" as the beginning of a comment'
  if (inFlow && /:[,[\]{}]/.test(text)) return '":" as the end of a key'
  const sign = inFlow ? /[,[\]{}]/.exec(text)?.[0] : undefined
  return sign === undefined ? undefined : `${sign} as a sign of its own between { } or [ ]`
}
