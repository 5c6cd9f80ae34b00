import { StoplogError } from '../../schemas/stoplog-error.ts'
import { CONNECTOR_LIMITS } from '../limits.ts'

/**
 * A path with wildcards, segment by segment: `*` any text and `?` any character within a segment, `**` as a segment any
 * folders or none. A leading dot has to be written. All else stands for itself: there are no character classes.
 */
export type PathPattern = readonly string[]

/** The patterns that a path with `{a,b}` stands for. Throws E_FILE_PATTERN when there are too many, or an empty one. */
export function parsePathPattern(path: string): readonly PathPattern[] {
  const limit = CONNECTOR_LIMITS.maxPatternAlternatives.default
  const alternatives = expandBraces(path, limit + 1)
  if (alternatives.length > limit) {
    throw new StoplogError('E_FILE_PATTERN', `the braces of ${path} stand for more than ${limit} paths`)
  }
  return alternatives.map((alternative) => {
    const segments = alternative.split('/').filter((segment, index) => segment !== '' || index === 0)
    if (segments.every((segment) => segment === '')) {
      throw new StoplogError('E_FILE_PATTERN', `"${path}" names no file`)
    }
    return segments.filter((segment, index) => segment !== '**' || segments[index - 1] !== '**')
  })
}

export function hasWildcard(segment: string): boolean {
  return segment.includes('*') || segment.includes('?')
}

/** True when a name matches a segment. Takes time in proportion to both lengths multiplied, whatever the pattern. */
export function matchesSegment(segment: string, name: string): boolean {
  if (name.startsWith('.') && !segment.startsWith('.')) return false
  const pattern = Array.from(segment)
  const characters = Array.from(name)
  let at = 0
  let next = 0
  let starAt = -1
  let starNext = 0
  while (next < characters.length) {
    if (pattern[at] === '*') {
      starAt = at
      starNext = next
      at += 1
    } else if (at < pattern.length && (pattern[at] === '?' || pattern[at] === characters[next])) {
      at += 1
      next += 1
    } else if (starAt >= 0) {
      at = starAt + 1
      starNext += 1
      next = starNext
    } else {
      return false
    }
  }
  return pattern.slice(at).every((rest) => rest === '*')
}

/** All texts that the braces allow, in the order they are written; stops soon after `limit` of them. */
function expandBraces(text: string, limit: number): readonly string[] {
  const brace = findBraces(text)
  if (brace === null) return [text]
  const rests = expandBraces(brace.after, limit)
  const expanded: string[] = []
  for (const choice of brace.choices) {
    for (const middle of expandBraces(choice, limit)) {
      for (const rest of rests) {
        expanded.push(brace.before + middle + rest)
        if (expanded.length >= limit) return expanded
      }
    }
  }
  return expanded
}

interface Braces {
  readonly before: string
  readonly choices: readonly string[]
  readonly after: string
}

/** The first pair of braces with a comma in it; braces without a partner or a comma are plain text. */
function findBraces(text: string): Braces | null {
  const open = text.indexOf('{')
  if (open < 0) return null
  const choices: string[] = []
  let depth = 0
  let start = open + 1
  for (let at = open; at < text.length; at += 1) {
    const character = text[at]
    if (character === '{') depth += 1
    if (character === '}') depth -= 1
    if ((character === ',' && depth === 1) || (character === '}' && depth === 0)) {
      choices.push(text.slice(start, at))
      start = at + 1
    }
    if (depth === 0) {
      if (choices.length > 1) return { before: text.slice(0, open), choices, after: text.slice(at + 1) }
      return shifted(text, at + 1)
    }
  }
  return shifted(text, open + 1)
}

function shifted(text: string, by: number): Braces | null {
  const braces = findBraces(text.slice(by))
  return braces === null ? null : { ...braces, before: text.slice(0, by) + braces.before }
}
