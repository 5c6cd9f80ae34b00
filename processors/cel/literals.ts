import { setField } from '../own-field.ts'
import { ANY, type CelType, eitherType, listOf, mapOf, mayBe, typeName } from './cel-type.ts'
import { kindOf, nounOf } from './cel-value.ts'
import type { Compiled, Compiler, Evaluate, Frame } from './compiled.ts'
import type { Node, NodeOf } from './syntax-tree.ts'
import { valueFailure } from './value-failure.ts'

/** `[a, b]`, of any mixture of types. */
export function compileList<S>(node: NodeOf<'list'>, compileItem: (node: Node) => Compiled<S>): Compiled<S> {
  const items = node.items.map(compileItem)
  const type = listOf(commonType(items.map((item) => item.type)))
  if (items.every((item) => item.constant !== undefined)) {
    const value = items.map((item) => item.constant?.value)
    return { type, constant: { value }, evaluate: () => value }
  }
  const evaluates = items.map((item) => item.evaluate)
  return { type, evaluate: (frame) => evaluates.map((evaluate) => evaluate(frame)) }
}

/** `{'name': a}`. The names of fields are texts, as in JSON; `__proto__` is a name like any other. */
export function compileMap<S>(
  node: NodeOf<'map'>,
  compiler: Compiler<S>,
  compileValue: (node: Node) => Compiled<S>,
): Compiled<S> {
  const names = new Set<unknown>()
  const entries = node.entries.map(([key, value]) => {
    const name = compiler.compile(key)
    if (!mayBe(name.type, ['string'])) {
      const message = `the name of a field is a text, got a ${typeName(name.type)}`
      throw compiler.fault('E_EXPRESSION_TYPE', message, "write '…' around it, or string(…)", key)
    }
    if (name.constant !== undefined) {
      if (names.has(name.constant.value)) {
        const message = `the field ${compiler.textOf(key)} stands in the map twice`
        throw compiler.fault('E_EXPRESSION_TYPE', message, 'leave one of them out', key)
      }
      names.add(name.constant.value)
    }
    return { name, value: compileValue(value), at: compiler.textOf(key) }
  })
  const type = mapOf(commonType(entries.map(({ value }) => value.type)))
  const fields = entries.map(({ name, value, at }) => ({
    name: fieldName(name, at),
    evaluate: value.evaluate,
  }))
  return { type, evaluate: (frame) => buildMap(fields, frame) }
}

interface Field<S> {
  readonly name: string | ((frame: Frame<S>) => string)
  readonly evaluate: Evaluate<S>
}

function fieldName<S>(part: Compiled<S>, at: string): Field<S>['name'] {
  const known = part.constant?.value
  if (typeof known === 'string') return known
  return (frame) => {
    const name = part.evaluate(frame)
    if (typeof name === 'string') return name
    throw valueFailure(at, `the name of a field is a text, got ${nounOf(kindOf(name))}`, `write string(${at})`)
  }
}

function buildMap<S>(fields: readonly Field<S>[], frame: Frame<S>): Record<string, unknown> {
  const map: Record<string, unknown> = {}
  for (const { name, evaluate } of fields) setField(map, typeof name === 'string' ? name : name(frame), evaluate(frame))
  return map
}

function commonType(types: readonly CelType[]): CelType {
  return types.length === 0 ? ANY : types.reduce(eitherType)
}
