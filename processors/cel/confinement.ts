import { CONTROL_CHARACTER } from '../../schemas/control-character.ts'
import { StoplogError } from '../../schemas/stoplog-error.ts'
import { PROCESSOR_LIMITS } from '../limits.ts'
import { ExpressionFault } from './expression-problem.ts'
import type { TemplatePart } from './template-parser.ts'

/**
 * Checks at load that a name with braces begins with text of its own, so that no event can choose the folder or index
 * freely. Gives the length of that text.
 */
export function confinedPrefix(parts: readonly TemplatePart[], template: string): number {
  const [first, ...others] = parts
  const span = { start: 0, end: template.length }
  if (first?.kind !== 'text' || (others.length > 0 && !/[\p{L}\p{N}]/u.test(first.text))) {
    const fix = `write for example findings-${template.slice(0, 40)}`
    throw new ExpressionFault('E_TEMPLATE', 'a name that events fill has to begin with letters of its own', fix, span)
  }
  if (others.some((part) => part.kind === 'text' && part.text.includes('..'))) {
    throw new ExpressionFault('E_TEMPLATE', '`..` must not follow on a part that events fill', 'leave it out', span)
  }
  return first.text.length
}

/** The name itself when it is safe to use outside; E_NAME_UNSAFE otherwise. The prefix is the author's own. */
export function confined(name: string, prefixLength: number, template: string): string {
  const reason = unsafeBecause(name, prefixLength)
  if (reason === undefined) return name
  throw new StoplogError('E_NAME_UNSAFE', `the name that the event gives for "${template}" ${reason}`)
}

/** Why a name must not be used for a file, an object or an index; undefined when it may. */
export function unsafeBecause(name: string, prefixLength = 0): string | undefined {
  // One character of the prefix belongs to it: a dot there and one of the event would make two.
  if (name.includes('..', Math.max(0, prefixLength - 1))) return 'contains `..`'
  if (CONTROL_CHARACTER.test(name)) return 'contains a control character'
  const limit = PROCESSOR_LIMITS.maxNameLength.default
  if (name.length > limit || Buffer.byteLength(name) > limit) return `is longer than ${limit} bytes`
  if (/\p{Cs}/u.test(name)) return 'contains half a character'
  return undefined
}
