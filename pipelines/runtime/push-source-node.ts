import { Producer } from '../../broker/client/producer.ts'
import type { PushSourceDefinition } from '../../connectors/connector.ts'
import type { NewEvent } from '../../schemas/event.ts'
import { StoplogError } from '../../schemas/stoplog-error.ts'
import type { SourcePlan } from '../graph/plan.ts'
import { connectorContext } from './connector-context.ts'
import { NodeStop } from './node-stop.ts'
import type { RunContext } from './run-context.ts'
import { SourceIntake } from './source-intake.ts'

/** A webhook waits for its answer: a batch waits for others no longer than this. */
const LINGER_MS = 1

/**
 * A source to which others send. Each delivery is answered when its events are durable; there is no position to keep,
 * because who gets no answer sends again. Invariant 1.
 */
export class PushSourceNode {
  readonly plan: SourcePlan
  readonly #definition: PushSourceDefinition
  readonly #context: RunContext
  readonly #closed = new AbortController()

  constructor(plan: SourcePlan, definition: PushSourceDefinition, context: RunContext) {
    this.plan = plan
    this.#definition = definition
    this.#context = context
  }

  /** Listens until the signal aborts; deliveries under way are finished then. */
  async run(signal: AbortSignal): Promise<void> {
    const { cluster, trouble } = this.#context
    const producer = new Producer(cluster, { lingerMs: LINGER_MS, onTrouble: trouble.of(this.plan.name) })
    const stop = AbortSignal.any([signal, this.#closed.signal])
    const intake = await SourceIntake.create(this.plan, this.#context, producer, this.#closed.signal)
    const source = await this.#definition.create(this.plan.config, connectorContext(this.plan, this.#context, stop))
    const stopped = new Promise<NodeStop | null>((resolve) => {
      const deliver = (events: readonly NewEvent[]): Promise<void> => this.#deliver(events, intake, producer, resolve)
      if (stop.aborted) resolve(null)
      else stop.addEventListener('abort', () => resolve(null), { once: true })
      source.start(deliver).catch((error: unknown) => resolve(toStop(error)))
    })
    const reason = await stopped
    await source.close()
    await intake.close()
    producer.close()
    if (reason !== null) throw reason
  }

  async restart(): Promise<void> {
    // There is nothing to take up again: whoever was not answered sends again.
  }

  abort(): void {
    this.#closed.abort()
  }

  async #deliver(
    events: readonly NewEvent[],
    intake: SourceIntake,
    producer: Producer,
    stop: (reason: NodeStop) => void,
  ): Promise<void> {
    if (producer.isFull || this.#context.isHeldBack()) {
      throw new StoplogError('E_BACKPRESSURE', 'there is no room for more events now', { retryable: true })
    }
    try {
      await (await intake.take(events, [])).delivered()
    } catch (error) {
      if (error instanceof NodeStop) stop(error)
      throw error
    }
  }
}

/** A listener that cannot listen will not be able to later either: its node stops and says why. */
function toStop(error: unknown): NodeStop {
  if (error instanceof StoplogError) return new NodeStop(error)
  const message = error instanceof Error ? error.message : String(error)
  return new NodeStop(new StoplogError('E_LISTEN', message, { cause: error }))
}
