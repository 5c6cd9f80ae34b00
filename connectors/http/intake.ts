import { CONNECTOR_LIMITS } from '../limits.ts'
import { busy } from './refusal.ts'

/** Room for requests under way: so many at a time, and so many bytes of all their bodies together. */
export class Intake {
  readonly #maxRequests: number
  #requests = 0
  #bytes = 0

  constructor(maxRequests: number) {
    this.#maxRequests = maxRequests
  }

  /** Throws a Refusal with 503 when there is no room. */
  enter(): IntakeSlot {
    if (this.#requests >= this.#maxRequests) throw busy('too many requests are under way')
    this.#requests += 1
    let held = 0
    return {
      hold: (bytes) => {
        if (this.#bytes + bytes > CONNECTOR_LIMITS.httpBufferedBytes.default) throw busy('too much is being read')
        this.#bytes += bytes
        held += bytes
      },
      leave: () => {
        this.#requests -= 1
        this.#bytes -= held
        held = 0
      },
    }
  }
}

export interface IntakeSlot {
  /** Counts bytes that are kept in memory until `leave`. Throws a Refusal with 503 when there is no room. */
  hold(bytes: number): void
  /** Called once, when the request has been answered. */
  leave(): void
}
