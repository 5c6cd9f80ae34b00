import type { MapNode } from './document-tree.ts'
import type { Path } from './diagnostic.ts'
import type { Findings } from './findings.ts'

/** Words that the design of the document gives a meaning to and this version does not read yet. */
const RESERVED_KEYS = {
  document: ['tables', 'include', 'step_lists', 'for_each', 'state'],
  broker: ['tls', 'sasl'],
  source: ['snapshot', 'idle_after', 'for_each', 'was', 'late'],
  stream: [
    'join',
    'group_by',
    'window',
    'aggregate',
    'emit',
    'expect',
    'late',
    'idle_after',
    'for_each',
    'was',
    'state',
  ],
  sink: ['for_each', 'was'],
} as const

const RESERVED_STEPS = ['rename', 'time', 'convert', 'enrich', 'throttle', 'sample', 'route', 'use', 'window', 'join']

const RESERVED_CONNECTORS = [
  'topic',
  'kafka',
  'github-actions',
  'github',
  'gitlab',
  'jenkins',
  's3',
  'splunk-hec',
  'sqs',
]

/**
 * Reports the reserved keys of a map, each as something that is to come rather than as unknown, and names them, so
 * that nothing else is said about them.
 */
export function refuseReservedKeys(
  place: keyof typeof RESERVED_KEYS,
  node: MapNode,
  path: Path,
  findings: Findings,
): ReadonlySet<string> {
  const refused = new Set<string>()
  for (const key of RESERVED_KEYS[place]) {
    const entry = node.entries.get(key)
    if (entry === undefined) continue
    refused.add(key)
    const message = `\`${key}\` is not in this version yet`
    findings.add({ code: 'E_NOT_YET', range: entry.keyRange, path: [...path, key], message })
  }
  return refused
}

export function isReservedStep(name: string): boolean {
  return RESERVED_STEPS.includes(name)
}

export function isReservedConnector(name: string): boolean {
  return RESERVED_CONNECTORS.includes(name)
}
