import type { Clock } from '../../schemas/runtime.ts'

export interface BackoffOptions {
  readonly firstMs: number
  readonly maxMs: number
}

export const CLIENT_BACKOFF: BackoffOptions = { firstMs: 50, maxMs: 2_000 }

/** Waiting times between attempts: doubling to a cap, each drawn anew from the whole range (full jitter). */
export class Backoff {
  readonly #clock: Clock
  readonly #options: BackoffOptions
  readonly #random: () => number
  #attempts = 0

  constructor(clock: Clock, options: BackoffOptions = CLIENT_BACKOFF, random: () => number = Math.random) {
    this.#clock = clock
    this.#options = options
    this.#random = random
  }

  get attempts(): number {
    return this.#attempts
  }

  /** After a success the next wait is short again. */
  reset(): void {
    this.#attempts = 0
  }

  /** The wait before the next attempt; at least `atLeastMs`, which the other side may have asked for. */
  nextMs(atLeastMs = 0): number {
    const { firstMs, maxMs } = this.#options
    const cap = Math.min(maxMs, firstMs * 2 ** Math.min(this.#attempts, 30))
    this.#attempts += 1
    return Math.max(atLeastMs, Math.ceil(this.#random() * cap))
  }

  async wait(signal?: AbortSignal, atLeastMs = 0): Promise<void> {
    await this.#clock.sleep(this.nextMs(atLeastMs), signal)
  }
}
