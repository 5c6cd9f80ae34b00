/** OCSF's severities. `rank` puts them in order: what a source names in its own words stands below Low. */
export const OCSF_SEVERITIES = {
  unknown: { id: 0, caption: 'Unknown', rank: 0 },
  informational: { id: 1, caption: 'Informational', rank: 1 },
  other: { id: 99, caption: 'Other', rank: 2 },
  low: { id: 2, caption: 'Low', rank: 3 },
  medium: { id: 3, caption: 'Medium', rank: 4 },
  high: { id: 4, caption: 'High', rank: 5 },
  critical: { id: 5, caption: 'Critical', rank: 6 },
  fatal: { id: 6, caption: 'Fatal', rank: 7 },
} as const

export interface Severity {
  readonly id: number
  /** OCSF's caption, or the source's own word for `99 Other`. */
  readonly caption: string
  readonly rank: number
}

/** The severity that a tool names in a word; none is Unknown, one that OCSF does not have is Other with that word. */
export function toSeverity(word: string | undefined): Severity {
  if (word === undefined) return OCSF_SEVERITIES.unknown
  const name = word.toLowerCase()
  return isSeverityName(name) ? OCSF_SEVERITIES[name] : { ...OCSF_SEVERITIES.other, caption: word }
}

function isSeverityName(name: string): name is keyof typeof OCSF_SEVERITIES {
  return Object.hasOwn(OCSF_SEVERITIES, name)
}
