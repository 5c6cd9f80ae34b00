import type { OutgoingRecord } from '../../broker/client/outgoing-batch.ts'
import type { Producer } from '../../broker/client/producer.ts'
import type { FetchedRecords } from '../../broker/client/fetched-records.ts'
import { encodeHeaders } from '../../broker/protocol/record-headers.ts'
import type { SideRecord } from '../../processors/processor.ts'
import type { StreamPlan } from '../graph/plan.ts'
import { createChain } from './create-chain.ts'
import type { FailedEvents } from './failed-events.ts'
import type { InputOffsets } from './input-offsets.ts'
import { NodeStop } from './node-stop.ts'
import type { RunContext } from './run-context.ts'
import { RuntimeEvent } from './runtime-event.ts'
import type { StepChain } from './step-chain.ts'
import { TaskState } from './task-state.ts'
import { TopicOrigin } from './topic-origin.ts'
import type { TopicWriter } from './topic-writer.ts'
import { WrittenRecords } from './written-records.ts'

/** What the tasks of one stream node share. */
export interface StreamOutputs {
  readonly producer: Producer
  readonly writer: TopicWriter
  readonly decisions: TopicWriter
  readonly failed: FailedEvents
}

/**
 * One stream node on one partition of its inputs: its steps, with their state. Events go through in the order of the
 * topic, a stretch at a time. Invariant 3.
 */
export class StreamTask {
  readonly #plan: StreamPlan
  readonly #context: RunContext
  readonly #outputs: StreamOutputs
  readonly #state: TaskState | null
  readonly #chain: StepChain
  readonly #decided: SideRecord[]
  readonly #signal: AbortSignal

  private constructor(
    plan: StreamPlan,
    context: RunContext,
    outputs: StreamOutputs,
    made: { state: TaskState | null; chain: StepChain; decided: SideRecord[]; signal: AbortSignal },
  ) {
    this.#plan = plan
    this.#context = context
    this.#outputs = outputs
    this.#state = made.state
    this.#chain = made.chain
    this.#decided = made.decided
    this.#signal = made.signal
  }

  /** Restores the state as it was at these offsets, where the task begins, then makes the steps. */
  static async create(
    plan: StreamPlan,
    { partition, input }: { readonly partition: number; readonly input: InputOffsets },
    context: RunContext,
    outputs: StreamOutputs,
    signal: AbortSignal,
  ): Promise<StreamTask> {
    const { changelogTopic } = plan
    const state =
      changelogTopic === null
        ? null
        : await TaskState.restore(context.cluster, { topic: changelogTopic, partition }, input, signal)
    const decided: SideRecord[] = []
    const chain = await createChain(plan, context, {
      signal,
      store: (step, definition) => {
        if (state === null) throw new Error(`${plan.path}: a step without a changelog asks for state`)
        return state.store(step, definition)
      },
      decide: (record) => decided.push(record),
    })
    return new StreamTask(plan, context, outputs, { state, chain, decided, signal })
  }

  /**
   * Processes a stretch and appends what comes of it; durable with the next commit. Throws NodeStop when the node must
   * not go past it; then nothing of it was appended.
   */
  async process({ topic, partition, records }: FetchedRecords): Promise<void> {
    const { writer, failed: failedEvents, decisions } = this.#outputs
    // What an attempt that was broken off has decided is decided again.
    this.#decided.length = 0
    const written = new WrittenRecords(writer, partition)
    const { stop, failed, ...counts } = await this.#chain.run(
      records,
      (record) => new RuntimeEvent(new TopicOrigin(topic, partition, record), this.#plan.name),
      (event) => written.add(event.toRecord()),
      this.#signal,
    )
    if (stop !== null) throw new NodeStop(stop.error)
    failedEvents.admit(records.length, failed)
    written.append()
    for (const decision of this.#decided.splice(0)) void decisions.append(toRecord(decision))
    this.#context.statusOf(this.#plan.name).add({ in: records.length, out: written.count, ...counts })
    failedEvents.put(failed)
  }

  /** Writes what has changed in the state, up to these offsets of the input; durable with the next flush. */
  writeState(input: InputOffsets): void {
    this.#state?.write(this.#outputs.producer, input, this.#context.clock.now())
  }

  async close(): Promise<void> {
    await this.#chain.close()
  }
}

function toRecord({ key, value, time, headers }: SideRecord): OutgoingRecord {
  const encoded = Object.entries(headers).map(([name, text]) => ({ name, value: Buffer.from(text) }))
  return { timestamp: time, key, value: JSON.stringify(value), headers: encodeHeaders(encoded) }
}
