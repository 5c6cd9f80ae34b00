import { BOOL, type CelType, DURATION, eitherType, type Kind, mayBe, NUMBER, STRING, TIMESTAMP } from './cel-type.ts'
import type { BinaryOperator } from './syntax-tree.ts'

interface Signature {
  readonly left: Kind
  readonly right: Kind
  readonly result: CelType | 'same'
}

const numbers: Signature = { left: 'number', right: 'number', result: NUMBER }
const durations: Signature = { left: 'duration', right: 'duration', result: DURATION }
const later: Signature = { left: 'timestamp', right: 'duration', result: TIMESTAMP }
const ordered: readonly Signature[] = (['number', 'string', 'bool', 'timestamp', 'duration'] as const).map((kind) => ({
  left: kind,
  right: kind,
  result: BOOL,
}))

/** What each operator takes. `==` and `!=` take anything; types that can never be equal are refused at load. */
const SIGNATURES: Readonly<Record<Exclude<BinaryOperator, '==' | '!='>, readonly Signature[]>> = {
  '+': [
    numbers,
    { left: 'string', right: 'string', result: STRING },
    { left: 'list', right: 'list', result: 'same' },
    later,
    { left: 'duration', right: 'timestamp', result: TIMESTAMP },
    durations,
  ],
  '-': [numbers, { left: 'timestamp', right: 'timestamp', result: DURATION }, later, durations],
  '*': [numbers],
  '/': [numbers],
  '%': [numbers],
  '<': ordered,
  '<=': ordered,
  '>': ordered,
  '>=': ordered,
  in: [
    { left: 'any', right: 'list', result: BOOL },
    { left: 'string', right: 'map', result: BOOL },
  ],
}

/** The type of the result as far as it is known; undefined when no event can give operands that fit. */
export function resultType(operator: BinaryOperator, left: CelType, right: CelType): CelType | undefined {
  if (operator === '==' || operator === '!=') {
    const comparable = left.kind === 'any' || right.kind === 'any' || left.kind === right.kind
    return comparable ? BOOL : undefined
  }
  let result: CelType | undefined
  for (const signature of SIGNATURES[operator]) {
    if (!mayBe(left, [signature.left]) || !mayBe(right, [signature.right])) continue
    const type = signature.result === 'same' ? eitherType(left, right) : signature.result
    result = result === undefined ? type : eitherType(result, type)
  }
  return result
}
