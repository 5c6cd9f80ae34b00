import type { StoplogError } from '../../schemas/stoplog-error.ts'

/** What a node has done since it was started; what `run` prints in the end. */
export interface NodeCounts {
  /** Events taken in. */
  in: number
  /** Events written to the topic, or confirmed by the outside system. */
  out: number
  filtered: number
  duplicates: number
  dead: number
  /** Failed events that `on_error: drop` has thrown away. */
  dropped: number
  /** Events that `split` has made, beyond the ones it made them of. */
  expanded: number
  /** Documents that an earlier run had read already. */
  alreadyRead: number
  /** Documents (files, pages: partitions of a source) that gave something now. */
  read: number
}

export type NodeState = 'starting' | 'running' | 'retrying' | 'done' | 'stopped'

/**
 * One node of a run, as others see it. Invariant 2: at rest, `in + expanded = out + filtered + duplicates + dead +
 * dropped`; `isBalanced` says so.
 */
export class NodeStatus {
  readonly name: string
  readonly kind: 'source' | 'stream' | 'sink'
  readonly counts: NodeCounts = {
    in: 0,
    out: 0,
    filtered: 0,
    duplicates: 0,
    dead: 0,
    dropped: 0,
    expanded: 0,
    alreadyRead: 0,
    read: 0,
  }
  state: NodeState = 'starting'
  /** Why it is retrying, or has stopped. */
  error: StoplogError | null = null
  /** Records of the input that the group has not settled. */
  lag = 0

  constructor(name: string, kind: 'source' | 'stream' | 'sink') {
    this.name = name
    this.kind = kind
  }

  add(counts: Partial<NodeCounts>): void {
    for (const [name, amount] of Object.entries(counts)) this.counts[name as keyof NodeCounts] += amount
  }

  get isBalanced(): boolean {
    const c = this.counts
    return c.in + c.expanded === c.out + c.filtered + c.duplicates + c.dead + c.dropped
  }
}
