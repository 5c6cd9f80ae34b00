import type { CallForm, Example } from './cel-function.ts'
import type { Compiled, Compiler } from './compiled.ts'
import type { NodeOf } from './syntax-tree.ts'

/** A call whose arguments are not simply computed before: it may leave some out, or give them a variable. */
export interface Macro {
  /** As written; two-part for `cel.bind` and `optional.of`. */
  readonly name: string
  readonly form: CallForm
  readonly signature: string
  readonly summary: string
  readonly example: Example
  compile<S>(node: NodeOf<'call'>, compiler: Compiler<S>): Compiled<S>
}

/** Throws when a macro is given another number of arguments than it takes. */
export function checkCount<S>(
  node: NodeOf<'call'>,
  macro: Macro,
  counts: readonly number[],
  compiler: Compiler<S>,
): void {
  if (counts.includes(node.args.length)) return
  const message = `${macro.name} does not take ${node.args.length} ${node.args.length === 1 ? 'argument' : 'arguments'}`
  throw compiler.fault('E_EXPRESSION_TYPE', message, `write ${macro.signature}`, node)
}
