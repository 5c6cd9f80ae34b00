import type { StoplogError } from '../../schemas/stoplog-error.ts'
import { PROCESSOR_LIMITS } from '../limits.ts'
import { Duration, kindOf, nounOf, Timestamp } from './cel-value.ts'
import { MAX_EPOCH_MS, MIN_EPOCH_MS } from './rfc3339.ts'
import { isExact, numberFailure, valueFailure } from './value-failure.ts'

/** An operator on two values; throws a StoplogError that quotes the expression. */
export type Apply = (left: unknown, right: unknown) => unknown

/**
 * Arithmetic on the numbers of JSON, which are one kind: `7 / 2` is 3.5, `%` has the sign of its left side. A result
 * beyond 2^53 fails rather than rounds, and so does a division by zero. Also texts, lists, timestamps and durations.
 */
export function createArithmetic(operator: '+' | '-' | '*' | '/' | '%', at: string): Apply {
  switch (operator) {
    case '+':
      return (left, right) => {
        if (typeof left === 'number' && typeof right === 'number') return exact(left + right, at)
        return add(left, right, at)
      }
    case '-':
      return (left, right) => {
        if (typeof left === 'number' && typeof right === 'number') return exact(left - right, at)
        return subtract(left, right, at)
      }
    case '*':
      return (left, right) => {
        if (typeof left === 'number' && typeof right === 'number') return exact(left * right, at)
        throw operandFailure(at, operator, left, right)
      }
    case '/':
    case '%':
      break
  }
  return (left, right) => {
    if (typeof left !== 'number' || typeof right !== 'number') throw operandFailure(at, operator, left, right)
    if (right === 0) throw valueFailure(at, 'division by zero', 'test the divisor before: value.n != 0 ? … : …')
    return exact(operator === '/' ? left / right : left % right, at)
  }
}

export function negate(value: unknown, at: string): unknown {
  if (typeof value === 'number') return -value
  if (value instanceof Duration) return new Duration(-Duration.toMs(value))
  throw valueFailure(at, `- takes a number, got ${nounOf(kindOf(value))}`)
}

function exact(result: number, at: string): number {
  if (isExact(result)) return result
  throw numberFailure(at, result)
}

function add(left: unknown, right: unknown, at: string): unknown {
  if (typeof left === 'string' && typeof right === 'string') {
    checkTextLength(left.length + right.length, at)
    return left + right
  }
  if (Array.isArray(left) && Array.isArray(right)) return [...left, ...right]
  if (left instanceof Duration) {
    if (right instanceof Duration) return new Duration(Duration.toMs(left) + Duration.toMs(right))
    if (right instanceof Timestamp) return moved(right, Duration.toMs(left), at)
  }
  if (left instanceof Timestamp && right instanceof Duration) return moved(left, Duration.toMs(right), at)
  throw operandFailure(at, '+', left, right)
}

function subtract(left: unknown, right: unknown, at: string): unknown {
  if (right instanceof Duration) {
    if (left instanceof Duration) return new Duration(Duration.toMs(left) - Duration.toMs(right))
    if (left instanceof Timestamp) return moved(left, -Duration.toMs(right), at)
  }
  if (left instanceof Timestamp && right instanceof Timestamp) {
    return new Duration(Timestamp.toEpochMs(left) - Timestamp.toEpochMs(right))
  }
  throw operandFailure(at, '-', left, right)
}

function moved(timestamp: Timestamp, byMs: number, at: string): Timestamp {
  const epochMs = Timestamp.toEpochMs(timestamp) + byMs
  if (epochMs >= MIN_EPOCH_MS && epochMs <= MAX_EPOCH_MS) return new Timestamp(epochMs)
  throw valueFailure(at, 'the time lies outside of the years 1 to 9999')
}

/** Throws when a text would grow beyond its limit. */
export function checkTextLength(length: number, at: string): void {
  const limit = PROCESSOR_LIMITS.maxExpressionText.default
  if (length > limit) throw valueFailure(at, `the text would have more than ${limit} characters`)
}

function operandFailure(at: string, operator: string, left: unknown, right: unknown): StoplogError {
  const [a, b] = [kindOf(left), kindOf(right)]
  return valueFailure(at, `${operator} does not go with ${nounOf(a)} and ${nounOf(b)}`, operandFix(a, b))
}

/** What to write instead, for the pairs that people try. */
export function operandFix(left: string, right: string): string | undefined {
  const pair = [left, right]
  if (pair.includes('optional')) return 'take the value out of the optional with .orValue(…)'
  if (pair.includes('number') && (pair.includes('timestamp') || pair.includes('duration'))) {
    return 'make a timestamp of the number, which counts ms: timestamp(time)'
  }
  if (pair.includes('string') && pair.includes('number')) {
    return 'write string(…) to make a text of the number, or double(…) to make a number of the text'
  }
  if (pair.includes('string') && (pair.includes('timestamp') || pair.includes('duration'))) {
    return "make a timestamp of the text, timestamp(value.created), or a duration: duration('24h')"
  }
  return undefined
}
