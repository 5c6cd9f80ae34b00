import type { ErrorCode } from '../../schemas/error-codes.ts'
import type { JsonObject } from '../../schemas/json.ts'
import { StoplogError } from '../../schemas/stoplog-error.ts'
import { type Diagnostic, formatDiagnostic } from '../config/diagnostic.ts'

/** What a command has to say of something that is wrong: a place in a document, or an error without one. */
export type Problem = Diagnostic | StoplogError

/** True for what keeps a command from succeeding; false for a warning. */
export function isError(problem: Problem): boolean {
  return problem instanceof StoplogError || problem.severity === 'error'
}

/** Place, code and path; what is wrong; what to do. Errors look the same wherever they come from. */
export function formatProblem(problem: Problem): string {
  const text = formatDiagnostic(problem instanceof StoplogError ? toDiagnostic(problem) : problem)
  return problem.code === 'E_BUG' && problem instanceof StoplogError ? `${stackOf(problem)}\n${text}` : text
}

/** An entry of `errors` in the envelope of `--json`. */
export function toJson(problem: Problem): JsonObject {
  const { code, message, fix } = problem
  if (problem instanceof StoplogError) {
    return { code, severity: 'error', message, where: problem.where ?? null, fix }
  }
  const { severity, file, line, column, path } = problem
  return { code, severity, message, where: line === 0 ? file : `${file}:${line}:${column}`, path, fix }
}

export function codesOf(problems: readonly Problem[]): readonly ErrorCode[] {
  return problems.filter(isError).map(({ code }) => code)
}

/** An error of a node, at its place in a document. */
export function problemAt({ code, message, fix, where }: StoplogError, file: string, path: string): Diagnostic {
  return { ...NO_LINE, file, code, path: where?.startsWith(path) === true ? where : path, message, fix }
}

const NO_LINE = { line: 0, column: 0, sourceLine: '', caretStart: 0, caretEnd: 0, severity: 'error' } as const

function toDiagnostic({ code, message, fix, where = '' }: StoplogError): Diagnostic {
  return { ...NO_LINE, file: where, code, path: '', message, fix }
}

/** A defect is reported with the place in our code. */
function stackOf(error: StoplogError): string {
  const { cause } = error
  return (cause instanceof Error ? cause.stack : error.stack) ?? ''
}
