import { setTimeout as delay } from 'node:timers/promises'
import type { Clock } from '../../../../schemas/runtime.ts'

/** Real time: a worker that does not answer cannot be waited for on a clock that stands still. */
export const systemClock: Clock = {
  now: () => Date.now(),
  async sleep(delayMs, signal) {
    await delay(delayMs, undefined, signal === undefined ? {} : { signal }).catch(() => {
      throw signal?.reason
    })
  },
}
