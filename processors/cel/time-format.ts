import { StoplogError } from '../../schemas/stoplog-error.ts'

/** Writes ms since the epoch as text, in UTC. */
export type TimeFormat = (epochMs: number) => string

type Part = string | ((date: Date) => string)

const FIELDS: Readonly<Record<string, (date: Date) => string>> = {
  yyyy: (date) => padded(date.getUTCFullYear(), 4),
  MM: (date) => padded(date.getUTCMonth() + 1, 2),
  dd: (date) => padded(date.getUTCDate(), 2),
  HH: (date) => padded(date.getUTCHours(), 2),
  mm: (date) => padded(date.getUTCMinutes(), 2),
  ss: (date) => padded(date.getUTCSeconds(), 2),
  SSS: (date) => padded(date.getUTCMilliseconds(), 3),
}

const TOKEN = /'(?:[^']|'')*'|'|([a-zA-Z])\1*|[^a-zA-Z']+/g

/**
 * Reads a pattern of `yyyy MM dd HH mm ss SSS`. Other letters stand between quotes, a quote is doubled:
 * `yyyy-MM-dd'T'HH`. Throws E_EXPRESSION_TYPE for letters that mean nothing, rather than guess.
 */
export function compileTimePattern(pattern: string): TimeFormat {
  const parts = [...pattern.matchAll(TOKEN)].map(([token]) => toPart(token, pattern))
  return (epochMs) => {
    const date = new Date(epochMs)
    let text = ''
    for (const part of parts) text += typeof part === 'string' ? part : part(date)
    return text
  }
}

function toPart(token: string, pattern: string): Part {
  if (token === "''") return "'"
  if (token.startsWith("'") && token.length > 1) return token.slice(1, -1).replaceAll("''", "'")
  if (!/^['a-zA-Z]/.test(token)) return token
  const field = Object.hasOwn(FIELDS, token) ? FIELDS[token] : undefined
  if (field !== undefined) return field
  const message = token === "'" ? 'a quote is not closed' : `\`${token}\` means nothing in a time pattern`
  throw new StoplogError('E_EXPRESSION_TYPE', `${message}: ${pattern.slice(0, 80)}`, {
    fix: "patterns are made of yyyy MM dd HH mm ss SSS, all in UTC; other letters stand in quotes: yyyy-MM-dd'T'HH",
  })
}

function padded(number: number, digits: number): string {
  return String(number).padStart(digits, '0')
}
