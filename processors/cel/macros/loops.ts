import type { StoplogError } from '../../../schemas/stoplog-error.ts'
import { ANY, BOOL, type CelType, elementType, listOf, mayBe, STRING, typeName } from '../cel-type.ts'
import { isMap } from '../cel-value.ts'
import type { Compiler, Evaluate, Frame } from '../compiled.ts'
import { absorbable, compileCondition } from '../logic.ts'
import { checkCount, type Macro } from '../macro.ts'
import type { Node, NodeOf } from '../syntax-tree.ts'
import { kindFailure } from '../value-failure.ts'
import { charge } from '../work.ts'

/** What a loop goes over, and where the body finds the element of each turn. */
interface Loop<S> {
  readonly slot: number
  readonly items: (frame: Frame<S>) => readonly unknown[]
  readonly elementType: CelType
  readonly json: boolean
}

/** Compiles the body of `list.macro(x, …)`; on a map, `x` is the name of each field. */
function compileLoop<S, T>(
  node: NodeOf<'call'>,
  macro: Macro,
  compiler: Compiler<S>,
  compileBody: (loop: Loop<S>) => T,
): T {
  const [variable] = node.args
  if (node.receiver === null || variable?.op !== 'name') {
    const message = `the first argument of ${macro.name} names the variable of the loop`
    throw compiler.fault('E_EXPRESSION_SYNTAX', message, `write ${macro.signature}`, variable ?? node)
  }
  const over = compiler.compile(node.receiver)
  const at = compiler.textOf(node.receiver)
  if (!mayBe(over.type, ['list', 'map'])) {
    const message = `${macro.name} goes over a list or a map; \`${at}\` is a ${typeName(over.type)}`
    throw compiler.fault('E_EXPRESSION_TYPE', message, `write ${macro.signature}`, node.receiver)
  }
  const type = over.type.kind === 'map' ? STRING : elementType(over.type)
  const json = over.json === true
  const items = (frame: Frame<S>): readonly unknown[] => {
    const whole = over.evaluate(frame)
    const turns = Array.isArray(whole) ? whole : isMap(whole) ? Object.keys(whole) : undefined
    if (turns === undefined) throw kindFailure(at, 'a list or a map', whole)
    charge(frame, turns.length, at)
    return turns
  }
  return compiler.withLocal(variable.name, { type: over.type.kind === 'any' ? ANY : type, json }, (slot) =>
    compileBody({ slot, items, elementType: type, json }),
  )
}

/** `all` ends at the first false, `exists` at the first true; until then, what fails may still be made good. */
function quantifier(name: 'all' | 'exists', decisive: boolean, summary: string, macroExample: Macro['example']): Macro {
  return {
    name,
    form: 'method',
    signature: `(list).${name}(x, condition): bool`,
    summary,
    example: macroExample,
    compile(node, compiler) {
      checkCount(node, this, [2], compiler)
      return compileLoop(node, this, compiler, (loop) => {
        const condition = compileCondition(argument(node, 1), compiler).evaluate
        return { type: BOOL, evaluate: (frame) => decide(frame, loop, condition, decisive) }
      })
    },
  }
}

function decide<S>(frame: Frame<S>, loop: Loop<S>, condition: Evaluate<S>, decisive: boolean): boolean {
  let failure: StoplogError | undefined
  for (const item of loop.items(frame)) {
    frame.locals[loop.slot] = item
    try {
      if (condition(frame) === decisive) return decisive
    } catch (error) {
      failure ??= absorbable(error)
    }
  }
  if (failure !== undefined) throw failure
  return !decisive
}

const existsOne: Macro = {
  name: 'exists_one',
  form: 'method',
  signature: '(list).exists_one(x, condition): bool',
  summary: 'Whether the condition holds for exactly one element.',
  example: { expression: '[1, 2, 3].exists_one(x, x > 2)', result: true },
  compile(node, compiler) {
    checkCount(node, this, [2], compiler)
    return compileLoop(node, this, compiler, (loop) => {
      const matching = filtering(loop, compileCondition(argument(node, 1), compiler).evaluate)
      return { type: BOOL, evaluate: (frame) => matching(frame).length === 1 }
    })
  },
}

const filter: Macro = {
  name: 'filter',
  form: 'method',
  signature: '(list).filter(x, condition): list',
  summary: 'The elements for which the condition holds.',
  example: { expression: '[1, 2, 3].filter(x, x > 1)', result: [2, 3] },
  compile(node, compiler) {
    checkCount(node, this, [2], compiler)
    return compileLoop(node, this, compiler, (loop) => ({
      type: listOf(loop.elementType),
      json: loop.json,
      evaluate: filtering(loop, compileCondition(argument(node, 1), compiler).evaluate),
    }))
  },
}

const map: Macro = {
  name: 'map',
  form: 'method',
  signature: '(list).map(x, [condition,] result): list',
  summary: 'What each element becomes; with a condition, only of those for which it holds.',
  example: { expression: "['a', 'b'].map(x, upper(x))", result: ['A', 'B'] },
  compile(node, compiler) {
    checkCount(node, this, [2, 3], compiler)
    return compileLoop(node, this, compiler, (loop) => {
      const items =
        node.args.length === 3 ? filtering(loop, compileCondition(argument(node, 1), compiler).evaluate) : loop.items
      const result = compiler.compile(argument(node, node.args.length - 1))
      const { evaluate } = result
      return {
        type: listOf(result.type),
        json: result.json === true,
        evaluate: (frame) =>
          items(frame).map((item) => {
            frame.locals[loop.slot] = item
            return evaluate(frame)
          }),
      }
    })
  },
}

function filtering<S>(loop: Loop<S>, condition: Evaluate<S>): (frame: Frame<S>) => readonly unknown[] {
  return (frame) =>
    loop.items(frame).filter((item) => {
      frame.locals[loop.slot] = item
      return condition(frame) === true
    })
}

function argument(node: NodeOf<'call'>, index: number): Node {
  return node.args[index] ?? node
}

export const LOOP_MACROS: readonly Macro[] = [
  quantifier('all', false, 'Whether the condition holds for every element; on a map, for every name of a field.', {
    expression: '[1, 2, 3].all(x, x > 0)',
    result: true,
  }),
  quantifier('exists', true, 'Whether the condition holds for at least one element.', {
    expression: '[1, 2, 3].exists(x, x > 2)',
    result: true,
  }),
  existsOne,
  filter,
  map,
]
