/** A bound that keeps one input from costing everybody else. Invariant 6: it has a name, a unit, a default, a reason. */
export interface Limit {
  readonly default: number
  readonly unit: 'bytes' | 'ms' | 'count'
  readonly reason: string
}
