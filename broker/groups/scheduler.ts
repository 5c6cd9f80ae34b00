import type { Clock } from '../../schemas/runtime.ts'

/** Time and one kind of timer, for deadlines that are data. */
export interface Scheduler {
  /** ms since the epoch; never less than before. */
  now(): number
  /** Calls `run` once, at `atMs` or soon after, never before this call has returned. The result takes it back. */
  at(atMs: number, run: () => void): () => void
}

/** The longest that a timer of Node can wait; a later moment is slept towards in parts. */
const LONGEST_SLEEP_MS = 2_147_483_647

/**
 * A scheduler on a clock that people may set. When the clock is set back, time here goes on from where it was: a
 * deadline comes late by its own length at most. When it is set forward, sessions end and the members join again.
 */
export function createScheduler(clock: Clock): Scheduler {
  let offsetMs = 0
  let lastMs = Number.NEGATIVE_INFINITY

  function now(): number {
    const nowMs = clock.now() + offsetMs
    if (nowMs < lastMs) offsetMs += lastMs - nowMs
    lastMs = Math.max(lastMs, nowMs)
    return lastMs
  }

  async function sleepUntil(atMs: number, signal: AbortSignal): Promise<void> {
    do {
      await clock.sleep(Math.min(Math.max(atMs - now(), 0), LONGEST_SLEEP_MS), signal)
    } while (now() < atMs)
  }

  return {
    now,
    at(atMs, run) {
      const cancelled = new AbortController()
      const { signal } = cancelled
      const slept = sleepUntil(atMs, signal).then(
        () => true,
        (error: unknown) => {
          if (signal.aborted) return false
          throw error
        },
      )
      void slept.then((isDue) => {
        if (isDue && !signal.aborted) run()
      })
      return () => cancelled.abort()
    },
  }
}
