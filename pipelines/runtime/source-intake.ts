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
import { SourceHeaders, SourceOrigin, toRecord } from './source-origin.ts'
import { type ChainResult, type FailedEvent, type StepChain, toEventError } from './step-chain.ts'
import { TopicWriter } from './topic-writer.ts'
import { WrittenRecords } from './written-records.ts'

/** Events that are on their way to the broker. */
export interface Taken {
  /** Resolves when the broker has them all, dead letters included; rejects when it will never have one of them. */
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
  readonly #isPassage: boolean

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
    this.#isPassage = plan.key === undefined && plan.steps.length === 0
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
   * when the source must not go on, and E_EVENT_TOO_LARGE when a sender can be told that its event finds no place, of
   * which a dead letter would keep the beginning only; then nothing of this call was written.
   */
  async take(events: readonly NewEvent[], failedInput: readonly FailedInput[]): Promise<Taken> {
    const nowMs = this.#context.clock.now()
    const refused: FailedEvent[] = []
    const written = new WrittenRecords(this.#writer)
    const { stop, failed, ...counts } = this.#isPassage
      ? this.#pass(events, nowMs, written)
      : await this.#chain.run(
          events,
          (event) => this.#arrive(event, nowMs, refused),
          (event) => written.add(event.toRecord()),
          this.#signal,
        )
    if (stop !== null) throw new NodeStop(stop.error)
    const allFailed = [...refused, ...failed]
    if (this.#plan.plugin.definition.mode === 'push') refuseTooLarge(allFailed)
    this.#failed.admit(events.length, allFailed, failedInput)
    const records = written.append()
    this.#status.add({ in: events.length, out: written.count, ...counts })
    const deadLetters = this.#failed.put(allFailed, failedInput)
    return { delivered: async () => void (await Promise.all([records(), deadLetters()])) }
  }

  /** Where neither key nor steps look at an event, it becomes a record as it is. */
  #pass(events: readonly NewEvent[], nowMs: number, written: WrittenRecords): ChainResult {
    const failed: FailedEvent[] = []
    for (const event of events) {
      try {
        const error = refuseFuture(event.time ?? nowMs, nowMs)
        if (error !== null) throw error
        written.add(toRecord(event, this.#headers, nowMs))
      } catch (error) {
        failed.push({ event: this.#toRuntimeEvent(event, nowMs), error: toEventError(error), step: null })
      }
    }
    return { failed, filtered: 0, duplicates: 0, expanded: 0, stop: null }
  }

  /** The event on its way into the steps, or null when it is one of the refused. */
  #arrive(event: NewEvent, nowMs: number, refused: FailedEvent[]): RuntimeEvent | null {
    const arrived = this.#toRuntimeEvent(event, nowMs)
    const error = this.#refuse(arrived, nowMs)
    if (error === null) return arrived
    refused.push({ event: arrived, error, step: null })
    return null
  }

  #toRuntimeEvent(event: NewEvent, nowMs: number): RuntimeEvent {
    return new RuntimeEvent(new SourceOrigin(this.#plan.topic, event, this.#headers, nowMs), this.#plan.name)
  }

  async close(): Promise<void> {
    await this.#chain.close()
  }

  /** Gives the event its key. Returns why it must not enter, or null. */
  #refuse(event: RuntimeEvent, nowMs: number): StoplogError | null {
    const future = refuseFuture(event.time, nowMs)
    if (future !== null || this.#key === null) return future
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

/** Checked once, before the first append, so that a replay decides the same. Returns why it must not enter, or null. */
function refuseFuture(time: number, nowMs: number): StoplogError | null {
  const aheadMs = time - nowMs
  if (aheadMs <= PIPELINE_LIMITS.futureMs.default) return null
  return new StoplogError('E_TIME_FUTURE', `its time, ${new Date(time).toISOString()}, is ahead of the clock`)
}

/** The planner lets no such step into a source. */
function refuseState(): never {
  throw new StoplogError('E_BUG', 'a step of a source asks for state')
}

function refuseTooLarge(failed: readonly FailedEvent[]): void {
  const tooLarge = failed.find(({ error }) => error.code === 'E_EVENT_TOO_LARGE')
  if (tooLarge !== undefined) throw tooLarge.error
}
