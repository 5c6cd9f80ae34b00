import type { Json, JsonObject } from '../../schemas/json.ts'
import { toNodeError } from '../runtime/node-error.ts'
import { EXIT, exitCodeOf } from './exit-code.ts'
import { codesOf, isError, type Problem, toJson } from './problem.ts'

/** What a command has done, for people (`text`), for programs (the rest) and for the shell (`exitCode`). */
export interface Outcome {
  readonly exitCode: number
  /** One line. */
  readonly summary: string
  readonly result: Json
  /** Errors and warnings, in the order in which they are told. */
  readonly problems: readonly Problem[]
  /** What is printed unless `--json` asks for the envelope; ends with a line break, or is empty. */
  readonly text: string
}

export function done(outcome: Partial<Omit<Outcome, 'exitCode'>>): Outcome {
  return { exitCode: EXIT.done, summary: '', result: null, problems: [], text: '', ...outcome }
}

/** A command that could not do what it was asked for. Of several causes the one that needs most is the exit code. */
export function failed(problems: readonly Problem[], outcome: Partial<Outcome> = {}): Outcome {
  const errors = problems.filter(isError)
  const [first] = errors
  const more = errors.length > 1 ? ` (and ${errors.length - 1} more)` : ''
  return {
    exitCode: exitCodeOfAll(problems),
    summary: first === undefined ? 'failed' : `${first.message}${more}`,
    result: null,
    problems,
    text: '',
    ...outcome,
  }
}

/** A defect or a failed run is 1, a wrong document 2, wrong surroundings 3; the highest of them counts. */
export function exitCodeOfAll(problems: readonly Problem[]): number {
  return Math.max(EXIT.done, ...codesOf(problems).map(exitCodeOf))
}

/** What `--json` prints: the same for all commands, and nothing else stands beside it on the standard output. */
export function toEnvelope(command: string, outcome: Outcome): JsonObject {
  return {
    command,
    ok: outcome.exitCode === EXIT.done,
    summary: outcome.summary,
    result: outcome.result,
    errors: outcome.problems.map(toJson),
  }
}

/** Thrown where a command cannot go on with the documents it was given. */
export class WrongDocument extends Error {
  override readonly name = 'WrongDocument'
  readonly problems: readonly Problem[]

  constructor(problems: readonly Problem[]) {
    super('a document is wrong')
    this.problems = problems
  }
}

/** The outcome of a command that threw. */
export function outcomeOf(thrown: unknown): Outcome {
  if (thrown instanceof WrongDocument) return failed(thrown.problems)
  return failed([toNodeError(thrown)])
}
