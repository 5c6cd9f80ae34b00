import { equalValues, isRegoArray, RegoObject, RegoSet, type RegoValue } from '../rego-value.ts'
import { BuiltinFailure, type BuiltinTable } from './builtin.ts'

export const OBJECT_BUILTINS: BuiltinTable = {
  'object.subset': ([whole, part]) => {
    const answer = whole === undefined || part === undefined ? undefined : isSubset(whole, part)
    if (answer === undefined) throw new BuiltinFailure('both operands must be of one type, or an array and a set')
    return answer
  },
}

/** Undefined for two values of which neither can hold the other. */
function isSubset(whole: RegoValue, part: RegoValue): boolean | undefined {
  if (whole instanceof RegoObject && part instanceof RegoObject) return isSubObject(whole, part)
  if (whole instanceof RegoSet && part instanceof RegoSet) return part.items.every((item) => whole.has(item))
  if (isRegoArray(whole) && isRegoArray(part)) return isSubArray(whole, part)
  if (!isRegoArray(whole) || !(part instanceof RegoSet)) return undefined
  const members = new RegoSet(whole)
  // An empty array has no element at which OPA could answer, not even for the empty set.
  return whole.length > 0 && part.items.every((item) => members.has(item))
}

/** Fields are compared by the same rule; what is in sets and arrays only for equality. */
function isSubObject(whole: RegoObject, part: RegoObject): boolean {
  for (const [key, value] of part.entries) {
    const other = whole.get(key)
    if (other === undefined) return false
    if (equalValues(other, value)) continue
    if (isRegoArray(other) && value instanceof RegoSet) return false
    if (isSubset(other, value) !== true) return false
  }
  return true
}

/** All items of `part` stand in `whole` one after the other. */
function isSubArray(whole: readonly RegoValue[], part: readonly RegoValue[]): boolean {
  for (let start = 0; start + part.length <= whole.length; start += 1) {
    if (part.every((item, index) => equalValues(whole[start + index] ?? null, item))) return true
  }
  return false
}
