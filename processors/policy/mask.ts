import { isJsonObject, type Json } from '../../schemas/json.ts'

/** A place that a decision record must not show. */
export interface Mask {
  readonly of: 'input' | 'result'
  readonly path: readonly string[]
  /** The JSON pointer as OPA writes it: `/input/token`. */
  readonly pointer: string
}

/** `/input/…` or `/result/…`, with `~1` for a slash and `~0` for a tilde in a name. */
export const MASK_POINTER = /^\/(?:input|result)(?:\/(?:[^~/]|~[01])*)+$/

/** Reads a pointer that MASK_POINTER matches. */
export function parseMask(pointer: string): Mask {
  const [, of, ...names] = pointer.split('/')
  const path = names.map((name) => name.replaceAll('~1', '/').replaceAll('~0', '~'))
  return { of: of === 'input' ? 'input' : 'result', path, pointer }
}

/** The value without what the masks name, and which of them named something. The value itself stays as it is. */
export function applyMasks(
  value: Json,
  masks: readonly Mask[],
): { readonly value: Json; readonly erased: readonly string[] } {
  let rest = value
  const erased: string[] = []
  for (const { path, pointer } of masks) {
    const without = erase(rest, path)
    if (without === undefined) continue
    rest = without
    erased.push(pointer)
  }
  return { value: rest, erased }
}

/** A copy without the place; undefined when there is no such place. */
function erase(value: Json, [name, ...rest]: readonly string[]): Json | undefined {
  if (name === undefined) return undefined
  if (Array.isArray(value)) {
    const index = /^\d+$/.test(name) ? Number(name) : value.length
    if (index >= value.length) return undefined
    const item = rest.length === 0 ? undefined : erase(value[index] ?? null, rest)
    if (rest.length > 0 && item === undefined) return undefined
    return item === undefined ? value.toSpliced(index, 1) : value.with(index, item)
  }
  if (!isJsonObject(value) || !Object.hasOwn(value, name)) return undefined
  const member = rest.length === 0 ? undefined : erase(value[name] ?? null, rest)
  if (rest.length > 0 && member === undefined) return undefined
  const others = Object.entries(value).map(([key, held]) => [key, key === name ? member : held] as const)
  return Object.fromEntries(others.filter((entry): entry is [string, Json] => entry[1] !== undefined))
}
