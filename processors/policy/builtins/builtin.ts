import { PROCESSOR_LIMITS } from '../../limits.ts'
import { isRegoArray, RegoObject, RegoSet, type RegoValue } from '../rego-value.ts'

/** What a builtin may know besides its arguments. */
export interface BuiltinContext {
  /** Time of the event being judged, ms since the epoch: what Rego sees as "now", so that a replay decides the same. */
  readonly timeMs: number
}

/**
 * A function that Rego calls by name. It is pure in its arguments and the context, does no I/O, and bounds what it
 * produces. Throws BuiltinFailure where OPA has an error: the expression is undefined then, as in OPA by default.
 */
export type Builtin = (args: readonly RegoValue[], context: BuiltinContext) => RegoValue

/** The builtins of one family, by their names in Rego. */
export type BuiltinTable = Readonly<Record<string, Builtin>>

/** Arguments that a builtin cannot be computed for: a wrong type, a malformed text, a result beyond its bounds. */
export class BuiltinFailure extends Error {
  override readonly name = 'BuiltinFailure'
}

/** What one call may produce: items of a list, or characters of a text. */
const MAX_ITEMS = PROCESSOR_LIMITS.policyBuiltinItems.default
export const MAX_TEXT = PROCESSOR_LIMITS.policyBuiltinText.default

/** Argument `position`, counted from 1 as OPA does. */
export function stringOperand(args: readonly RegoValue[], position: number): string {
  const value = args[position - 1]
  if (typeof value !== 'string') throw new BuiltinFailure(`operand ${position} must be a string`)
  return value
}

/** An integer that a double carries exactly. */
export function intOperand(args: readonly RegoValue[], position: number): number {
  const value = args[position - 1]
  if (typeof value !== 'number' || !Number.isSafeInteger(value)) {
    throw new BuiltinFailure(`operand ${position} must be an integer`)
  }
  return value
}

/** An integer of any size. */
export function bigIntOperand(args: readonly RegoValue[], position: number): bigint {
  const value = args[position - 1]
  if (typeof value === 'bigint') return value
  if (typeof value === 'number' && Number.isInteger(value)) return BigInt(value)
  throw new BuiltinFailure(`operand ${position} must be an integer`)
}

export function arrayOperand(args: readonly RegoValue[], position: number): readonly RegoValue[] {
  const value = args[position - 1]
  if (!isRegoArray(value)) throw new BuiltinFailure(`operand ${position} must be an array`)
  return value
}

export function objectOperand(args: readonly RegoValue[], position: number): RegoObject {
  const value = args[position - 1]
  if (!(value instanceof RegoObject)) throw new BuiltinFailure(`operand ${position} must be an object`)
  return value
}

/** The strings of an array or a set; a string alone is a list of one. */
export function stringsOperand(args: readonly RegoValue[], position: number): readonly string[] {
  const value = args[position - 1]
  if (typeof value === 'string') return [value]
  const items = value instanceof RegoSet ? value.items : value
  if (!isRegoArray(items)) throw new BuiltinFailure(`operand ${position} must be a string, an array or a set`)
  const strings = items.filter((item) => typeof item === 'string')
  if (strings.length !== items.length) throw new BuiltinFailure(`operand ${position} must hold strings only`)
  return strings
}

/** A JSON number again where a double carries it exactly. */
export function toRegoInteger(value: bigint): number | bigint {
  const asNumber = Number(value)
  return Number.isSafeInteger(asNumber) ? asNumber : value
}

export function checkText(text: string): string {
  if (text.length > MAX_TEXT) throw new BuiltinFailure(`the result is longer than ${MAX_TEXT} characters`)
  return text
}

export function checkItems(count: number | bigint): void {
  if (count > MAX_ITEMS) throw new BuiltinFailure(`the result has more than ${MAX_ITEMS} items`)
}
