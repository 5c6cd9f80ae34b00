import type { Scheduler } from '../../broker/groups/scheduler.ts'

interface Timer {
  readonly atMs: number
  readonly run: () => void
}

/** A scheduler whose time stands still until it is moved. */
export class ManualScheduler implements Scheduler {
  #nowMs: number
  #timers: Timer[] = []

  constructor(nowMs = 1_000_000) {
    this.#nowMs = nowMs
  }

  now(): number {
    return this.#nowMs
  }

  at(atMs: number, run: () => void): () => void {
    const timer = { atMs, run }
    this.#timers.push(timer)
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer)
    }
  }

  get waiting(): number {
    return this.#timers.length
  }

  /** Lets time pass, running what comes due in its order, each at its own moment, with what it leads to in between. */
  async advance(byMs: number): Promise<void> {
    const endMs = this.#nowMs + byMs
    for (let next = this.#next(endMs); next !== undefined; next = this.#next(endMs)) {
      this.#timers = this.#timers.filter((other) => other !== next)
      this.#nowMs = Math.max(this.#nowMs, next.atMs)
      next.run()
      await settle()
    }
    this.#nowMs = endMs
    await settle()
  }

  #next(endMs: number): Timer | undefined {
    const [first] = this.#timers.filter(({ atMs }) => atMs <= endMs).sort((a, b) => a.atMs - b.atMs)
    return first
  }
}

/** Lets everything happen that waits for nothing but its turn. */
export function settle(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve)
  })
}
