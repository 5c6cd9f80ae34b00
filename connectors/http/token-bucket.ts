import type { Clock } from '../../schemas/runtime.ts'

/** What one passage costs; a second fills so many times as much as may pass in it, so all is counted in whole numbers. */
const COST = 1_000

/** Lets so many through per second on average, and as many at once after a pause. */
export class TokenBucket {
  readonly #perSecond: number
  readonly #clock: Clock
  #filled: number
  #filledMs: number

  constructor(perSecond: number, clock: Clock) {
    this.#perSecond = perSecond
    this.#clock = clock
    this.#filled = perSecond * COST
    this.#filledMs = clock.now()
  }

  /** 0 when one more may pass; otherwise the milliseconds until one may. */
  take(): number {
    const nowMs = this.#clock.now()
    // A clock that was set back fills nothing.
    const passedMs = Math.max(0, nowMs - this.#filledMs)
    this.#filled = Math.min(this.#perSecond * COST, this.#filled + passedMs * this.#perSecond)
    this.#filledMs = nowMs
    if (this.#filled < COST) return Math.ceil((COST - this.#filled) / this.#perSecond)
    this.#filled -= COST
    return 0
  }
}
