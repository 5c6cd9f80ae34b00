import { ERRORS } from '../../schemas/error-codes.ts'
import { StoplogError } from '../../schemas/stoplog-error.ts'
import type { CelType } from './cel-type.ts'
import type { Compiled, Compiler } from './compiled.ts'
import type { Span } from './expression-problem.ts'

/** A part that is the same for all events: computed once, and what fails here fails at load. */
export function constantOf<S>(
  type: CelType,
  compute: () => unknown,
  span: Span,
  compiler: Pick<Compiler<S>, 'fault'>,
): Compiled<S> {
  const value = atLoad(compute, span, compiler)
  return { type, constant: { value }, evaluate: () => value }
}

/** Runs something at load; a failure of a kind that an event could have is one of the expression then. */
export function atLoad<S, T>(compute: () => T, span: Span, compiler: Pick<Compiler<S>, 'fault'>): T {
  try {
    return compute()
  } catch (error) {
    if (!(error instanceof StoplogError)) throw error
    const code = ERRORS[error.code].category === 'config' ? error.code : 'E_EXPRESSION_TYPE'
    throw compiler.fault(code, error.message, error.fix, span)
  }
}
