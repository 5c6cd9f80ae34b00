import type { Clock, Logger } from '../../schemas/runtime.ts'
import { PIPELINE_LIMITS } from '../limits.ts'

/** Attempts that fail for the same reason, one soon after the other. */
interface Episode {
  readonly sinceMs: number
  lastMs: number
  toldMs: number
}

/**
 * Says that the broker does not do what a node asks of it. The client tries again for as long as it takes, so this is no
 * failure of the node, but somebody has to know: told when it lasts, and again from time to time.
 */
export class BrokerTrouble {
  readonly #clock: Clock
  readonly #logger: Logger
  readonly #episodes = new Map<string, Episode>()

  constructor(clock: Clock, logger: Logger) {
    this.#clock = clock
    this.#logger = logger
  }

  /** What a client of a node, or of several, is to call with the reason of each attempt that has failed. */
  of(node: string): (error: Error) => void {
    return (error) => this.#note(node, error.message)
  }

  #note(node: string, reason: string): void {
    const nowMs = this.#clock.now()
    const key = `${node}\n${reason}`
    const episode = this.#current(key, nowMs)
    episode.lastMs = nowMs
    const lastsMs = nowMs - episode.sinceMs
    if (lastsMs < PIPELINE_LIMITS.troubleAfterMs.default) return
    if (nowMs - episode.toldMs < PIPELINE_LIMITS.troubleEveryMs.default) return
    episode.toldMs = nowMs
    const seconds = Math.round(lastsMs / 1_000)
    this.#logger.warn('the broker does not answer as it should; tried again until it does', { node, reason, seconds })
  }

  #current(key: string, nowMs: number): Episode {
    for (const [other, { lastMs }] of this.#episodes) {
      // An attempt to reach a host that swallows everything takes half a minute by itself.
      if (nowMs - lastMs >= 2 * PIPELINE_LIMITS.troubleEveryMs.default) this.#episodes.delete(other)
    }
    const known = this.#episodes.get(key)
    if (known !== undefined) return known
    const episode = { sinceMs: nowMs, lastMs: nowMs, toldMs: -Infinity }
    this.#episodes.set(key, episode)
    return episode
  }
}
