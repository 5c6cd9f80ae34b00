import type { Json } from '../../schemas/json.ts'
import type { Path } from './diagnostic.ts'

/** A copy with another value at a path; the same where the path leads nowhere. */
export function replaceAt(json: Json, path: Path, value: Json): Json {
  const [part, ...rest] = path
  if (part === undefined) return value
  if (Array.isArray(json))
    return json.map((item: Json, index) => (index === part ? replaceAt(item, rest, value) : item))
  if (typeof json !== 'object' || json === null) return json
  return Object.fromEntries(
    Object.entries(json).map(([key, item]) => [key, key === part ? replaceAt(item, rest, value) : item]),
  )
}
