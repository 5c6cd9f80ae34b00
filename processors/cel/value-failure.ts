import { StoplogError } from '../../schemas/stoplog-error.ts'
import { PROCESSOR_LIMITS } from '../limits.ts'
import { kindOf, nounOf } from './cel-value.ts'

/** Failures of one event in an expression. They quote the expression and never what the event holds. */
export function valueFailure(at: string, why: string, fix?: string): StoplogError {
  return new StoplogError('E_EXPRESSION_VALUE', `\`${at}\`: ${why}`, fix === undefined ? {} : { fix })
}

/** The operand or argument is of a kind that is of no use here. */
export function kindFailure(at: string, expected: string, value: unknown): StoplogError {
  return valueFailure(at, `expected ${expected}, got ${nounOf(kindOf(value))}`)
}

/** An integer that a double cannot carry, or no number at all. */
export function numberFailure(at: string, value: number): StoplogError {
  if (Number.isFinite(value)) {
    return new StoplogError('E_NUMBER_UNSAFE', `\`${at}\`: the number is beyond 2^53 and may have been rounded`)
  }
  return valueFailure(at, 'the result is not a finite number')
}

export function depthFailure(): StoplogError {
  const limit = PROCESSOR_LIMITS.maxValueDepth.default
  return new StoplogError('E_VALUE_DEPTH', `the value is nested more than ${limit} levels deep`)
}

export function isExact(value: number): boolean {
  return value <= Number.MAX_SAFE_INTEGER && value >= Number.MIN_SAFE_INTEGER
}
