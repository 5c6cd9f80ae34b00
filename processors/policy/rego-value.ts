import type { Json } from '../../schemas/json.ts'

/**
 * Values as Rego has them. Beyond JSON there are sets, object keys of any kind, and integers of any size; integers that
 * a double cannot carry are bigints here.
 */
export type RegoValue = null | boolean | number | bigint | string | readonly RegoValue[] | RegoSet | RegoObject

/** Items in OPA's order, without repetition. */
export class RegoSet {
  readonly items: readonly RegoValue[]
  readonly #canonical: ReadonlySet<string>

  constructor(items: Iterable<RegoValue>) {
    const byText = new Map<string, RegoValue>()
    for (const item of items) byText.set(encodeRego(item), item)
    this.items = [...byText.values()].sort(compareValues)
    this.#canonical = new Set(byText.keys())
  }

  has(item: RegoValue): boolean {
    return this.#canonical.has(encodeRego(item))
  }
}

type RegoEntry = readonly [key: RegoValue, value: RegoValue]

/** Fields in OPA's order of their keys. Of equal keys the last one counts. */
export class RegoObject {
  readonly entries: readonly RegoEntry[]
  readonly #byText: ReadonlyMap<string, RegoEntry>

  constructor(entries: Iterable<RegoEntry>) {
    const byText = new Map<string, RegoEntry>()
    for (const entry of entries) byText.set(encodeRego(entry[0]), entry)
    this.entries = [...byText.values()].sort(([a], [b]) => compareValues(a, b))
    this.#byText = byText
  }

  get(key: RegoValue): RegoValue | undefined {
    return this.#byText.get(encodeRego(key))?.[1]
  }
}

export function isRegoArray(value: RegoValue | undefined): value is readonly RegoValue[] {
  return Array.isArray(value)
}

export function equalValues(a: RegoValue, b: RegoValue): boolean {
  return a === b || encodeRego(a) === encodeRego(b)
}

/** OPA's order over all values: by type first (null, booleans, numbers, strings, arrays, objects, sets), then by content. */
export function compareValues(a: RegoValue, b: RegoValue): number {
  const [rankA, rankB] = [rankOf(a), rankOf(b)]
  if (rankA !== rankB) return rankA - rankB
  if (isRegoArray(a) && isRegoArray(b)) return compareLists(a, b)
  if (a instanceof RegoSet && b instanceof RegoSet) return compareLists(a.items, b.items)
  if (a instanceof RegoObject && b instanceof RegoObject) return compareLists(a.entries.flat(), b.entries.flat())
  if (typeof a === 'string' && typeof b === 'string') return Buffer.compare(Buffer.from(a), Buffer.from(b))
  if (a === b || a === null || b === null) return 0
  return a < b ? -1 : 1
}

function rankOf(value: RegoValue): number {
  if (value === null) return 0
  if (typeof value === 'boolean') return 1
  if (typeof value === 'number' || typeof value === 'bigint') return 2
  if (typeof value === 'string') return 3
  if (isRegoArray(value)) return 4
  return value instanceof RegoObject ? 5 : 6
}

function compareLists(a: readonly RegoValue[], b: readonly RegoValue[]): number {
  for (const [index, item] of a.entries()) {
    const other = b[index]
    if (other === undefined) return 1
    const order = compareValues(item, other)
    if (order !== 0) return order
  }
  return a.length - b.length
}

/**
 * Text of a value as OPA prints and `opa_value_parse` reads it: JSON, with `{1, 2}` and `set()`, and keys of any kind.
 * Equal values have the same text, and different values another one.
 */
export function encodeRego(value: RegoValue): string {
  if (value instanceof RegoSet)
    return value.items.length === 0 ? 'set()' : `{${value.items.map(encodeRego).join(', ')}}`
  if (value instanceof RegoObject) {
    return `{${value.entries.map(([key, member]) => `${encodeRego(key)}: ${encodeRego(member)}`).join(', ')}}`
  }
  if (isRegoArray(value)) return `[${value.map(encodeRego).join(', ')}]`
  return typeof value === 'bigint' ? value.toString() : JSON.stringify(value)
}

/** A set becomes a list, and a key that is no text its text, as in OPA's JSON. Throws RangeError for an integer that would be rounded. */
export function toJson(value: RegoValue): Json {
  if (value instanceof RegoSet) return value.items.map(toJson)
  if (value instanceof RegoObject) {
    return Object.fromEntries(
      value.entries.map(([key, member]) => [typeof key === 'string' ? key : encodeRego(key), toJson(member)]),
    )
  }
  if (isRegoArray(value)) return value.map(toJson)
  if (typeof value !== 'bigint') return value
  // As for events: a number is carried when it is written again as it was read.
  if (String(Number(value)) !== String(value)) throw new RangeError(String(value))
  return Number(value)
}

/** Reads what `encodeRego` and OPA's `opa_value_dump` write. Throws SyntaxError for anything else. */
export function decodeRego(text: string): RegoValue {
  const first = text.charCodeAt(0)
  if (first === 0x22) return decodeString(text)
  const reader = new RegoTextReader(text)
  const value = reader.value()
  reader.end()
  return value
}

function decodeString(text: string): string {
  const value: unknown = JSON.parse(text)
  if (typeof value !== 'string') throw new SyntaxError('expected a string')
  return value
}

const SPACE = 0x20
const NUMBER = /-?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?/y
const WORDS: readonly (readonly [word: string, value: RegoValue])[] = [
  ['null', null],
  ['true', true],
  ['false', false],
  ['set()', new RegoSet([])],
]

class RegoTextReader {
  readonly #text: string
  #at = 0

  constructor(text: string) {
    this.#text = text
  }

  end(): void {
    this.#skipSpace()
    if (this.#at < this.#text.length) this.#fail()
  }

  value(): RegoValue {
    this.#skipSpace()
    const first = this.#text[this.#at]
    if (first === '"') return this.#string()
    if (first === '[') return this.#array()
    if (first === '{') return this.#setOrObject()
    for (const [word, value] of WORDS) {
      if (!this.#text.startsWith(word, this.#at)) continue
      this.#at += word.length
      return value
    }
    return this.#number()
  }

  #string(): string {
    const start = this.#at
    let end = start + 1
    while (end < this.#text.length && this.#text[end] !== '"') end += this.#text[end] === '\\' ? 2 : 1
    this.#at = end + 1
    return decodeString(this.#text.slice(start, this.#at))
  }

  #number(): number | bigint {
    NUMBER.lastIndex = this.#at
    const [found] = NUMBER.exec(this.#text) ?? this.#fail()
    this.#at += found.length
    return decodeNumber(found)
  }

  #array(): readonly RegoValue[] {
    this.#at += 1
    const items: RegoValue[] = []
    if (this.#take(']')) return items
    do items.push(this.value())
    while (this.#take(','))
    if (!this.#take(']')) this.#fail()
    return items
  }

  #setOrObject(): RegoSet | RegoObject {
    this.#at += 1
    if (this.#take('}')) return new RegoObject([])
    const first = this.value()
    if (!this.#take(':')) {
      const items = [first]
      while (this.#take(',')) items.push(this.value())
      if (!this.#take('}')) this.#fail()
      return new RegoSet(items)
    }
    const entries: [RegoValue, RegoValue][] = [[first, this.value()]]
    while (this.#take(',')) {
      const key = this.value()
      if (!this.#take(':')) this.#fail()
      entries.push([key, this.value()])
    }
    if (!this.#take('}')) this.#fail()
    return new RegoObject(entries)
  }

  #take(character: string): boolean {
    this.#skipSpace()
    if (this.#text[this.#at] !== character) return false
    this.#at += 1
    return true
  }

  #skipSpace(): void {
    while (this.#text.charCodeAt(this.#at) <= SPACE) this.#at += 1
  }

  #fail(): never {
    throw new SyntaxError(`unexpected text at ${this.#at} of a Rego value`)
  }
}

/** A double where that is exact enough for Rego: integers beyond 2^53 are bigints, fractions are rounded. */
function decodeNumber(text: string): number | bigint {
  const value = Number(text)
  if (!Number.isFinite(value)) throw new SyntaxError(`the number ${text} is too large`)
  if (Number.isInteger(value) && !Number.isSafeInteger(value) && /^-?\d+$/.test(text)) return BigInt(text)
  return value
}
