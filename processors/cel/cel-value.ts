import type { Kind } from './cel-type.ts'

/*
 * Values of an expression are JSON (null, boolean, number, string, array, object) and the classes of this file. Their
 * state is private, so that no field access of an expression ever finds anything in them.
 */

/** A moment, in whole ms since the epoch. */
export class Timestamp {
  readonly #epochMs: number

  constructor(epochMs: number) {
    this.#epochMs = epochMs
  }

  static toEpochMs(timestamp: Timestamp): number {
    return timestamp.#epochMs
  }
}

/** A length of time in whole ms; negative where a later time was taken from an earlier one. */
export class Duration {
  readonly #ms: number

  constructor(ms: number) {
    this.#ms = ms
  }

  static toMs(duration: Duration): number {
    return duration.#ms
  }
}

/** What `value.?field` gives: the field or nothing. */
export class Optional {
  readonly #content: unknown

  constructor(content: unknown) {
    this.#content = content
  }

  /** The content, or undefined where there is none. */
  static toContent(optional: Optional): unknown {
    return optional.#content
  }
}

export const NOTHING = new Optional(undefined)

/** What `type(x)` gives and what `string`, `list` and the like stand for. */
export class TypeValue {
  readonly #name: string

  constructor(name: string) {
    this.#name = name
  }

  static toName(type: TypeValue): string {
    return type.#name
  }
}

export function kindOf(value: unknown): Kind {
  if (typeof value === 'string') return 'string'
  if (typeof value === 'number') return 'number'
  if (typeof value === 'boolean') return 'bool'
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'list'
  if (value instanceof Timestamp) return 'timestamp'
  if (value instanceof Duration) return 'duration'
  if (value instanceof Optional) return 'optional'
  if (value instanceof TypeValue) return 'type'
  return 'map'
}

const NOUNS: Readonly<Record<Kind, string>> = {
  any: 'a value',
  null: 'null',
  bool: 'a boolean',
  number: 'a number',
  string: 'a string',
  timestamp: 'a timestamp',
  duration: 'a duration',
  type: 'a type',
  list: 'a list',
  map: 'a map',
  optional: 'an optional',
}

/** The kind with its article, for messages: they never quote what an event holds, which may be a secret. */
export function nounOf(kind: Kind): string {
  return NOUNS[kind]
}

/** The own field of a map; undefined where there is none or the container is no map. Prototypes are never looked at. */
export function fieldOf(container: unknown, name: string): unknown {
  return isObject(container) && Object.hasOwn(container, name) ? container[name] : undefined
}

export function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return isObject(value) && kindOf(value) === 'map'
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
