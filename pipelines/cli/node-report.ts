import type { JsonObject } from '../../schemas/json.ts'
import type { Plan } from '../graph/plan.ts'
import type { NodeCounts, NodeStatus } from '../runtime/node-status.ts'
import { toJson } from './problem.ts'

/** One node of a run as status, summary and `--json` show it. Plain data: what it was at one moment. */
export interface NodeReport {
  readonly name: string
  readonly kind: NodeStatus['kind']
  readonly state: NodeStatus['state']
  readonly counts: Readonly<NodeCounts>
  /** Events taken in of which nothing has become yet: in flight, or left for the next run when it was broken off. */
  readonly unsettled: number
  /** Records of the input that it has not read. */
  readonly lag: number
  /** Where a source reads from or a sink writes to; empty where the name of the node says enough. */
  readonly place: string
  readonly error: NodeStatus['error']
}

export function reportNodes(plan: Plan, statuses: readonly NodeStatus[]): readonly NodeReport[] {
  const places = new Map([...plan.sources, ...plan.sinks].map((node) => [node.name, placeOf(node, plan.baseDir)]))
  return statuses.map(({ name, kind, state, counts, lag, error }) => ({
    name,
    kind,
    state,
    counts: { ...counts },
    unsettled: unsettledOf(counts),
    lag,
    place: places.get(name) ?? '',
    error,
  }))
}

export function nodeToJson({ error, counts, ...node }: NodeReport): JsonObject {
  return { ...node, counts: { ...counts }, error: error === null ? null : toJson(error) }
}

/** What the equation of `NodeStatus.isBalanced` leaves open. */
function unsettledOf(counts: NodeCounts): number {
  const { filtered, duplicates, dead, dropped, expanded } = counts
  return counts.in + expanded - (counts.out + filtered + duplicates + dead + dropped)
}

function placeOf(node: Plan['sources'][number] | Plan['sinks'][number], baseDir: string): string {
  const { definition } = node.plugin
  return definition.place?.(node.config, baseDir) ?? definition.type
}
