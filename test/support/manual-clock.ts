import type { Clock } from '../../schemas/runtime.ts'

interface Sleeper {
  readonly wakeMs: number
  readonly wake: () => void
}

/** A clock that stands still until it is moved. */
export class ManualClock implements Clock {
  #nowMs: number
  readonly #sleepers = new Set<Sleeper>()

  constructor(nowMs = 1_700_000_000_000) {
    this.#nowMs = nowMs
  }

  now(): number {
    return this.#nowMs
  }

  sleep(delayMs: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted === true) {
        reject(signal.reason as Error)
        return
      }
      const aborted = (): void => {
        this.#sleepers.delete(sleeper)
        reject(signal?.reason as Error)
      }
      const wake = (): void => {
        signal?.removeEventListener('abort', aborted)
        resolve()
      }
      const sleeper = { wakeMs: this.#nowMs + delayMs, wake }
      this.#sleepers.add(sleeper)
      signal?.addEventListener('abort', aborted, { once: true })
    })
  }

  /** How many wait for time to pass. */
  get sleeping(): number {
    return this.#sleepers.size
  }

  /** Moves time on, wakes those whose time has come, in order, and lets them do what they do next. */
  async advance(byMs: number): Promise<void> {
    const untilMs = this.#nowMs + byMs
    for (;;) {
      const next = [...this.#sleepers].filter(({ wakeMs }) => wakeMs <= untilMs).sort((a, b) => a.wakeMs - b.wakeMs)[0]
      if (next === undefined) break
      this.#nowMs = Math.max(this.#nowMs, next.wakeMs)
      this.#sleepers.delete(next)
      next.wake()
      await new Promise((resolve) => setImmediate(resolve))
    }
    this.#nowMs = untilMs
  }
}
