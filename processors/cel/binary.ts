import { type Apply, createArithmetic, operandFix } from './arithmetic.ts'
import { mayBe, typeName } from './cel-type.ts'
import { createMembership, createNumberTest, createOrdering, type Ordering } from './comparison.ts'
import type { Compiled, Compiler, Evaluate } from './compiled.ts'
import { constantOf } from './constant.ts'
import { isEqual } from './equality.ts'
import { resultType } from './operator-types.ts'
import type { BinaryOperator, NodeOf } from './syntax-tree.ts'
import { chargeFor } from './work.ts'

/** Arithmetic, comparison, equality and membership. What can be known at load is computed and checked at load. */
export function compileBinary<S>(node: NodeOf<'binary'>, compiler: Compiler<S>): Compiled<S> {
  const left = compiler.compile(node.left)
  const right = compiler.compile(node.right)
  const type = resultType(node.operator, left.type, right.type)
  if (type === undefined) throw operandFault(node, left, right, compiler)
  const at = compiler.textOf(node)
  const apply = createApply(node.operator, at)
  if (left.constant !== undefined && right.constant !== undefined) {
    const [a, b] = [left.constant.value, right.constant.value]
    return constantOf(type, () => apply(a, b), node, compiler)
  }
  return { type, evaluate: specialised(node.operator, left, right, apply, at) }
}

function createApply(operator: BinaryOperator, at: string): Apply {
  switch (operator) {
    case '==':
      return (left, right) => isEqual(left, right)
    case '!=':
      return (left, right) => !isEqual(left, right)
    case '<':
    case '<=':
    case '>':
    case '>=':
      return createOrdering(operator, at)
    case 'in':
      return createMembership(at)
    case '+':
    case '-':
    case '*':
    case '/':
    case '%':
      break
  }
  return createArithmetic(operator, at)
}

/** The common shapes without the general way round: comparison with a literal, membership in a literal list. */
function specialised<S>(
  operator: BinaryOperator,
  left: Compiled<S>,
  right: Compiled<S>,
  apply: Apply,
  at: string,
): Evaluate<S> {
  const a = left.evaluate
  const b = right.evaluate
  const bound = right.constant?.value
  if (operator === '+' && mayBe(left.type, ['string', 'list']) && mayBe(right.type, ['string', 'list'])) {
    return (frame) => chargeFor(frame, apply(a(frame), b(frame)), at)
  }
  if (isOrdering(operator) && typeof bound === 'number') {
    const test = createNumberTest(operator, bound)
    return (frame) => {
      const value = a(frame)
      return typeof value === 'number' ? test(value) : apply(value, bound)
    }
  }
  if (operator === '==' && isScalar(bound)) return (frame) => a(frame) === bound
  if (operator === '!=' && isScalar(bound)) return (frame) => a(frame) !== bound
  if (operator === 'in' && Array.isArray(bound) && bound.every(isScalar)) {
    const members = new Set<unknown>(bound)
    return (frame) => members.has(a(frame))
  }
  return (frame) => apply(a(frame), b(frame))
}

function isOrdering(operator: BinaryOperator): operator is Ordering {
  return operator === '<' || operator === '<=' || operator === '>' || operator === '>='
}

function isScalar(value: unknown): boolean {
  return value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
}

function operandFault<S>(node: NodeOf<'binary'>, left: Compiled<S>, right: Compiled<S>, compiler: Compiler<S>): Error {
  const [a, b] = [typeName(left.type), typeName(right.type)]
  const equality = node.operator === '==' || node.operator === '!='
  const message = equality ? `${a} and ${b} are never equal` : `${node.operator} does not go with ${a} and ${b}`
  const fix =
    operandFix(left.type.kind, right.type.kind) ??
    (right.type.kind === 'null'
      ? 'test has(…) for a field that may be absent; this value is never null'
      : '`pipeline describe cel` lists what each operator takes')
  return compiler.fault('E_EXPRESSION_TYPE', message, fix, node)
}
