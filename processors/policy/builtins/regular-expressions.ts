import { RE2JS, type Matcher } from 're2js'
import { BoundedCache } from '../../bounded-cache.ts'
import { PROCESSOR_LIMITS } from '../../limits.ts'
import { BuiltinFailure, checkItems, checkText, intOperand, stringOperand, type BuiltinTable } from './builtin.ts'

/** Patterns may come with the input, so their number, length and program are bounded. */
const MAX_COMPILED = PROCESSOR_LIMITS.maxCachedPatterns.default
const MAX_PATTERN = PROCESSOR_LIMITS.maxRegexLength.default
const MAX_PROGRAM = PROCESSOR_LIMITS.maxRegexProgram.default

/** Regular expressions in RE2 syntax: linear in the text, whatever the pattern. `regex.match` and others are in the wasm. */
export const REGEX_BUILTINS: BuiltinTable = {
  'regex.replace': (args) => {
    const [text, pattern] = [stringOperand(args, 1), compile(stringOperand(args, 2))]
    return replaceAll(text, pattern, stringOperand(args, 3))
  },
  'regex.find_n': (args) => {
    const [pattern, text, limit] = [compile(stringOperand(args, 1)), stringOperand(args, 2), intOperand(args, 3)]
    return Array.from(eachMatch(pattern, text, limit), (match) => match.group() ?? '')
  },
  'regex.split': (args) => {
    const [pattern, text] = [stringOperand(args, 1), stringOperand(args, 2)]
    return split(compile(pattern), text, pattern === '')
  },
  'regex.template_match': (args) => {
    const [start, end] = [stringOperand(args, 3), stringOperand(args, 4)]
    if (Buffer.byteLength(start) !== 1 || Buffer.byteLength(end) !== 1) {
      throw new BuiltinFailure('a delimiter is exactly one character')
    }
    return compile(templatePattern(stringOperand(args, 1), start, end))
      .matcher(stringOperand(args, 2))
      .find()
  },
  'glob.quote_meta': (args) => checkText(stringOperand(args, 1).replaceAll(/[*?\\[\]{}]/g, String.raw`\$&`)),
}

const compiled = new BoundedCache<string, RE2JS>(MAX_COMPILED)

function compile(pattern: string): RE2JS {
  if (pattern.length > MAX_PATTERN) throw new BuiltinFailure(`the pattern is longer than ${MAX_PATTERN} characters`)
  return compiled.get(pattern, compileUncached)
}

function compileUncached(pattern: string): RE2JS {
  let fresh: RE2JS
  try {
    fresh = RE2JS.compile(pattern)
  } catch (cause) {
    throw new BuiltinFailure('not a regular expression in RE2 syntax', { cause })
  }
  if (fresh.programSize() > MAX_PROGRAM) throw new BuiltinFailure('the pattern is too large once it is compiled')
  return fresh
}

/**
 * Goes from match to match, from left to right; an empty one directly after another does not count, as in Go. The
 * matcher is the same object each time. A negative limit is none.
 */
function* eachMatch(pattern: RE2JS, text: string, limit: number): Generator<Matcher> {
  const matcher = pattern.matcher(text)
  const wanted = limit < 0 ? Infinity : limit
  let count = 0
  let previousEnd = -1
  while (count < wanted && matcher.find()) {
    if (matcher.start() === matcher.end() && matcher.start() === previousEnd) continue
    previousEnd = matcher.end()
    checkItems((count += 1))
    yield matcher
  }
}

/** `$1`, `$name` and `${name}` stand for groups, `$$` for a dollar sign; a name is as long as it can be. */
const GROUP_REFERENCE = /\$(?:\$|(\w+)|\{(\w+)\})/g

function replaceAll(text: string, pattern: RE2JS, replacement: string): string {
  let result = ''
  let at = 0
  for (const match of eachMatch(pattern, text, -1)) {
    const expanded = replacement.replaceAll(GROUP_REFERENCE, (whole, name?: string, braced?: string) =>
      whole === '$$' ? '$' : groupText(match, name ?? braced ?? ''),
    )
    result = checkText(result + text.slice(at, match.start()) + expanded)
    at = match.end()
  }
  return checkText(result + text.slice(at))
}

/** Empty for a group that does not exist or took no part in the match. */
function groupText(match: Matcher, name: string): string {
  if (/^\d+$/.test(name)) return Number(name) > match.groupCount() ? '' : (match.group(Number(name)) ?? '')
  const named = match.getNamedGroups()
  return Object.hasOwn(named, name) ? (named[name] ?? '') : ''
}

/** An empty match at the beginning or the end splits nothing off, as in Go. */
function split(pattern: RE2JS, text: string, patternIsEmpty: boolean): readonly string[] {
  if (text === '' && !patternIsEmpty) return ['']
  const parts: string[] = []
  let partStart = 0
  let matchStart = 0
  for (const match of eachMatch(pattern, text, -1)) {
    matchStart = match.start()
    if (match.end() !== 0) parts.push(text.slice(partStart, matchStart))
    partStart = match.end()
  }
  return matchStart === text.length ? parts : [...parts, text.slice(partStart)]
}

/** Text outside of the delimiters stands for itself, text between them is a pattern; delimiters nest. */
function templatePattern(template: string, open: string, close: string): string {
  let pattern = '^'
  let depth = 0
  let from = 0
  for (let at = 0; at < template.length; at += 1) {
    const character = template[at]
    if (character === open) {
      if (depth === 0) {
        pattern += RE2JS.quote(template.slice(from, at))
        from = at + 1
      }
      depth += 1
    } else if (character === close) {
      depth -= 1
      if (depth < 0) throw new BuiltinFailure('unbalanced delimiters')
      if (depth > 0) continue
      const part = template.slice(from, at)
      compile(`^${part}$`)
      pattern += `(${part})`
      from = at + 1
    }
  }
  if (depth !== 0) throw new BuiltinFailure('unbalanced delimiters')
  return `${pattern}${RE2JS.quote(template.slice(from))}$`
}
