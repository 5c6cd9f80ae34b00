import type { Clock } from '../../schemas/runtime.ts'

interface Sleeper {
  readonly atMs: number
  readonly wake: () => void
}

/** A clock whose time stands still until a test moves it. */
export class ManualClock implements Clock {
  #nowMs: number
  #sleepers: Sleeper[] = []

  constructor(nowMs = Date.UTC(2026, 0, 1)) {
    this.#nowMs = nowMs
  }

  now(): number {
    return this.#nowMs
  }

  sleep(delayMs: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted === true) {
        reject(toError(signal.reason))
        return
      }
      const onAbort = (): void => {
        this.#sleepers = this.#sleepers.filter((other) => other !== sleeper)
        reject(toError(signal?.reason))
      }
      const wake = (): void => {
        signal?.removeEventListener('abort', onAbort)
        resolve()
      }
      const sleeper = { atMs: this.#nowMs + delayMs, wake }
      this.#sleepers.push(sleeper)
      signal?.addEventListener('abort', onAbort, { once: true })
    })
  }

  /** How many wait at this moment. */
  get waiting(): number {
    return this.#sleepers.length
  }

  /** Lets time pass at once and wakes who has waited long enough, in order. */
  advance(byMs: number): void {
    this.#nowMs += byMs
    const due = this.#sleepers.filter(({ atMs }) => atMs <= this.#nowMs).sort((a, b) => a.atMs - b.atMs)
    this.#sleepers = this.#sleepers.filter(({ atMs }) => atMs > this.#nowMs)
    for (const { wake } of due) wake()
  }

  /** Lets time pass step by step: wakes each at its time and lets it go on, and it may wait again meanwhile. */
  async pass(byMs: number): Promise<void> {
    const untilMs = this.#nowMs + byMs
    for (;;) {
      const nextMs = Math.min(...this.#sleepers.map(({ atMs }) => atMs))
      if (nextMs > untilMs) break
      this.advance(Math.max(nextMs - this.#nowMs, 0))
      await new Promise((resolve) => setImmediate(resolve))
    }
    this.advance(Math.max(untilMs - this.#nowMs, 0))
  }
}

function toError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error('aborted')
}
