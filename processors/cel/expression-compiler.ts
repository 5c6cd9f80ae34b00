import { nearestName } from '../../schemas/nearest-name.ts'
import { PROCESSOR_LIMITS } from '../limits.ts'
import { compileField, compileIndex } from './access.ts'
import { compileBinary } from './binary.ts'
import { compileCall } from './calls.ts'
import { BOOL, type CelType, NULL, NUMBER, STRING, TYPE } from './cel-type.ts'
import { NOTHING } from './cel-value.ts'
import type { Compiled, Compiler, Frame, LocalType, Within } from './compiled.ts'
import { ExpressionFault } from './expression-problem.ts'
import { emptyFailure, toJson } from './json-result.ts'
import { compileList, compileMap } from './literals.ts'
import { compileChoice, compileLogic, compileMinus, compileNot } from './logic.ts'
import type { Scope } from './scope.ts'
import { type Literal, type Node, parseExpression } from './syntax-tree.ts'
import { TYPE_NAMES } from './type-names.ts'
import { isExact, numberFailure } from './value-failure.ts'

const MAX_QUOTED = 120

/** An expression that was checked and compiled, for subjects that its scope can read. */
export interface CompiledExpression<S> {
  readonly type: CelType
  /** The value as CEL has it; throws a StoplogError for a subject it cannot be computed for. */
  readonly evaluate: (subject: S) => unknown
}

/**
 * Compiles an expression into closures, once, with all that can be checked without an event: syntax, names, types,
 * literals, regular expressions. Throws ExpressionFault.
 *
 * With `json`, the result is JSON: timestamps, durations and types have become text, an optional its content, and
 * numbers beyond 2^53 fail. An empty optional as the whole result stays undefined.
 */
export function compileExpression<S>(text: string, scope: Scope<S>, mode: 'json' | 'value'): CompiledExpression<S> {
  const session = new Session(text, scope)
  const root = parseExpression(text)
  const { type, evaluate } = mode === 'json' ? session.compileJson(root) : session.compile(root)
  let frame: Frame<S> | undefined
  const maxWork = PROCESSOR_LIMITS.maxExpressionWork.default
  return {
    type,
    evaluate(subject) {
      // One frame serves all events: an expression never calls itself.
      frame ??= { subject, locals: Array.from({ length: session.slots }), workLeft: maxWork }
      frame.subject = subject
      frame.workLeft = maxWork
      return evaluate(frame)
    },
  }
}

/** The state of one compilation: the text, and the local variables that can be seen. */
class Session<S> implements Compiler<S> {
  readonly #text: string
  readonly #scope: Scope<S>
  readonly #locals = new Map<string, LocalType & { readonly slot: number }>()
  slots = 0

  constructor(text: string, scope: Scope<S>) {
    this.#text = text
    this.#scope = scope
  }

  compile(node: Node, chain: Node = node): Compiled<S> {
    switch (node.op) {
      case 'literal':
        return compileLiteral(node.value)
      case 'name':
        return this.#compileName(node.name, node)
      case 'field':
        return compileField(node, this, chain)
      case 'index':
        return compileIndex(node, this, chain)
      case 'call':
        return compileCall(node, this)
      case 'list':
        return compileList(node, (item) => this.compile(item))
      case 'map':
        return compileMap(node, this, (value) => this.compile(value))
      case 'choice':
        return compileChoice(node, this, (branch) => this.compile(branch))
      case 'and':
      case 'or':
        return compileLogic(node, this)
      case 'not':
        return compileNot(node, this)
      case 'minus':
        return compileMinus(node, this)
      case 'binary':
        break
    }
    return compileBinary(node, this)
  }

  compileJson(node: Node): Compiled<S> {
    if (node.op === 'list') return compileList(node, (item) => this.#compileContent(item))
    if (node.op === 'map') return compileMap(node, this, (value) => this.#compileContent(value))
    if (node.op === 'choice') return compileChoice(node, this, (branch) => this.compileJson(branch))
    const part = this.compile(node)
    const at = this.textOf(node)
    const { evaluate, type } = part
    if (part.json === true && type.kind !== 'optional') {
      if (type.kind !== 'any' && type.kind !== 'number') return part
      return {
        ...part,
        evaluate(frame) {
          const value = evaluate(frame)
          if (typeof value === 'number' && !isExact(value)) throw numberFailure(at, value)
          return value
        },
      }
    }
    return {
      type,
      json: true,
      evaluate(frame) {
        const value = evaluate(frame)
        return value === NOTHING ? undefined : toJson(value, at)
      },
    }
  }

  /** A part of a list or map: an empty optional fails there. */
  #compileContent(node: Node): Compiled<S> {
    const part = this.compileJson(node)
    if (part.type.kind !== 'any' && part.type.kind !== 'optional') return part
    const at = this.textOf(node)
    const { evaluate } = part
    return {
      ...part,
      evaluate(frame) {
        const value = evaluate(frame)
        if (value === undefined) throw emptyFailure(at)
        return value
      },
    }
  }

  withLocal<T>(name: string, variable: LocalType, then: (slot: number) => T): T {
    const shadowed = this.#locals.get(name)
    const slot = this.slots
    this.slots += 1
    this.#locals.set(name, { ...variable, slot })
    try {
      return then(slot)
    } finally {
      if (shadowed === undefined) this.#locals.delete(name)
      else this.#locals.set(name, shadowed)
    }
  }

  isLocal(name: string): boolean {
    return this.#locals.has(name)
  }

  textOf({ start, end }: { readonly start: number; readonly end: number }): string {
    const text = this.#text.slice(start, end)
    return text.length <= MAX_QUOTED ? text : `${text.slice(0, MAX_QUOTED - 1)}…`
  }

  fault(...[code, message, fix, span]: ConstructorParameters<typeof ExpressionFault>): ExpressionFault {
    return new ExpressionFault(code, message, fix, { start: span.start, end: span.end })
  }

  #compileName(name: string, node: Node): Compiled<S> {
    const local = this.#locals.get(name)
    if (local !== undefined) {
      const { slot, type, json } = local
      return { type, json, evaluate: (frame) => frame.locals[slot] }
    }
    const variable = this.#scope.find((candidate) => candidate.name === name)
    if (variable !== undefined) {
      const { type, readField } = variable
      const evaluate = (frame: Frame<S>): unknown => variable.read(frame.subject)
      if (readField === undefined) return { type, json: true, evaluate }
      const ofSubject: Within<S>['readField'] = (frame, path) => readField(frame.subject, path)
      return { type, json: true, evaluate, within: { path: [], readField: ofSubject } }
    }
    const typeValue = TYPE_NAMES.get(name)
    if (typeValue !== undefined) return { type: TYPE, constant: { value: typeValue }, evaluate: () => typeValue }
    throw this.fault('E_EXPRESSION_NAME', `there is no variable \`${name}\``, this.#nameFix(name), node)
  }

  #nameFix(name: string): string {
    const near = nearestName(name, [...this.#scope.map((variable) => variable.name), ...this.#locals.keys()])
    if (near !== undefined) return `did you mean ${near}?`
    const names = this.#scope.map((variable) => variable.name).join(', ')
    return `a field of the event is written value.${name}, a text '${name}'; the variables are ${names}`
  }
}

function compileLiteral<S>(value: Literal): Compiled<S> {
  const type = value === null ? NULL : typeof value === 'string' ? STRING : typeof value === 'number' ? NUMBER : BOOL
  return { type, constant: { value }, json: true, evaluate: () => value }
}
