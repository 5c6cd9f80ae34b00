/** A request that goes through lets the next ones be larger by this part, up to what the batch holds. */
const GROWTH = 1 / 8

/**
 * How large a request may be, learned from what the server says. What it finds too large (413) is never sent again in
 * that size. What it has no room for now (429) is tried in half the size, because a server that admits only so many
 * bytes at a time would refuse the same request for ever; sizes grow again with what goes through.
 */
export class RequestSize {
  #largest = Number.MAX_SAFE_INTEGER
  #admitted = Number.MAX_SAFE_INTEGER

  get maxBytes(): number {
    return Math.min(this.#largest, this.#admitted)
  }

  tooLarge(bytes: number): void {
    this.#largest = Math.min(this.#largest, half(bytes))
  }

  overloaded(bytes: number): void {
    this.#admitted = Math.min(this.#admitted, half(bytes))
  }

  accepted(): void {
    this.#admitted = Math.min(Number.MAX_SAFE_INTEGER, Math.ceil(this.#admitted * (1 + GROWTH)))
  }
}

function half(bytes: number): number {
  return Math.ceil(bytes / 2)
}
