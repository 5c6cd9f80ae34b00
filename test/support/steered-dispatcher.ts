import { Wakeup } from '../../broker/client/wakeup.ts'
import type { Connected, Dispatched, Dispatcher } from '../../broker/server/dispatch.ts'

/** A request that waits for the test to answer it. */
export interface SteeredRequest {
  readonly frame: Buffer
  readonly connected: Connected
  /** Null: there is none. */
  answer(frame: Buffer | null): void
}

/** Handles nothing by itself: a test answers each request when it likes. Requests that begin with `P` are parked. */
export class SteeredDispatcher implements Dispatcher {
  readonly requests: SteeredRequest[] = []
  readonly #changed = new Wakeup()

  dispatch(frame: Buffer, connected: Connected): Dispatched {
    const answer = new Promise<readonly Buffer[] | null>((resolve) => {
      this.requests.push({ frame, connected, answer: (bytes) => resolve(bytes === null ? null : [bytes]) })
    })
    this.#changed.notify()
    return { answer, parks: frame.toString('latin1', 0, 1) === 'P', whenSent: [] }
  }

  /** Resolves when so many requests have come in all. */
  async received(count: number): Promise<void> {
    while (this.requests.length < count) await this.#changed.wait()
  }

  get texts(): readonly string[] {
    return this.requests.map(({ frame }) => frame.toString('latin1'))
  }
}
