import type { z } from 'zod'
import { ERRORS, type ErrorCode } from '../../schemas/error-codes.ts'
import type { Json } from '../../schemas/json.ts'
import { StoplogError } from '../../schemas/stoplog-error.ts'
import type { Path } from './diagnostic.ts'
import { alternativesOf, expectationOf, phraseIssue, UNNAMED } from './shape-phrases.ts'

export type Issue = z.core.$ZodIssue

export type ShapeResult<S extends z.ZodType> =
  | { readonly success: true; readonly data: z.output<S> }
  | { readonly success: false; readonly issues: readonly Issue[] }

/** Parses with our words. A schema that throws, as those of users may, has found something wrong as well. */
export function parseWithIssues<S extends z.ZodType>(schema: S, input: Json | undefined): ShapeResult<S> {
  try {
    const result = schema.safeParse(input, { error: phraseIssue })
    if (result.success) return { success: true, data: result.data }
    return { success: false, issues: result.error.issues.flatMap((issue) => flattenIssue(issue, [])) }
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    const params = error instanceof StoplogError ? { code: error.code } : {}
    return { success: false, issues: [{ code: 'custom', path: [], message, params, input }] }
  }
}

/** Issues of a union are those of the branch that was probably meant; where none is, one issue names all choices. */
function flattenIssue(issue: Issue, prefix: Path): readonly Issue[] {
  const path = [...prefix, ...(issue.path as Path)]
  if (issue.code !== 'invalid_union') return [{ ...issue, path: [...path] }]
  const branches = issue.errors.map((branch) => branch.flatMap((each) => flattenIssue(each, path)))
  const meant = branches
    .filter((branch) => branch.every((each) => each.path.length > path.length || isOwnWord(each)))
    .sort((a, b) => a.length - b.length)[0]
  if (meant !== undefined) return meant
  if (issue.message !== UNNAMED) return [{ ...issue, path: [...path] }]
  const atRoot = branches.flatMap((branch) => branch.filter((each) => each.path.length === path.length))
  if (atRoot.length === 0) return [{ ...issue, path: [...path] }]
  return [{ ...issue, path: [...path], message: `expected ${unionExpectation(atRoot)}` }]
}

/** Issues that only a branch raises whose type fits already. */
function isOwnWord(issue: Issue): boolean {
  return issue.code === 'unrecognized_keys' || (issue.code === 'custom' && issue.message !== UNNAMED)
}

function unionExpectation(issues: readonly Issue[]): string {
  const phrase = (issue: Issue): string =>
    issue.message.startsWith('expected ') ? issue.message.slice('expected '.length) : expectationOf(issue)
  return alternativesOf(issues.map(phrase))
}

/** A schema that refines its input may name the error that it means: `params: { code }`. */
export function codeOfIssue(issue: Issue): ErrorCode | undefined {
  const code: unknown = issue.code === 'custom' ? issue.params?.['code'] : undefined
  return typeof code === 'string' && isErrorCode(code) ? code : undefined
}

function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(ERRORS, code)
}

export function choicesOfIssue(issue: Issue): readonly string[] {
  if (issue.code === 'invalid_value') return issue.values.filter((value): value is string => typeof value === 'string')
  if (issue.code === 'invalid_union') {
    const options = 'options' in issue && Array.isArray(issue.options) ? issue.options.map(String) : []
    return [...options, ...issue.errors.flatMap((branch) => branch.flatMap(choicesOfIssue))]
  }
  return []
}
