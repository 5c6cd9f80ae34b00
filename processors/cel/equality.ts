import { PROCESSOR_LIMITS } from '../limits.ts'
import { Duration, fieldOf, isMap, Optional, Timestamp, TypeValue } from './cel-value.ts'
import { depthFailure } from './value-failure.ts'

/** Deep equality; values of different kinds are unequal, numbers are one kind. Throws E_VALUE_DEPTH. */
export function isEqual(left: unknown, right: unknown, depth = 0): boolean {
  if (left === right) return true
  if (typeof left !== 'object' || typeof right !== 'object' || left === null || right === null) return false
  if (depth >= PROCESSOR_LIMITS.maxValueDepth.default) throw depthFailure()
  if (Array.isArray(left) || Array.isArray(right)) {
    return (
      Array.isArray(left) &&
      Array.isArray(right) &&
      left.length === right.length &&
      left.every((item, index) => isEqual(item, right[index], depth + 1))
    )
  }
  if (isMap(left)) return isMap(right) && haveEqualFields(left, right, depth)
  if (left instanceof Timestamp) {
    return right instanceof Timestamp && Timestamp.toEpochMs(left) === Timestamp.toEpochMs(right)
  }
  if (left instanceof Duration) return right instanceof Duration && Duration.toMs(left) === Duration.toMs(right)
  if (left instanceof TypeValue) return right instanceof TypeValue && TypeValue.toName(left) === TypeValue.toName(right)
  if (left instanceof Optional && right instanceof Optional) {
    return isEqual(Optional.toContent(left), Optional.toContent(right), depth + 1)
  }
  return false
}

function haveEqualFields(
  left: Readonly<Record<string, unknown>>,
  right: Readonly<Record<string, unknown>>,
  depth: number,
): boolean {
  const names = Object.keys(left)
  return (
    names.length === Object.keys(right).length &&
    names.every((name) => Object.hasOwn(right, name) && isEqual(fieldOf(left, name), fieldOf(right, name), depth + 1))
  )
}
