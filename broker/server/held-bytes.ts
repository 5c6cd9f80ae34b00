/** Part of the limit that answers may be made for; the rest is for what is made already, and for requests. */
const ANSWER_SHARE = 0.5

/**
 * Bytes that are kept for clients: requests that have not ended yet, and answers that nobody has taken. When they fill
 * half of the limit, answers get smaller; when they exceed it, somebody has to go.
 */
export class HeldBytes {
  readonly maxBytes: number
  #bytes = 0
  readonly #exceeded: () => void

  constructor(maxBytes: number, exceeded: () => void) {
    this.maxBytes = maxBytes
    this.#exceeded = exceeded
  }

  get bytes(): number {
    return this.#bytes
  }

  /** Takes as much of what is wanted as there is room for, maybe nothing; to be given back by `change`. */
  reserve(wantedBytes: number): number {
    const room = Math.max(0, this.maxBytes * ANSWER_SHARE - this.#bytes)
    const granted = Math.max(0, Math.min(wantedBytes, room))
    this.#bytes += granted
    return granted
  }

  change(deltaBytes: number): void {
    this.#bytes += deltaBytes
    if (deltaBytes > 0 && this.#bytes > this.maxBytes) this.#exceeded()
  }
}
