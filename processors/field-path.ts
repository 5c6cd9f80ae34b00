import { z } from 'zod'
import { StoplogError } from '../schemas/stoplog-error.ts'

/** One step of a path: the name of a field, the place in a list, anything (`*`), anything at any depth (`**`). */
export type PathSegment = string | number | typeof ANY | typeof DEEP

export const ANY = Symbol('*')
export const DEEP = Symbol('**')

/** A path below the value, as written and in its parts. */
export interface FieldPattern {
  readonly text: string
  readonly segments: readonly PathSegment[]
}

/** A path without wildcards. */
export interface FieldPath {
  readonly text: string
  readonly segments: readonly (string | number)[]
}

const SEGMENT =
  /\.?(?:(\*\*?)(?=[.[]|$)|([^\s.[\]*'"]+))|\[(?:(\d{1,9})|(\*)|'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)")\]/y

/**
 * Reads `a.b`, `list[0].id`, `labels['odd.name']` and the wildcards `*` and `**`. Throws E_FIELD_PATH, also for a path
 * that begins with `value.`: paths start below the value.
 */
export function parseFieldPattern(text: string): FieldPattern {
  const segments: PathSegment[] = []
  let at = 0
  while (at < text.length) {
    SEGMENT.lastIndex = at
    const match = SEGMENT.exec(text)
    // A dot stands between two parts and nowhere else.
    if (match === null || (match[0].startsWith('.') === (at === 0) && !match[0].startsWith('[')))
      throw pathError(text, at)
    segments.push(toSegment(match))
    at += match[0].length
  }
  if (segments.length === 0) throw new StoplogError('E_FIELD_PATH', 'the path of a field is empty')
  if (segments[0] === 'value' && segments.length > 1 && !text.startsWith('[')) {
    throw new StoplogError('E_FIELD_PATH', `"${text}" begins with the value, but paths start below it`, {
      fix: `write ${text.slice('value'.length).replace(/^\./, '')}, or ['value']… for a field that has this name`,
    })
  }
  return { text, segments }
}

/** As `parseFieldPattern`, for one field: without wildcards. */
export function parseFieldPath(text: string): FieldPath {
  const { segments } = parseFieldPattern(text)
  const plain = segments.filter((segment) => typeof segment === 'string' || typeof segment === 'number')
  if (plain.length === segments.length) return { text, segments: plain }
  throw new StoplogError('E_FIELD_PATH', `"${text}" has a wildcard, where one field is meant`, {
    fix: 'name the field itself',
  })
}

/** A config field with the path of one field. */
export const fieldPath = z
  .string()
  .meta({ description: "path of a field below the value: user.name, list[0].id, labels['odd.name']" })
  .transform(asZod(parseFieldPath))

/** A config field with a path that may have wildcards. */
export const fieldPattern = z
  .string()
  .meta({ description: 'path of a field below the value; * is any field or element, ** any of them at any depth' })
  .transform(asZod(parseFieldPattern))

function asZod<T>(parse: (text: string) => T): (text: string, context: z.core.$RefinementCtx) => T {
  return (text, context) => {
    try {
      return parse(text)
    } catch (error) {
      if (!(error instanceof StoplogError)) throw error
      context.addIssue({ code: 'custom', message: `${error.message}; ${error.fix}`, params: { code: error.code } })
      return z.NEVER
    }
  }
}

function toSegment([, wildcard, name, index, star, single, double]: RegExpExecArray): PathSegment {
  if (wildcard === '**') return DEEP
  if (wildcard === '*' || star !== undefined) return ANY
  if (index !== undefined) return Number(index)
  return name ?? (single ?? double ?? '').replaceAll(/\\(.)/g, '$1')
}

function pathError(text: string, at: number): StoplogError {
  return new StoplogError('E_FIELD_PATH', `"${text}" is not the path of a field, from character ${at + 1} on`)
}
