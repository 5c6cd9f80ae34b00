import type { FailureAction, OnErrorConfig } from '../../schemas/pipeline.ts'

/** When failures stop a node: `ratio` of its events, but at least `atLeast`, failed within `withinMs`. */
export interface StopAfter {
  /** From 0 to 1. */
  readonly ratio: number
  readonly atLeast: number
  readonly withinMs: number
}

export interface OnErrorPlan {
  readonly action: FailureAction
  /** Null: failures never stop the node. */
  readonly stopAfter: StopAfter | null
}

const DEFAULT: OnErrorPlan = { action: 'dead_letter', stopAfter: { ratio: 0.5, atLeast: 100, withinMs: 300_000 } }

/** What holds where several levels speak: the innermost for each of the two settings. Outermost first. */
export function resolveOnError(levels: readonly (OnErrorConfig | undefined)[]): OnErrorPlan {
  let { action, stopAfter } = DEFAULT
  for (const level of levels) {
    action = level?.action ?? action
    const written = level?.stop_after
    if (written === 'never') stopAfter = null
    else if (written !== undefined) {
      stopAfter = { ratio: written.ratio, atLeast: written.at_least, withinMs: written.within }
    }
  }
  return { action, stopAfter }
}
