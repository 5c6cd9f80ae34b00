import { StoplogError } from '../../schemas/stoplog-error.ts'
import { PROCESSOR_LIMITS } from '../limits.ts'

const CHARACTERS_PER_UNIT = 16

interface Budget {
  workLeft: number
}

/** Takes units of work from what this event may cost. Throws E_EXPRESSION_COST when they are used up. */
export function charge(budget: Budget, units: number, at: string): void {
  budget.workLeft -= units
  if (budget.workLeft < 0) {
    throw new StoplogError(
      'E_EXPRESSION_COST',
      `\`${at}\` needs more than ${PROCESSOR_LIMITS.maxExpressionWork.default} units of work for this event`,
    )
  }
}

/** Charges for a text or list that was just built. */
export function chargeFor<T>(budget: Budget, built: T, at: string): T {
  if (typeof built === 'string') {
    if (built.length >= CHARACTERS_PER_UNIT) charge(budget, Math.trunc(built.length / CHARACTERS_PER_UNIT), at)
  } else if (Array.isArray(built)) charge(budget, built.length, at)
  return built
}
