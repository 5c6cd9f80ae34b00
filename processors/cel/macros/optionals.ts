import { ANY, BOOL, elementType, eitherType, mayBe, optionalOf, typeName } from '../cel-type.ts'
import { NOTHING, Optional } from '../cel-value.ts'
import type { Compiled, Compiler, Frame } from '../compiled.ts'
import { contentOf } from '../json-result.ts'
import { checkCount, type Macro } from '../macro.ts'
import type { Node, NodeOf } from '../syntax-tree.ts'
import { kindFailure } from '../value-failure.ts'

interface Receiver<S> {
  readonly content: Compiled<S>['type']
  readonly json: boolean
  readonly at: string
  evaluate(frame: Frame<S>): Optional
}

/** The optional before the dot. That JSON is none is found at load: `value.a.orValue(1)` lacks its question mark. */
function compileReceiver<S>(node: NodeOf<'call'>, compiler: Compiler<S>): Receiver<S> {
  const receiver = node.receiver ?? node
  const part = compiler.compile(receiver)
  const at = compiler.textOf(receiver)
  if (!mayBe(part.type, ['optional']) || (part.type.kind === 'any' && part.json === true)) {
    const what = part.type.kind === 'any' ? 'not one' : `a ${typeName(part.type)}`
    const message = `${node.name} goes with an optional, and \`${at}\` is ${what}`
    throw compiler.fault(
      'E_EXPRESSION_TYPE',
      message,
      `write ${optionalText(receiver, compiler)}.${node.name}(…)`,
      node,
    )
  }
  return {
    content: elementType(part.type),
    json: part.json === true,
    at,
    evaluate(frame) {
      const value = part.evaluate(frame)
      if (value instanceof Optional) return value
      throw kindFailure(at, 'an optional, such as value.?field', value)
    },
  }
}

function optionalText<S>(node: Node, compiler: Compiler<S>): string {
  if (node.op === 'field') return `${compiler.textOf(node.of)}.?${node.name}`
  if (node.op === 'index') return `${compiler.textOf(node.of)}[?${compiler.textOf(node.index)}]`
  return 'value.?field'
}

const orValue: Macro = {
  name: 'orValue',
  form: 'method',
  signature: '(optional).orValue(other): any',
  summary: 'The content of the optional, or the other value when it is empty.',
  example: { expression: "{'a': 1}.?b.orValue(0)", result: 0 },
  compile(node, compiler) {
    checkCount(node, this, [1], compiler)
    const receiver = compileReceiver(node, compiler)
    const other = compiler.compile(node.args[0] ?? node)
    return {
      type: eitherType(receiver.content, other.type),
      json: receiver.json && other.json === true,
      evaluate: (frame) => {
        const content = Optional.toContent(receiver.evaluate(frame))
        return content === undefined ? other.evaluate(frame) : content
      },
    }
  },
}

const or: Macro = {
  name: 'or',
  form: 'method',
  signature: '(optional).or(optional): optional',
  summary: 'The first of two optionals that is not empty.',
  example: { expression: "{'a': 1}.?b.or({'a': 1}.?a).orValue(0)", result: 1 },
  compile(node, compiler) {
    checkCount(node, this, [1], compiler)
    const receiver = compileReceiver(node, compiler)
    const [argument = node] = node.args
    const other = compiler.compile(argument)
    if (!mayBe(other.type, ['optional'])) {
      const message = `or takes an optional, got a ${typeName(other.type)}`
      throw compiler.fault('E_EXPRESSION_TYPE', message, 'for a plain value, write orValue(…)', argument)
    }
    const at = compiler.textOf(argument)
    return {
      type: optionalOf(eitherType(receiver.content, elementType(other.type))),
      json: receiver.json && other.json === true,
      evaluate: (frame) => {
        const first = receiver.evaluate(frame)
        if (first !== NOTHING) return first
        const second = other.evaluate(frame)
        if (second instanceof Optional) return second
        throw kindFailure(at, 'an optional, such as value.?field', second)
      },
    }
  },
}

const hasValue: Macro = {
  name: 'hasValue',
  form: 'method',
  signature: '(optional).hasValue(): bool',
  summary: 'Whether the optional is not empty.',
  example: { expression: "{'a': 1}.?b.hasValue()", result: false },
  compile(node, compiler) {
    checkCount(node, this, [0], compiler)
    const receiver = compileReceiver(node, compiler)
    return { type: BOOL, evaluate: (frame) => receiver.evaluate(frame) !== NOTHING }
  },
}

const value: Macro = {
  name: 'value',
  form: 'method',
  signature: '(optional).value(): any',
  summary: 'The content of the optional; an empty one fails the event.',
  example: { expression: "{'a': 1}.?a.value()", result: 1 },
  compile(node, compiler) {
    checkCount(node, this, [0], compiler)
    const receiver = compileReceiver(node, compiler)
    return {
      type: receiver.content,
      json: receiver.json,
      evaluate: (frame) => contentOf(receiver.evaluate(frame), receiver.at),
    }
  },
}

const of: Macro = {
  name: 'optional.of',
  form: 'call',
  signature: 'optional.of(value): optional',
  summary: 'An optional with this content.',
  example: { expression: "optional.of('a').orValue('b')", result: 'a' },
  compile(node, compiler) {
    checkCount(node, this, [1], compiler)
    const content = compiler.compile(node.args[0] ?? node)
    return {
      type: optionalOf(content.type),
      json: content.json === true,
      evaluate: (frame) => new Optional(content.evaluate(frame)),
    }
  },
}

const none: Macro = {
  name: 'optional.none',
  form: 'call',
  signature: 'optional.none(): optional',
  summary: 'An empty optional.',
  example: { expression: "optional.none().orValue('b')", result: 'b' },
  compile(node, compiler) {
    checkCount(node, this, [0], compiler)
    return { type: optionalOf(ANY), json: true, evaluate: () => NOTHING }
  },
}

export const OPTIONAL_MACROS: readonly Macro[] = [orValue, or, hasValue, value, of, none]
