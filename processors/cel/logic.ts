import { StoplogError } from '../../schemas/stoplog-error.ts'
import { negate } from './arithmetic.ts'
import { BOOL, eitherType, mayBe, typeName } from './cel-type.ts'
import type { Compiled, Compiler, Evaluate } from './compiled.ts'
import { constantOf } from './constant.ts'
import type { Node, NodeOf } from './syntax-tree.ts'
import { kindFailure } from './value-failure.ts'

/**
 * `&&` and `||`. As in CEL, a side that decides alone decides, even where the other one fails: `missing && false` is
 * false. Only what an event may do is taken back this way, never an exhausted budget or a defect.
 */
export function compileLogic<S>(node: NodeOf<'and' | 'or'>, compiler: Compiler<S>): Compiled<S> {
  const left = compileCondition(node.left, compiler).evaluate
  const right = compileCondition(node.right, compiler).evaluate
  const decisive = node.op === 'or'
  return {
    type: BOOL,
    evaluate(frame) {
      let failure: StoplogError | undefined
      try {
        if (left(frame) === decisive) return decisive
      } catch (error) {
        failure = absorbable(error)
      }
      if (right(frame) === decisive) return decisive
      if (failure !== undefined) throw failure
      return !decisive
    },
  }
}

/** A part that has to be true or false; anything else fails the event. */
export function compileCondition<S>(node: Node, compiler: Compiler<S>): Compiled<S> {
  const part = compiler.compile(node)
  if (part.type.kind === 'bool') return part
  if (part.type.kind !== 'any') {
    const message = `\`${compiler.textOf(node)}\` is a ${typeName(part.type)}; true or false is needed here`
    throw compiler.fault('E_EXPRESSION_TYPE', message, conditionFix(part.type.kind, compiler.textOf(node)), node)
  }
  const at = compiler.textOf(node)
  const { evaluate } = part
  return {
    type: BOOL,
    evaluate(frame) {
      const value = evaluate(frame)
      if (typeof value === 'boolean') return value
      throw kindFailure(at, 'true or false', value)
    },
  }
}

/** `condition ? yes : no`; the branches may be of different types. */
export function compileChoice<S>(
  node: NodeOf<'choice'>,
  compiler: Compiler<S>,
  compileBranch: (node: Node) => Compiled<S>,
): Compiled<S> {
  const condition = compileCondition(node.condition, compiler).evaluate
  const yes = compileBranch(node.yes)
  const no = compileBranch(node.no)
  return {
    type: eitherType(yes.type, no.type),
    json: yes.json === true && no.json === true,
    evaluate: (frame) => (condition(frame) === true ? yes.evaluate(frame) : no.evaluate(frame)),
  }
}

export function compileNot<S>(node: NodeOf<'not' | 'minus'>, compiler: Compiler<S>): Compiled<S> {
  const { evaluate } = compileCondition(node.operand, compiler)
  return { type: BOOL, evaluate: (frame) => evaluate(frame) !== true }
}

export function compileMinus<S>(node: NodeOf<'not' | 'minus'>, compiler: Compiler<S>): Compiled<S> {
  const part = compiler.compile(node.operand)
  if (!mayBe(part.type, ['number', 'duration'])) {
    const message = `- takes a number, got a ${typeName(part.type)}`
    throw compiler.fault('E_EXPRESSION_TYPE', message, 'write double(…) to make a number of a text', node)
  }
  const at = compiler.textOf(node)
  const { constant } = part
  if (constant !== undefined) return constantOf(part.type, () => negate(constant.value, at), node, compiler)
  const evaluate: Evaluate<S> = (frame) => negate(part.evaluate(frame), at)
  return { type: part.type, evaluate }
}

/** The failure when it is one that the other side of `&&`, `||`, `all` or `exists` may make good; rethrown otherwise. */
export function absorbable(error: unknown): StoplogError {
  if (error instanceof StoplogError && (error.code === 'E_FIELD_MISSING' || error.code === 'E_EXPRESSION_VALUE')) {
    return error
  }
  throw error
}

function conditionFix(kind: string, text: string): string {
  if (kind === 'optional') return `write ${text}.orValue(false) or ${text}.hasValue()`
  if (kind === 'string') return `write ${text} != ''`
  if (kind === 'number') return `write ${text} != 0`
  return `compare it with something, or write has(…)`
}
