import type { Producer } from '../../broker/client/producer.ts'
import { toKeyText } from '../../processors/key/key.ts'
import type { FailedInput, NewEvent } from '../../schemas/event.ts'
import type { CompiledExpression } from '../../schemas/runtime.ts'
import { StoplogError } from '../../schemas/stoplog-error.ts'
import { PIPELINE_LIMITS } from '../limits.ts'
import type { SourcePlan } from '../graph/plan.ts'
import { createChain } from './create-chain.ts'
import { FailedEvents } from './failed-events.ts'
import type { NodeStatus } from './node-status.ts'
import { NodeStop } from './node-stop.ts'
import type { RunContext } from './run-context.ts'
import { RuntimeEvent } from './runtime-event.ts'
import { SourceHeaders, SourceOrigin } from './source-origin.ts'
import { type FailedEvent, type StepChain, toEventError } from './step-chain.ts'
import { TopicWriter } from './topic-writer.ts'
import { WrittenRecords } from './written-records.ts'

/** Events that are on their way to the broker. */
export interface Taken {
  /** Resolves when the broker has them all; rejects when it will never have one of them. */
  delivered(): Promise<void>
}

/** Takes what a source has read through its key and its steps into its topic. The same for pulled and pushed events. */
export class SourceIntake {
  readonly #plan: SourcePlan
  readonly #context: RunContext
  readonly #chain: StepChain
  readonly #writer: TopicWriter
  readonly #failed: FailedEvents
  readonly #status: NodeStatus
  readonly #headers: SourceHeaders
  readonly #key: CompiledExpression | null
  readonly #signal: AbortSignal

  private constructor(
    plan: SourcePlan,
    context: RunContext,
    chain: StepChain,
    producer: Producer,
    signal: AbortSignal,
  ) {
    const { topics, clock, expressions } = context
    this.#plan = plan
    this.#context = context
    this.#chain = chain
    this.#signal = signal
    this.#status = context.statusOf(plan.name)
    this.#writer = new TopicWriter(producer, plan.topic, topics.of(plan.topic))
    const deadLetters = new TopicWriter(producer, plan.deadLetterTopic, topics.of(plan.deadLetterTopic))
    this.#failed = new FailedEvents(plan, deadLetters, this.#status, clock)
    this.#headers = new SourceHeaders(`urn:stoplog:${context.plan.pipeline}:${plan.name}`)
    this.#key = plan.key === undefined ? null : expressions.compile(plan.key)
  }

  static async create(
    plan: SourcePlan,
    context: RunContext,
    producer: Producer,
    signal: AbortSignal,
  ): Promise<SourceIntake> {
    const chain = await createChain(plan, context, { signal, store: refuseState, decide: refuseState })
    return new SourceIntake(plan, context, chain, producer, signal)
  }

  /**
   * Writes the events; durable with the next flush of the producer, or when `delivered` has resolved. Throws NodeStop
   * when the source must not go on; then nothing of this call was written.
   */
  async take(events: readonly NewEvent[], failedInput: readonly FailedInput[]): Promise<Taken> {
    const nowMs = this.#context.clock.now()
    const refused: FailedEvent[] = []
    const written = new WrittenRecords(this.#writer)
    const arriving = this.#arrive(events, nowMs, refused)
    const { stop, failed, ...counts } = await this.#chain.run(arriving, (event) => written.add(event), this.#signal)
    if (stop !== null) throw new NodeStop(stop.error)
    const allFailed = [...refused, ...failed]
    this.#failed.admit(events.length, allFailed, failedInput)
    const delivered = written.append()
    this.#status.add({ in: events.length, out: written.count, ...counts })
    this.#failed.put(allFailed, failedInput)
    return { delivered }
  }

  *#arrive(events: readonly NewEvent[], nowMs: number, refused: FailedEvent[]): Iterable<RuntimeEvent> {
    for (const event of events) {
      const arrived = new RuntimeEvent(new SourceOrigin(this.#plan.topic, event, this.#headers, nowMs), this.#plan.name)
      const error = this.#refuse(arrived, nowMs)
      if (error === null) yield arrived
      else refused.push({ event: arrived, error, step: null })
    }
  }

  async close(): Promise<void> {
    await this.#chain.close()
  }

  /** Gives the event its key. Returns why it must not enter, or null. */
  #refuse(event: RuntimeEvent, nowMs: number): StoplogError | null {
    // Checked here once, before the first append, so that a replay decides the same.
    const aheadMs = event.time - nowMs
    if (aheadMs > PIPELINE_LIMITS.futureMs.default) {
      return new StoplogError('E_TIME_FUTURE', `its time, ${new Date(event.time).toISOString()}, is ahead of the clock`)
    }
    if (this.#key === null) return null
    try {
      const key = this.#key(event)
      if (key === null) return new StoplogError('E_KEY_NULL', `the key of ${this.#plan.path} is null`)
      event.key = toKeyText(key)
      return null
    } catch (error) {
      return toEventError(error)
    }
  }
}

/** The planner lets no such step into a source. */
function refuseState(): never {
  throw new StoplogError('E_BUG', 'a step of a source asks for state')
}
