import type { Producer } from '../../broker/client/producer.ts'
import type { OutgoingRecord } from '../../broker/client/outgoing-batch.ts'
import { formatDuration } from '../../schemas/duration.ts'
import { toKeyText } from '../../processors/key/key.ts'
import type { FailedInput, NewEvent } from '../../schemas/event.ts'
import type { CompiledExpression } from '../../schemas/runtime.ts'
import { StoplogError, toStoplogError } from '../../schemas/stoplog-error.ts'
import { PIPELINE_LIMITS } from '../limits.ts'
import type { SourcePlan } from '../graph/plan.ts'
import { createChain } from './create-chain.ts'
import { FailedEvents } from './failed-events.ts'
import type { NodeStatus } from './node-status.ts'
import { NodeStop } from './node-stop.ts'
import type { RunContext } from './run-context.ts'
import { RuntimeEvent } from './runtime-event.ts'
import { SourceHeaders, SourceOrigin } from './source-origin.ts'
import type { FailedEvent, StepChain } from './step-chain.ts'
import { TopicWriter } from './topic-writer.ts'

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
    const failed: FailedEvent[] = []
    const arrived: RuntimeEvent[] = []
    for (const event of events) {
      const taken = new RuntimeEvent(new SourceOrigin(this.#plan.topic, event, this.#headers, nowMs), this.#plan.name)
      const error = this.#refuse(taken, nowMs)
      if (error === null) arrived.push(taken)
      else failed.push({ event: taken, error, step: null })
    }
    const result = await this.#chain.run(arrived, this.#signal)
    if (result.stop !== null) throw new NodeStop(result.stop.error)
    failed.push(...result.failed)
    const records: { readonly record: OutgoingRecord; readonly event: RuntimeEvent }[] = []
    for (const event of result.passed) {
      try {
        const record = event.toRecord()
        this.#writer.check(record)
        records.push({ record, event })
      } catch (error) {
        failed.push({ event, error: toEventError(error), step: null })
      }
    }
    this.#failed.admit(events.length, failed, failedInput)
    // Records share the promise of their batch, and there are few batches.
    const batches: Promise<void>[] = []
    for (const { record, event } of records) {
      const batch = this.#writer.append(record, event.origin)
      if (!batches.includes(batch)) batches.push(batch)
    }
    const { filtered, duplicates, expanded } = result
    this.#status.add({ in: events.length, out: records.length, filtered, duplicates, expanded })
    this.#failed.put(failed, failedInput)
    return { delivered: async () => void (await Promise.all(batches)) }
  }

  async close(): Promise<void> {
    await this.#chain.close()
  }

  /** Gives the event its key. Returns why it must not enter, or null. */
  #refuse(event: RuntimeEvent, nowMs: number): StoplogError | null {
    // Checked here once, before the first append, so that a replay decides the same.
    const aheadMs = event.time - nowMs
    if (aheadMs > PIPELINE_LIMITS.futureMs.default) {
      return new StoplogError('E_TIME_FUTURE', `its time lies ${formatDuration(aheadMs)} ahead of the clock`)
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

/** The failure of one event; anything that is not its own fault is thrown on. */
export function toEventError(error: unknown): StoplogError {
  if (error instanceof StoplogError) return error
  if (error instanceof RangeError) return new StoplogError('E_VALUE_DEPTH', error.message, { cause: error })
  throw toStoplogError(error)
}

/** The planner lets no such step into a source. */
function refuseState(): never {
  throw new StoplogError('E_BUG', 'a step of a source asks for state')
}
