import { StoplogError } from '../../schemas/stoplog-error.ts'
import { ANY, elementType, mayBe, optionalOf, typeName } from './cel-type.ts'
import { fieldOf, isMap, kindOf, NOTHING, nounOf, Optional } from './cel-value.ts'
import type { Compiled, Compiler, Evaluate, Within } from './compiled.ts'
import type { Node, NodeOf } from './syntax-tree.ts'

type Access = NodeOf<'field'> | NodeOf<'index'>

/** `a.b` and `a.?b`. Only own fields of maps are found; what is absent fails the event, or is an empty optional. */
export function compileField<S>(node: NodeOf<'field'>, compiler: Compiler<S>, chain: Node): Compiled<S> {
  const container = compiler.compile(node.of, chain)
  if (!mayBe(container.type, ['map', 'optional'])) {
    const got = typeName(container.type)
    const text = compiler.textOf(node.of)
    throw compiler.fault('E_EXPRESSION_TYPE', `\`${text}\` is a ${got}, which has no fields`, hintFor(got, text), node)
  }
  const { name } = node
  const from = container.evaluate
  const within = withinField(container, name)
  if (node.optional || container.type.kind === 'optional') {
    const field: Evaluate<S> = (frame) => optionalField(from(frame), name)
    return optionalAccess(
      container,
      fieldFirst(within, (content) => new Optional(content), field),
      within,
    )
  }
  const field: Evaluate<S> = (frame) => {
    const map = from(frame)
    const content = fieldOf(map, name)
    return content === undefined ? absent(map, optionalField, name, node, chain, compiler) : content
  }
  const type = elementType(container.type)
  return withPath({ type, json: container.json === true, evaluate: fieldFirst(within, asItIs, field) }, within)
}

/** Where the field stands in what its container is part of; undefined where the container is all there is. */
export function withinField<S>({ within }: Compiled<S>, name: unknown): Within<S> | undefined {
  return within === undefined || typeof name !== 'string' ? undefined : { ...within, path: [...within.path, name] }
}

/** Looks for a field where it can be had without the rest; where it is not found, `otherwise` knows what that means. */
export function fieldFirst<S>(
  within: Within<S> | undefined,
  found: (content: unknown) => unknown,
  otherwise: Evaluate<S>,
): Evaluate<S> {
  if (within === undefined) return otherwise
  const { path, readField } = within
  return (frame) => {
    const content = readField(frame, path)
    return content === undefined ? otherwise(frame) : found(content)
  }
}

/** `a[b]` and `a[?b]`: an element of a list by its place, or a field of a map by its name. */
export function compileIndex<S>(node: NodeOf<'index'>, compiler: Compiler<S>, chain: Node): Compiled<S> {
  const container = compiler.compile(node.of, chain)
  const index = compiler.compile(node.index)
  if (!mayBe(container.type, ['map', 'list', 'optional'])) {
    const got = typeName(container.type)
    const text = compiler.textOf(node.of)
    throw compiler.fault(
      'E_EXPRESSION_TYPE',
      `\`${text}\` is a ${got}, which has no elements`,
      hintFor(got, text),
      node,
    )
  }
  if (!mayBe(index.type, ['number', 'string'])) {
    const message = `\`${compiler.textOf(node.index)}\` is a ${typeName(index.type)}; an index is a number or a string`
    throw compiler.fault('E_EXPRESSION_TYPE', message, "write list[0] or map['name']", node.index)
  }
  const from = container.evaluate
  const at = index.evaluate
  // `value['a']` is `value.a`.
  const within = withinField(container, index.constant?.value)
  if (node.optional || container.type.kind === 'optional') {
    const element: Evaluate<S> = (frame) => optionalElement(from(frame), at(frame))
    return optionalAccess(
      container,
      fieldFirst(within, (content) => new Optional(content), element),
      within,
    )
  }
  const element: Evaluate<S> = (frame) => {
    const whole = from(frame)
    const key = at(frame)
    const content = elementOf(whole, key)
    return content === undefined ? absent(whole, optionalElement, key, node, chain, compiler) : content
  }
  const type = elementType(container.type)
  return withPath({ type, json: container.json === true, evaluate: fieldFirst(within, asItIs, element) }, within)
}

function asItIs(content: unknown): unknown {
  return content
}

function optionalAccess<S>(
  container: Compiled<S>,
  evaluate: Compiled<S>['evaluate'],
  within: Within<S> | undefined,
): Compiled<S> {
  const inner = container.type.kind === 'optional' ? container.type.of : container.type
  const type = optionalOf(inner.kind === 'map' || inner.kind === 'list' ? inner.of : ANY)
  return withPath({ type, json: container.json === true, evaluate }, within)
}

function withPath<S>(compiled: Compiled<S>, within: Within<S> | undefined): Compiled<S> {
  return within === undefined ? compiled : { ...compiled, within }
}

/** The element of a list or field of a map; undefined where there is none. */
export function elementOf(container: unknown, key: unknown): unknown {
  if (Array.isArray(container)) {
    return typeof key === 'number' && key >= 0 && Number.isInteger(key) ? container[key] : undefined
  }
  return typeof key === 'string' ? fieldOf(container, key) : undefined
}

function optionalField(container: unknown, name: string): Optional {
  return toOptional(fieldOf(container instanceof Optional ? Optional.toContent(container) : container, name))
}

function optionalElement(container: unknown, key: unknown): Optional {
  return toOptional(elementOf(container instanceof Optional ? Optional.toContent(container) : container, key))
}

function toOptional(content: unknown): Optional {
  return content === undefined ? NOTHING : new Optional(content)
}

/** An optional that the types did not show is followed; anything else that is absent fails the event. */
function absent<S, K>(
  container: unknown,
  follow: (container: unknown, key: K) => Optional,
  key: K,
  node: Access,
  chain: Node,
  compiler: Compiler<S>,
): Optional {
  if (container instanceof Optional) return follow(container, key)
  throw missingFailure(container, key, node, chain, compiler)
}

function missingFailure<S>(
  container: unknown,
  key: unknown,
  node: Access,
  chain: Node,
  compiler: Compiler<S>,
): StoplogError {
  const path = compiler.textOf(chain)
  const of = compiler.textOf(node.of)
  const rest = compiler.textOf({ start: node.end, end: chain.end })
  const asked = node.op === 'field' ? `.?${node.name}` : `[?${compiler.textOf(node.index)}]`
  const test = node.op === 'field' ? `, or test has(${of}.${node.name}) before` : ''
  return new StoplogError('E_FIELD_MISSING', `${path} is missing: ${reasonFor(container, key, of, node)}`, {
    fix: `write ${of}${asked}${rest}.orValue(null)${test}`,
  })
}

function reasonFor(container: unknown, key: unknown, of: string, node: Access): string {
  if (Array.isArray(container)) {
    if (node.op === 'field') return `${of} is a list, and \`${node.name}\` is no place in it`
    if (typeof key !== 'number') return `${of} is a list, and a place in it is a number, not ${nounOf(kindOf(key))}`
    if (!Number.isInteger(key)) return `${of} is a list, and a place in it is a whole number`
    return `${of} has ${container.length} elements`
  }
  if (isMap(container)) {
    if (node.op === 'field') return `${of} has no field \`${node.name}\``
    if (typeof key !== 'string') return `${of} is a map, and a field of it is named by a string`
    return `${of} has no such field`
  }
  return `${of} is ${nounOf(kindOf(container))}`
}

function hintFor(type: string, text: string): string {
  if (type === 'timestamp') return `write format(${text}, 'yyyy-MM') or ${text}.getFullYear()`
  return '`pipeline describe cel` shows what each type can do'
}
