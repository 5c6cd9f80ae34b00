import type { CliIo, StopSignal } from './cli-io.ts'
import { Deferred } from './deferred.ts'

/**
 * The signals that a command has got: the first asks it to end in order, the second not to wait for that. Where neither
 * comes, the promises stay open.
 */
export class StopSignals {
  readonly #first = new Deferred<StopSignal>()
  readonly #second = new Deferred<StopSignal>()
  readonly #dispose: () => void
  #received: StopSignal | null = null

  constructor(io: Pick<CliIo, 'onSignal'>) {
    this.#dispose = io.onSignal((signal) => {
      if (this.#received !== null) this.#second.resolve(signal)
      this.#received ??= signal
      this.#first.resolve(signal)
    })
  }

  get first(): Promise<StopSignal> {
    return this.#first.promise
  }

  get second(): Promise<StopSignal> {
    return this.#second.promise
  }

  /** The first one, if any has come. */
  get received(): StopSignal | null {
    return this.#received
  }

  /** From now on signals have their usual effect. */
  close(): void {
    this.#dispose()
  }
}
