import { ERRORS } from '../../schemas/error-codes.ts'
import { nearestName } from '../../schemas/nearest-name.ts'
import { StoplogError } from '../../schemas/stoplog-error.ts'
import { type CelFunction, type Parameter, signatureOf } from './cel-function.ts'
import { mayBe, typeName } from './cel-type.ts'
import { kindOf, nounOf } from './cel-value.ts'
import type { Compiled, Compiler, Evaluate } from './compiled.ts'
import { constantOf } from './constant.ts'
import type { Node, NodeOf } from './syntax-tree.ts'
import { FUNCTIONS, MACROS } from './dialect.ts'
import { valueFailure } from './value-failure.ts'
import { chargeFor } from './work.ts'

/** What people call things elsewhere. */
const OTHER_NAMES: Readonly<Record<string, string>> = {
  now: 'time, the time of the event: an expression gives the same on every replay',
  len: 'size(…)',
  length: 'size(…)',
  count: 'size(list.filter(x, …))',
  toLowerCase: 'lower(…)',
  toUpperCase: 'upper(…)',
  includes: 'contains(…)',
  any: 'exists(x, …)',
  uint: 'int(…)',
  bytes: 'a text: bytes are not part of this dialect',
  substr: 'substring(…)',
  float: 'double(…)',
  number: 'double(…)',
  str: 'string(…)',
  regex: 'matches(…)',
  default: '.orValue(…) after an optional such as value.?field',
}

/** A call of a macro or of a function: `f(x)`, `x.f()`, `optional.of(x)`. */
export function compileCall<S>(node: NodeOf<'call'>, compiler: Compiler<S>): Compiled<S> {
  const namespace = namespaceOf(node, compiler)
  const name = namespace === undefined ? node.name : `${namespace}.${node.name}`
  const isMethod = node.receiver !== null && namespace === undefined
  const macro = MACROS.find(
    (candidate) => candidate.name === name && (candidate.form === 'both' || candidate.form === 'method') === isMethod,
  )
  if (macro !== undefined) return macro.compile(node, compiler)
  const called = FUNCTIONS.get(name)
  if (called === undefined) throw unknownFault(node, name, compiler)
  if (called.form !== 'both' && (called.form === 'method') !== isMethod) {
    throw compiler.fault('E_EXPRESSION_NAME', `\`${name}\` is not called so`, `write ${signatureOf(called)}`, node)
  }
  const args = isMethod && node.receiver !== null ? [node.receiver, ...node.args] : node.args
  return compileFunction(called, args, node, compiler)
}

/** `optional` and `cel` before a dot are not variables but the first half of a name. */
function namespaceOf<S>(node: NodeOf<'call'>, compiler: Compiler<S>): string | undefined {
  const { receiver } = node
  if (receiver?.op !== 'name' || compiler.isLocal(receiver.name)) return undefined
  return receiver.name === 'optional' || receiver.name === 'cel' ? receiver.name : undefined
}

function compileFunction<S>(
  called: CelFunction,
  nodes: readonly Node[],
  node: NodeOf<'call'>,
  compiler: Compiler<S>,
): Compiled<S> {
  const { parameters, result } = called
  const required = parameters.filter(({ optional }) => !optional).length
  if (nodes.length < required || nodes.length > parameters.length) {
    const message = `${called.name} does not take ${nodes.length} ${nodes.length === 1 ? 'argument' : 'arguments'}`
    throw compiler.fault('E_EXPRESSION_TYPE', message, `write ${signatureOf(called)}`, node)
  }
  const at = compiler.textOf(node)
  const args = nodes.map((argument, index) => {
    const parameter = parameters[index]
    if (parameter === undefined) throw new StoplogError('E_BUG', `${called.name} has no parameter ${index}`)
    return compileArgument(called, parameter, argument, compiler)
  })
  const values = args.map(({ constant }) => constant)
  if (values.every((value) => value !== undefined)) {
    const known = values.map(({ value }) => value)
    return constantOf(result, () => called.compute(known, at), node, compiler)
  }
  return { type: result, evaluate: evaluateCall(called, args, at) }
}

/** Calls with one and two arguments stand apart, since they are nearly all. */
function evaluateCall<S>(called: CelFunction, args: readonly Compiled<S>[], at: string): Evaluate<S> {
  const [first, second] = args.map(({ evaluate }) => evaluate)
  if (args.length === 1 && first !== undefined) {
    return (frame) => chargeFor(frame, called.compute([first(frame)], at), at)
  }
  if (args.length === 2 && first !== undefined && second !== undefined) {
    return (frame) => chargeFor(frame, called.compute([first(frame), second(frame)], at), at)
  }
  return (frame) =>
    chargeFor(
      frame,
      called.compute(
        args.map(({ evaluate }) => evaluate(frame)),
        at,
      ),
      at,
    )
}

function compileArgument<S>(
  called: CelFunction,
  parameter: Parameter<unknown>,
  node: Node,
  compiler: Compiler<S>,
): Compiled<S> {
  const part = compiler.compile(node)
  const expected = parameter.kinds.map(nounOf).join(' or ')
  if (!mayBe(part.type, parameter.kinds)) {
    const message = `${called.name} takes ${expected} as \`${parameter.name}\`, got a ${typeName(part.type)}`
    const fix = part.type.kind === 'optional' ? 'take the value out with .orValue(…)' : `write ${signatureOf(called)}`
    throw compiler.fault('E_EXPRESSION_TYPE', message, fix, node)
  }
  const at = compiler.textOf(node)
  const mismatch = (value: unknown): StoplogError => {
    const got = parameter.kinds.includes(kindOf(value)) ? 'another' : nounOf(kindOf(value))
    return valueFailure(at, `${called.name} takes ${expected} as \`${parameter.name}\`, got ${got}`)
  }
  if (part.constant !== undefined) {
    const { value } = part.constant
    const read = parameter.readLiteral?.bind(parameter) ?? parameter.read.bind(parameter)
    return constantOf(part.type, () => orRaise(read(value), () => mismatch(value)), node, compiler)
  }
  const { evaluate } = part
  return {
    type: part.type,
    evaluate(frame) {
      const value = evaluate(frame)
      return orRaise(readOf(parameter, value, at), () => mismatch(value))
    },
  }
}

/** A pattern that is wrong is the fault of the event that brought it. */
function readOf(parameter: Parameter<unknown>, value: unknown, at: string): unknown {
  try {
    return parameter.read(value)
  } catch (error) {
    if (!(error instanceof StoplogError) || ERRORS[error.code].category !== 'config') throw error
    throw valueFailure(at, 'the pattern that the event brings cannot be used', error.fix)
  }
}

function orRaise(read: unknown, toError: () => Error): unknown {
  if (read === undefined) throw toError()
  return read
}

function unknownFault<S>(node: NodeOf<'call'>, name: string, compiler: Compiler<S>): Error {
  const ours = [...FUNCTIONS.keys(), ...MACROS.map((macro) => macro.name)]
  const near = nearestName(name, [...ours, ...Object.keys(OTHER_NAMES)])
  const foreign = [node.name, near ?? ''].find((candidate) => Object.hasOwn(OTHER_NAMES, candidate))
  const other = foreign === undefined ? undefined : OTHER_NAMES[foreign]
  const fix =
    other !== undefined
      ? `write ${other}`
      : near !== undefined
        ? `did you mean ${near}?`
        : '`pipeline describe cel` lists all functions'
  return compiler.fault('E_EXPRESSION_NAME', `there is no function \`${name}\``, fix, node)
}
