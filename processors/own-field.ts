/** Sets an own field, whatever its name: an assignment to `__proto__` would change the prototype instead. */
export function setField(map: Record<string, unknown>, name: string, content: unknown): void {
  if (name === '__proto__') {
    Object.defineProperty(map, name, { value: content, enumerable: true, configurable: true, writable: true })
  } else map[name] = content
}

/** A copy whose fields can be set. Field by field: a spread copy takes ten times as long once a new field is set in it. */
export function copyFields<T>(map: Readonly<Record<string, T>>): Record<string, T> {
  const copy: Record<string, T> = {}
  for (const name of Object.keys(map)) setField(copy, name, map[name])
  return copy
}
