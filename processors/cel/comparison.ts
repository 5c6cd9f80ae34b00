import { type Apply, operandFix } from './arithmetic.ts'
import { Duration, fieldOf, isMap, kindOf, nounOf, Timestamp } from './cel-value.ts'
import { isEqual } from './equality.ts'
import { valueFailure } from './value-failure.ts'

export type Ordering = '<' | '<=' | '>' | '>='

const HOLDS: Readonly<Record<Ordering, (order: number) => boolean>> = {
  '<': (order) => order < 0,
  '<=': (order) => order <= 0,
  '>': (order) => order > 0,
  '>=': (order) => order >= 0,
}

/** Order of numbers, texts (by UTF-16 units), booleans, timestamps and durations; other pairs fail the event. */
export function createOrdering(operator: Ordering, at: string): Apply {
  const holds = HOLDS[operator]
  return (left, right) => holds(compare(left, right, operator, at))
}

/** Whether a number stands in this order to a fixed one: the commonest of all conditions. */
export function createNumberTest(operator: Ordering, bound: number): (value: number) => boolean {
  switch (operator) {
    case '<':
      return (value) => value < bound
    case '<=':
      return (value) => value <= bound
    case '>':
      return (value) => value > bound
    case '>=':
      break
  }
  return (value) => value >= bound
}

function compare(left: unknown, right: unknown, operator: Ordering, at: string): number {
  if (
    (typeof left === 'number' && typeof right === 'number') ||
    (typeof left === 'string' && typeof right === 'string') ||
    (typeof left === 'boolean' && typeof right === 'boolean')
  ) {
    return left < right ? -1 : left > right ? 1 : 0
  }
  if (left instanceof Timestamp && right instanceof Timestamp) {
    return Timestamp.toEpochMs(left) - Timestamp.toEpochMs(right)
  }
  if (left instanceof Duration && right instanceof Duration) return Duration.toMs(left) - Duration.toMs(right)
  const [a, b] = [kindOf(left), kindOf(right)]
  throw valueFailure(at, `${operator} does not go with ${nounOf(a)} and ${nounOf(b)}`, operandFix(a, b))
}

/** `x in list` by equality, `name in map` by own fields. */
export function createMembership(at: string): Apply {
  return (left, right) => {
    if (Array.isArray(right)) return right.some((item) => isEqual(left, item))
    if (isMap(right)) return typeof left === 'string' && fieldOf(right, left) !== undefined
    throw valueFailure(
      at,
      `in looks into a list or a map, got ${nounOf(kindOf(right))}`,
      typeof right === 'string' ? "to look into a text, write value.text.contains('…')" : undefined,
    )
  }
}
