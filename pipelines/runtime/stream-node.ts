import type { TopicPartition } from '../../broker/client/consumer-protocol.ts'
import type { FetchedRecords } from '../../broker/client/fetched-records.ts'
import { Fetcher } from '../../broker/client/fetcher.ts'
import { Producer } from '../../broker/client/producer.ts'
import type { StreamPlan } from '../graph/plan.ts'
import { commit } from './commit.ts'
import { Exclusive } from './exclusive.ts'
import { FailedEvents } from './failed-events.ts'
import type { InputOffsets } from './input-offsets.ts'
import { type InputPosition, InputPositions } from './input-positions.ts'
import type { RunContext } from './run-context.ts'
import { type StreamOutputs, StreamTask } from './stream-task.ts'
import { TopicWriter } from './topic-writer.ts'

/**
 * A stream node at work: its tasks, what they read and what they write. Owns its positions; whoever shares out the
 * partitions calls `assign` and `revoke`, and `run` does the rest.
 */
export class StreamNode {
  readonly plan: StreamPlan
  readonly #context: RunContext
  readonly #fetcher: Fetcher
  readonly #outputs: StreamOutputs
  readonly #tasks = new Map<number, StreamTask>()
  readonly #positions = new InputPositions()
  readonly #exclusive = new Exclusive()
  readonly #commitGroup: (node: string, positions: readonly InputPosition[]) => Promise<void>
  readonly #closed = new AbortController()
  #lastCommitMs: number
  #isTimerSet = false

  constructor(
    plan: StreamPlan,
    context: RunContext,
    commitGroup: (node: string, positions: readonly InputPosition[]) => Promise<void>,
  ) {
    const { cluster, clock, topics } = context
    const status = context.statusOf(plan.name)
    const onTrouble = context.trouble.of(plan.name)
    const producer = new Producer(cluster, { onTrouble })
    const deadLetters = new TopicWriter(producer, plan.deadLetterTopic, topics.of(plan.deadLetterTopic))
    const { decisionsTopic } = context.plan
    this.plan = plan
    this.#context = context
    this.#commitGroup = commitGroup
    this.#fetcher = new Fetcher(cluster, { purpose: `stream/${plan.name}`, onTrouble })
    this.#outputs = {
      producer,
      writer: new TopicWriter(producer, plan.topic, topics.of(plan.topic)),
      decisions: new TopicWriter(producer, decisionsTopic, topics.of(decisionsTopic)),
      failed: new FailedEvents(plan, deadLetters, status, clock),
    }
    this.#lastCommitMs = clock.now()
  }

  /** Up to where a partition is settled. */
  reached(topic: string, partition: number): number | undefined {
    return this.#positions.offsetOf({ topic, partition })
  }

  /** Makes the tasks of these partitions, with their state, and begins to read them. */
  assign(positions: readonly InputPosition[]): Promise<void> {
    return this.#exclusive.run(() => this.#begin(positions))
  }

  /** Commits what is done of these partitions, unless they are lost, and lets go of them. */
  revoke(partitions: readonly TopicPartition[], isLost: boolean): Promise<void> {
    return this.#exclusive.run(async () => {
      if (!isLost) await this.#commit()
      for (const { topic, partition } of partitions) {
        this.#fetcher.unassign(topic, partition)
        this.#positions.forget({ topic, partition })
        await this.#tasks.get(partition)?.close()
        this.#tasks.delete(partition)
      }
    })
  }

  /** Processes what comes until the signal aborts; then what is in flight is committed. Rejects with NodeStop. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const stretches = await this.#fetcher.poll(signal)
      await this.#exclusive.run(() => this.#work(stretches))
    }
    await this.#exclusive.run(() => this.#commit())
  }

  /** Begins anew from what is committed, with the state as it was then: after a step has broken in the middle. */
  restart(): Promise<void> {
    return this.#exclusive.run(async () => {
      await this.#outputs.producer.flush()
      for (const task of this.#tasks.values()) await task.close()
      this.#tasks.clear()
      const committed = this.#positions.committed()
      // The last commit may stand although its answer was lost. State that is written from here on must not lie behind.
      await this.#commitGroup(this.plan.name, committed)
      await this.#begin(committed)
    })
  }

  /** Breaks off what waits for the broker. */
  abort(): void {
    this.#closed.abort()
    this.#outputs.producer.close()
  }

  async close(): Promise<void> {
    this.#closed.abort()
    await this.#exclusive.run(async () => {
      this.#fetcher.close()
      for (const task of this.#tasks.values()) await task.close()
      this.#tasks.clear()
      this.#outputs.producer.close()
    })
  }

  async #begin(positions: readonly InputPosition[]): Promise<void> {
    for (const { partition } of positions) {
      if (!this.#tasks.has(partition)) this.#tasks.set(partition, await this.#createTask(partition, positions))
    }
    for (const position of positions) {
      this.#positions.begin(position)
      this.#fetcher.assign(position.topic, position.partition, position.offset)
    }
  }

  #createTask(partition: number, positions: readonly InputPosition[]): Promise<StreamTask> {
    const start = { partition, input: inputOf(partition, positions) }
    return StreamTask.create(this.plan, start, this.#context, this.#outputs, this.#closed.signal)
  }

  async #work(stretches: readonly FetchedRecords[]): Promise<void> {
    for (const stretch of stretches) {
      const { topic, partition, nextOffset, highWatermark } = stretch
      const task = this.#tasks.get(partition)
      // The partition may have been given to somebody else, or begun anew, since the stretch was fetched.
      if (task === undefined || this.#positions.offsetOf(stretch) !== stretch.fetchOffset) continue
      await task.process(stretch)
      // What came of it stands in the batches of the producer.
      stretch.release()
      this.#positions.settle({ topic, partition, offset: nextOffset })
      this.#context.statusOf(this.plan.name).lag = highWatermark - nextOffset
      if (this.#outputs.producer.isFull) await this.#outputs.producer.room()
    }
    const { clock, plan } = this.#context
    const dueMs = this.#lastCommitMs + plan.commitIntervalMs
    if (clock.now() >= dueMs) await this.#commit()
    else if (this.#positions.uncommitted().length > 0) void this.#commitLater(dueMs)
  }

  async #commitLater(dueMs: number): Promise<void> {
    if (this.#isTimerSet) return
    this.#isTimerSet = true
    const { clock } = this.#context
    await clock.sleep(Math.max(dueMs - clock.now(), 0), this.#closed.signal).catch(() => undefined)
    this.#isTimerSet = false
    this.#fetcher.interrupt()
  }

  async #commit(): Promise<void> {
    this.#lastCommitMs = this.#context.clock.now()
    const moved = this.#positions.uncommitted()
    if (moved.length === 0) return
    const reached = this.#positions.owned()
    for (const [partition, task] of this.#tasks) task.writeState(inputOf(partition, reached))
    await commit(this.#outputs.producer, () => this.#commitGroup(this.plan.name, moved))
    this.#positions.markCommitted(moved)
  }
}

function inputOf(partition: number, positions: readonly InputPosition[]): InputOffsets {
  return new Map(positions.filter((at) => at.partition === partition).map(({ topic, offset }) => [topic, offset]))
}
