import type { Clock } from '../../schemas/runtime.ts'
import type { PolicyEngine } from './policy-engine.ts'

interface Shared {
  readonly engine: PolicyEngine
  users: number
}

/**
 * Engines in use. A step has an instance for each partition, and a worker each would cost 16 MB and 0.1 s of processor
 * time to start; one worker evaluates faster than the rest of a pipeline runs. Time is that of a clock, so each clock
 * has engines of its own.
 */
const enginesOf = new WeakMap<Clock, Map<string, Shared>>()

/**
 * An engine that others with the same clock and name use as well. Batches of several users wait for each other. Its
 * `close` gives it back; it ends with its last user.
 */
export function shareEngine(clock: Clock, name: string, create: () => PolicyEngine): PolicyEngine {
  const engines = enginesOf.get(clock) ?? new Map<string, Shared>()
  enginesOf.set(clock, engines)
  const shared = engines.get(name) ?? { engine: create(), users: 0 }
  engines.set(name, shared)
  shared.users += 1
  let isInUse = true
  return {
    info: shared.engine.info,
    evaluate: (inputs, signal) => shared.engine.evaluate(inputs, signal),
    async close() {
      if (!isInUse) return
      isInUse = false
      shared.users -= 1
      if (shared.users > 0) return
      engines.delete(name)
      await shared.engine.close()
    },
  }
}
