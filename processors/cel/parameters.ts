import type { Parameter } from './cel-function.ts'
import type { Kind } from './cel-type.ts'
import { Duration, isMap, kindOf, Timestamp } from './cel-value.ts'

export function text(name: string): Parameter<string> {
  return { name, kinds: ['string'], optional: false, read: (value) => (typeof value === 'string' ? value : undefined) }
}

export function wholeNumber(name: string): Parameter<number> {
  return {
    name,
    kinds: ['number'],
    optional: false,
    read: (value) => (typeof value === 'number' && Number.isSafeInteger(value) ? value : undefined),
  }
}

export function texts(name: string): Parameter<readonly string[]> {
  return { name, kinds: ['list'], optional: false, read: (value) => (isTexts(value) ? value : undefined) }
}

export function timestamp(name: string): Parameter<Timestamp> {
  return {
    name,
    kinds: ['timestamp'],
    optional: false,
    read: (value) => (value instanceof Timestamp ? value : undefined),
  }
}

export function timestampOrDuration(name: string): Parameter<Timestamp | Duration> {
  return {
    name,
    kinds: ['timestamp', 'duration'],
    optional: false,
    read: (value) => (value instanceof Timestamp || value instanceof Duration ? value : undefined),
  }
}

/** Something of one of these kinds, as it is. */
export function anyOf(name: string, kinds: readonly Kind[]): Parameter<unknown> {
  return { name, kinds, optional: false, read: (value) => (kinds.includes(kindOf(value)) ? value : undefined) }
}

export function anything(name: string): Parameter<unknown> {
  return { name, kinds: ['any'], optional: false, read: (value) => value }
}

export function sized(name: string): Parameter<string | readonly unknown[] | Readonly<Record<string, unknown>>> {
  return {
    name,
    kinds: ['string', 'list', 'map'],
    optional: false,
    read: (value) => (typeof value === 'string' || Array.isArray(value) || isMap(value) ? value : undefined),
  }
}

/** An argument that may be left out, and then is undefined. */
export function optional<T>(parameter: Parameter<T>): Parameter<T | undefined> {
  return { ...parameter, optional: true }
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string')
}
