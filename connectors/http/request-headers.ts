import type { IncomingHttpHeaders } from 'node:http'
import type { EventHeaders } from '../../schemas/event.ts'

const HIDDEN = new Set(['authorization', 'proxy-authorization', 'cookie', 'set-cookie'])

/** True for headers that carry credentials whatever the config says. */
export function isHiddenHeader(name: string): boolean {
  return HIDDEN.has(name)
}

/** The headers of a request as expressions see them: lower-case names, without those that carry credentials. */
export function visibleHeaders(headers: IncomingHttpHeaders, hidden: ReadonlySet<string>): EventHeaders {
  // No prototype: a header may be called anything.
  const visible = Object.create(null) as Record<string, string>
  for (const [name, value] of Object.entries(headers)) {
    if (typeof value === 'string' && !isHiddenHeader(name) && !hidden.has(name)) visible[name] = value
  }
  return visible
}
