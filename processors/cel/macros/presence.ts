import { StoplogError } from '../../../schemas/stoplog-error.ts'
import { elementOf, fieldFirst, withinField } from '../access.ts'
import { BOOL, type CelType, eitherType, NULL } from '../cel-type.ts'
import { fieldOf, Optional } from '../cel-value.ts'
import type { Compiled, Evaluate } from '../compiled.ts'
import type { Macro } from '../macro.ts'
import { checkCount } from '../macro.ts'
import type { Node } from '../syntax-tree.ts'

const has: Macro = {
  name: 'has',
  form: 'call',
  signature: 'has(path.to.field): bool',
  summary: 'Whether the field is there; what stands before the last dot has to be.',
  example: { expression: "has({'a': 1}.a)", result: true },
  compile(node, compiler) {
    checkCount(node, this, [1], compiler)
    const [path] = node.args
    if (path?.op !== 'field' && path?.op !== 'index') {
      const message = 'has() asks for a field, not for a value'
      throw compiler.fault('E_EXPRESSION_SYNTAX', message, 'write has(value.field)', path ?? node)
    }
    const of = compiler.compile(path.of)
    const container = of.evaluate
    const within = (content: unknown): unknown => (content instanceof Optional ? Optional.toContent(content) : content)
    if (path.op === 'field') {
      const { name } = path
      const isThere: typeof container = (frame) => fieldOf(within(container(frame)), name) !== undefined
      return { type: BOOL, evaluate: fieldFirst(withinField(of, name), () => true, isThere) }
    }
    const index = compiler.compile(path.index)
    const at = index.evaluate
    const isThere: typeof container = (frame) => elementOf(within(container(frame)), at(frame)) !== undefined
    return { type: BOOL, evaluate: fieldFirst(withinField(of, index.constant?.value), () => true, isThere) }
  },
}

const coalesce: Macro = {
  name: 'coalesce',
  form: 'call',
  signature: 'coalesce(a, b, …): any',
  summary: 'The first of its arguments that is there and not null; null when none is. Absent fields are passed over.',
  example: { expression: "coalesce(null, {'a': 1}.?b, 'none')", result: 'none' },
  compile(node, compiler) {
    if (node.args.length === 0) checkCount(node, this, [1], compiler)
    const parts = node.args.map((argument) => compiler.compile(asOptional(argument)))
    const evaluates = parts.map(({ evaluate }) => evaluate)
    return {
      type: coalescedType(parts),
      json: parts.every(({ json }) => json === true),
      evaluate: (frame) => {
        for (const evaluate of evaluates) {
          const content = contentOrNull(evaluate, frame)
          if (content !== null) return content
        }
        return null
      },
    }
  },
}

function coalescedType<S>(parts: readonly Compiled<S>[]): CelType {
  const types = parts.map(({ type }) => (type.kind === 'optional' ? type.of : type))
  return types.filter(({ kind }) => kind !== 'null').reduce(eitherType, types.at(-1) ?? NULL)
}

/** A path all of whose fields may be absent: cheaper than a failure that is caught. */
function asOptional(node: Node): Node {
  if (node.op !== 'field' && node.op !== 'index') return node
  return { ...node, of: asOptional(node.of), optional: true }
}

function contentOrNull<S>(evaluate: Evaluate<S>, frame: Parameters<Evaluate<S>>[0]): unknown {
  try {
    const value = evaluate(frame)
    return value instanceof Optional ? (Optional.toContent(value) ?? null) : value
  } catch (error) {
    if (error instanceof StoplogError && error.code === 'E_FIELD_MISSING') return null
    throw error
  }
}

export const PRESENCE_MACROS: readonly Macro[] = [has, coalesce]
