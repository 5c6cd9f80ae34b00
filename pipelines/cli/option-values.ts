import type { Durability } from '../../broker/options.ts'
import { parseServerProperties } from '../../broker/server-properties.ts'
import { usage } from './command-line.ts'

/** A port; 0 takes a free one. */
export function parsePort(text: string | undefined, standard: number): number {
  if (text === undefined) return standard
  const port = Number(text)
  if (/^\d{1,5}$/.test(text) && port <= 65_535) return port
  throw usage(`--port ${text} is no port`, 'write a number from 0 to 65535; 0 takes any that is free')
}

export function parseDurability(text: string | undefined): Durability {
  if (text === undefined || text === 'commit') return 'commit'
  if (text === 'interval') return 'interval'
  throw usage(`--durability ${text} is neither commit nor interval`, 'write --durability commit, or leave it out')
}

/** A number of events, 1 at least; undefined: no limit. */
export function parseLimit(text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  if (/^\d{1,9}$/.test(text) && Number(text) > 0) return Number(text)
  throw usage(`--limit ${text} is no number of events`, 'write a number such as --limit 10')
}

/** Properties of the broker by their names, checked. Throws E_PROPERTY for what is unknown or no value. */
export function parseProperties(texts: readonly string[]): Readonly<Record<string, string>> {
  const properties = Object.fromEntries(
    texts.map((text) => {
      const at = text.indexOf('=')
      if (at <= 0) throw usage(`--property ${text} is no property`, 'write --property NAME=VALUE')
      return [text.slice(0, at), text.slice(at + 1)]
    }),
  )
  parseServerProperties(properties)
  return properties
}
