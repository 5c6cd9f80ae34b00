import { type CelType, type Kind, typeName } from './cel-type.ts'

/** What `pipeline describe cel` says about a function, a macro or a variable; each example is also a test. */
export interface Documentation {
  readonly signature: string
  /** One sentence. */
  readonly summary: string
  readonly example: Example
}

export interface Example {
  readonly expression: string
  /** What it gives: JSON as in the dialect's results. */
  readonly result: unknown
}

/** How a function may be called: `f(x, y)`, `x.f(y)` or both. */
export type CallForm = 'call' | 'method' | 'both'

/** One argument: the kinds it may have, and the form in which the function wants it. */
export interface Parameter<T> {
  readonly name: string
  readonly kinds: readonly Kind[]
  readonly optional: boolean
  /** Undefined when the value is of no use as this argument. For a literal it is called once, at load. */
  read(value: unknown): T | undefined
  /** As `read`, where the argument is a literal and what is made of it is kept. */
  readLiteral?(value: unknown): T | undefined
}

export interface CelFunction {
  readonly name: string
  readonly form: CallForm
  readonly parameters: readonly Parameter<unknown>[]
  readonly result: CelType
  readonly summary: string
  readonly example: Example
  /** Computes the result from arguments that the parameters have read; `at` is the text of the call for messages. */
  compute(args: readonly unknown[], at: string): unknown
}

interface FunctionDefinition<P extends readonly unknown[]> {
  readonly name: string
  readonly form: CallForm
  readonly parameters: { readonly [I in keyof P]: Parameter<P[I]> }
  readonly result: CelType
  readonly summary: string
  readonly example: Example
  compute(args: P, at: string): unknown
}

/** Declares a function of the dialect. From it come its check at load, its call and its documentation. */
export function defineFunction<const P extends readonly unknown[]>(definition: FunctionDefinition<P>): CelFunction {
  return {
    ...definition,
    // Each argument was made by `read` of the parameter in its place, so that the list has this type.
    compute: (args, at) => definition.compute(args as unknown as P, at),
  }
}

/** `replace(text: string, search: string, with: string): string`; a method has its subject before the dot. */
export function signatureOf({ name, form, parameters, result }: CelFunction): string {
  const written = parameters.map(({ name, kinds, optional }) => `${name}${optional ? '?' : ''}: ${kinds.join('|')}`)
  const [subject = '', ...rest] = written
  if (form === 'method') return `(${subject}).${name}(${rest.join(', ')}): ${typeName(result)}`
  return `${name}(${written.join(', ')}): ${typeName(result)}`
}
