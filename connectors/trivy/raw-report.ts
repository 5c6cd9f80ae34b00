import { isJsonObject, type Json, type JsonObject } from '../../schemas/json.ts'
import { StoplogError } from '../../schemas/stoplog-error.ts'

/*
 * Reading of JSON that a Go program wrote: any field may be absent, null or empty, and all three mean the same. A field
 * of another type than expected is left alone where it only adds detail, and refused where findings would be lost.
 */

/** A text that is there and not empty. */
export function textAt(object: JsonObject | undefined, field: string): string | undefined {
  const value = object?.[field]
  return typeof value === 'string' && value !== '' ? value : undefined
}

export function numberAt(object: JsonObject | undefined, field: string): number | undefined {
  const value = object?.[field]
  return typeof value === 'number' ? value : undefined
}

export function objectAt(object: JsonObject | undefined, field: string): JsonObject | undefined {
  const value = object?.[field]
  return value !== undefined && isJsonObject(value) ? value : undefined
}

/** The texts of a list; other elements are left out. */
export function textsAt(object: JsonObject | undefined, field: string): readonly string[] {
  const value = object?.[field]
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string' && item !== '') : []
}

/** The objects of a list that holds findings; nulls are left out. Refuses what is no list of objects. */
export function objectsAt(object: JsonObject, field: string, path: string): readonly PlacedObject[] {
  const value = object[field]
  if (value === undefined || value === null) return []
  if (!Array.isArray(value)) throw unreadable(`${path}${field} is not a list`)
  return (value as readonly Json[]).flatMap((item, index) => {
    if (item === null) return []
    const place = `${path}${field}[${index}]`
    if (!isJsonObject(item)) throw unreadable(`${place} is not an object`)
    return [{ object: item, path: `${place}.` }]
  })
}

export interface PlacedObject {
  readonly object: JsonObject
  /** Where it stands in the report, with a dot at the end: `Results[0].`. */
  readonly path: string
}

/** ms since the epoch of an RFC 3339 text. Go writes the year 1 for "none"; no scan and no advisory is that old. */
export function timeAt(object: JsonObject | undefined, field: string): number | undefined {
  const text = textAt(object, field)
  if (text === undefined || !RFC3339.test(text)) return undefined
  const time = Date.parse(text)
  return time >= EARLIEST_MS ? time : undefined
}

const RFC3339 = /^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:[Zz]|[+-]\d\d:\d\d)$/
const EARLIEST_MS = Date.UTC(1990, 0, 1)

/** The object without some of its fields. Own fields only, so `__proto__` is one like any other. */
export function without(object: JsonObject, fields: ReadonlySet<string>): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([field]) => !fields.has(field)))
}

/** The object without the fields that are undefined: absent, as JSON has it. Not for names that a report chooses. */
export function present<T extends object>(fields: { readonly [K in keyof T]: T[K] | undefined }): T {
  const result: Record<string, unknown> = {}
  for (const [field, value] of Object.entries(fields)) {
    if (value !== undefined) result[field] = value
  }
  return result as T
}

export function unreadable(message: string, fix?: string): StoplogError {
  return new StoplogError('E_TRIVY_REPORT', message, fix === undefined ? {} : { fix })
}
