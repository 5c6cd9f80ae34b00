/** Sets an own field, whatever its name: an assignment to `__proto__` would change the prototype instead. */
export function setField(map: Record<string, unknown>, name: string, content: unknown): void {
  if (name === '__proto__') {
    Object.defineProperty(map, name, { value: content, enumerable: true, configurable: true, writable: true })
  } else map[name] = content
}
