import type { StopAfter } from '../graph/on-error.ts'

/** Counts of one slice of time. */
interface Slice {
  readonly fromMs: number
  events: number
  failures: number
}

const SLICES = 10

/**
 * Watches how many of a node's events fail, over the last while: when it is too many, something is wrong with more than
 * the events, and the node stops rather than moving everything it reads to the dead letters.
 */
export class FailureWindow {
  readonly #limit: StopAfter | null
  #slices: Slice[] = []

  /** Null: failures never stop the node. */
  constructor(limit: StopAfter | null) {
    this.#limit = limit
  }

  /** Notes what has become of some events. True when the node has to stop. */
  note(events: number, failures: number, nowMs: number): boolean {
    if (this.#limit === null) return false
    const { ratio, atLeast, withinMs } = this.#limit
    const sliceMs = Math.max(withinMs / SLICES, 1)
    this.#slices = this.#slices.filter(({ fromMs }) => nowMs - fromMs < withinMs)
    let slice = this.#slices.at(-1)
    if (slice === undefined || nowMs - slice.fromMs >= sliceMs) {
      slice = { fromMs: nowMs, events: 0, failures: 0 }
      this.#slices.push(slice)
    }
    slice.events += events
    slice.failures += failures
    const allEvents = this.#slices.reduce((sum, { events: count }) => sum + count, 0)
    const allFailures = this.#slices.reduce((sum, { failures: count }) => sum + count, 0)
    return allFailures >= atLeast && allFailures >= ratio * allEvents
  }
}
