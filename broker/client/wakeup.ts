/** Lets some wait until others say that something has changed. */
export class Wakeup {
  readonly #waiting = new Set<() => void>()
  #count = 0

  /** How often `notify` was called: taken before a look at what may change, it makes sure that no change is missed. */
  get count(): number {
    return this.#count
  }

  /** Wakes all who wait now. */
  notify(): void {
    this.#count += 1
    const waiting = [...this.#waiting]
    this.#waiting.clear()
    for (const wake of waiting) wake()
  }

  /** Resolves at the next `notify` after the given count, or when the signal aborts. */
  async wait(signal?: AbortSignal, since = this.#count): Promise<void> {
    if (signal?.aborted === true || since !== this.#count) return
    await new Promise<void>((resolve) => {
      const wake = (): void => {
        this.#waiting.delete(wake)
        signal?.removeEventListener('abort', wake)
        resolve()
      }
      this.#waiting.add(wake)
      signal?.addEventListener('abort', wake, { once: true })
    })
  }
}
