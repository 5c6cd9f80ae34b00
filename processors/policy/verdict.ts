import { isJsonObject, type Json, type JsonObject } from '../../schemas/json.ts'
import type { PolicyFailure } from './policy-engine.ts'

export interface Verdict {
  readonly allow: boolean
  /** Sentences, in the order of the rule's result; a set of Rego comes sorted. */
  readonly reasons: readonly string[]
}

/** Fields that say no: as a boolean, or as a list of reasons of which one is enough. */
const DENIALS = ['deny', 'violations', 'violation'] as const

/**
 * Reads what a rule gives as a verdict. These shapes are known:
 *
 * - `true`, `false`: the verdict, without reasons;
 * - a list or set: the reasons to deny, as of `deny contains msg if …`; empty allows;
 * - an object with `allow` (a boolean), or one of `deny`, `violations` and `violation` (a boolean or a list), or both:
 *   it allows when `allow` does and nothing denies. The reasons are `reasons` and whatever the denials list.
 *
 * A reason is a text, an object with `msg` or `message`, or any other JSON, which is then shown as such.
 * Anything else is a failure: a gate must not guess.
 */
export function toVerdict(result: Json): Verdict | { readonly error: PolicyFailure } {
  if (typeof result === 'boolean') return { allow: result, reasons: [] }
  if (Array.isArray(result)) return { allow: result.length === 0, reasons: result.map(reasonText) }
  if (isJsonObject(result)) return readObject(result)
  return notAVerdict(result === null ? 'null' : `a ${typeof result}`)
}

function readObject(result: JsonObject): Verdict | { readonly error: PolicyFailure } {
  const allow = fieldOf(result, 'allow')
  const denials = DENIALS.map((name) => fieldOf(result, name)).filter((value) => value !== undefined)
  if (allow === undefined && denials.length === 0) return notAVerdict('an object without allow, deny or violations')
  if (allow !== undefined && typeof allow !== 'boolean') return notAVerdict('an object whose allow is no boolean')
  if (denials.some((value) => typeof value !== 'boolean' && !Array.isArray(value))) {
    return notAVerdict('an object whose deny or violations is neither boolean nor list')
  }
  const reasons = [fieldOf(result, 'reasons'), ...denials].filter((value) => Array.isArray(value)).flat()
  const isDenied = denials.some((value) => (Array.isArray(value) ? value.length > 0 : value === true))
  return { allow: (allow ?? true) && !isDenied, reasons: [...new Set(reasons.map(reasonText))] }
}

function fieldOf(object: JsonObject, name: string): Json | undefined {
  return Object.hasOwn(object, name) ? object[name] : undefined
}

function reasonText(reason: Json): string {
  if (typeof reason === 'string') return reason
  const text = isJsonObject(reason) ? (fieldOf(reason, 'msg') ?? fieldOf(reason, 'message')) : undefined
  return typeof text === 'string' ? text : JSON.stringify(reason)
}

function notAVerdict(found: string): { readonly error: PolicyFailure } {
  const message = `the rule gave ${found}, which is no verdict`
  return { error: { code: 'E_POLICY_RESULT', message } }
}
