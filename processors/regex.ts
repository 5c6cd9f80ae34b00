import { RE2JS } from 're2js'
import { StoplogError } from '../schemas/stoplog-error.ts'
import { BoundedCache } from './bounded-cache.ts'
import { PROCESSOR_LIMITS } from './limits.ts'

/** A compiled regular expression. Its time is linear in the text, whatever the pattern and the text. */
export interface Regex {
  readonly pattern: string
  /** Whether it matches somewhere in the text; `^` and `$` anchor it. */
  test(text: string): boolean
  /** The text with each match replaced by what `replacement` gives for it. */
  replaceAll(text: string, replacement: (match: string) => string): string
}

/**
 * Compiles a pattern of the document in RE2 syntax. This is the only way to regular expressions on event data.
 * Throws E_REGEX for what RE2 does not know, look-around and back-references above all.
 */
export function compileRegex(pattern: string): Regex {
  return compileWithin(pattern, PROCESSOR_LIMITS.maxRegexLength.default)
}

const fromEvents = new BoundedCache<string, Regex>(PROCESSOR_LIMITS.maxCachedPatterns.default)

/** As `compileRegex`, for a pattern that is read from an event: shorter ones only, and the last ones are kept. */
export function compileEventRegex(pattern: string): Regex {
  return fromEvents.get(pattern, () => compileWithin(pattern, PROCESSOR_LIMITS.maxEventPatternLength.default))
}

function compileWithin(pattern: string, maxLength: number): Regex {
  if (pattern.length > maxLength) {
    throw new StoplogError(
      'E_REGEX',
      `the regular expression has ${pattern.length} characters; ${maxLength} are allowed`,
    )
  }
  const compiled = parse(pattern)
  const size = compiled.programSize()
  const limit = PROCESSOR_LIMITS.maxRegexProgram.default
  if (size > limit) {
    const message = `the regular expression needs ${size} instructions; ${limit} are allowed`
    throw new StoplogError('E_REGEX', message, { fix: 'count less: [a-z]+ instead of [a-z]{1000}' })
  }
  return {
    pattern,
    test: (text) => compiled.test(text),
    replaceAll: (text, replacement) => compiled.matcher(text).replaceAll((match: string) => replacement(match)),
  }
}

function parse(pattern: string): RE2JS {
  try {
    return RE2JS.compile(pattern)
  } catch (error) {
    const reason = error instanceof Error ? error.message.replace('error parsing regexp: ', '') : String(error)
    throw new StoplogError('E_REGEX', `RE2 refuses the regular expression: ${reason}`, { cause: error })
  }
}
