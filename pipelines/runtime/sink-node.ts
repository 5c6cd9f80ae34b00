import type { TopicPartition } from '../../broker/client/consumer-protocol.ts'
import type { FetchedRecords } from '../../broker/client/fetched-records.ts'
import { Fetcher } from '../../broker/client/fetcher.ts'
import { Producer } from '../../broker/client/producer.ts'
import type { BatchLimits, Sink } from '../../connectors/connector.ts'
import { StoplogError } from '../../schemas/stoplog-error.ts'
import type { SinkPlan } from '../graph/plan.ts'
import { commit } from './commit.ts'
import { connectorContext } from './connector-context.ts'
import { createChain } from './create-chain.ts'
import { Exclusive } from './exclusive.ts'
import { FailedEvents } from './failed-events.ts'
import { type InputPosition, InputPositions } from './input-positions.ts'
import { NodeStop } from './node-stop.ts'
import type { RunContext } from './run-context.ts'
import { RuntimeEvent } from './runtime-event.ts'
import { SinkBatch } from './sink-batch.ts'
import { SinkWriter } from './sink-writer.ts'
import { SinkEvent } from './sink-event.ts'
import type { StepChain } from './step-chain.ts'
import { TopicOrigin } from './topic-origin.ts'
import { TopicWriter } from './topic-writer.ts'

type CommitGroup = (node: string, positions: readonly InputPosition[]) => Promise<void>

/** What a sink node is made of. */
interface SinkParts {
  readonly sink: Sink
  readonly chain: StepChain
  readonly producer: Producer
  readonly closed: AbortController
}

/**
 * A sink at work: reads its topics as a group of its own, forms batches as the connector wants them, delivers one at a
 * time, and moves its offsets over what is settled.
 */
export class SinkNode {
  readonly plan: SinkPlan
  readonly #context: RunContext
  readonly #parts: SinkParts
  readonly #fetcher: Fetcher
  readonly #writer: SinkWriter
  readonly #failed: FailedEvents
  readonly #limits: BatchLimits
  readonly #positions = new InputPositions()
  readonly #exclusive = new Exclusive()
  readonly #commitGroup: CommitGroup
  #batch: SinkBatch
  #lastCommitMs: number
  #isTimerSet = false

  private constructor(plan: SinkPlan, context: RunContext, parts: SinkParts, commitGroup: CommitGroup) {
    const { clock, logger, cluster, topics } = context
    const status = context.statusOf(plan.name)
    const deadLetters = new TopicWriter(parts.producer, plan.deadLetterTopic, topics.of(plan.deadLetterTopic))
    this.plan = plan
    this.#context = context
    this.#parts = parts
    this.#commitGroup = commitGroup
    this.#fetcher = new Fetcher(cluster, { purpose: `sink/${plan.name}`, onTrouble: context.trouble.of(plan.name) })
    this.#writer = new SinkWriter(parts.sink, { clock, logger, status })
    this.#failed = new FailedEvents(plan, deadLetters, status, clock)
    this.#limits = plan.plugin.definition.batch(plan.config)
    this.#batch = new SinkBatch(this.#limits)
    this.#lastCommitMs = clock.now()
  }

  static async create(plan: SinkPlan, context: RunContext, commitGroup: CommitGroup): Promise<SinkNode> {
    const closed = new AbortController()
    const background = { signal: closed.signal, store: refuse, decide: refuse }
    const chain = await createChain(plan, context, background)
    const sink = await plan.plugin.definition.create(plan.config, connectorContext(plan, context, closed.signal))
    const producer = new Producer(context.cluster, { onTrouble: context.trouble.of(plan.name) })
    return new SinkNode(plan, context, { sink, chain, producer, closed }, commitGroup)
  }

  assign(positions: readonly InputPosition[]): Promise<void> {
    return this.#exclusive.run(async () => {
      for (const position of positions) {
        this.#positions.begin(position)
        this.#fetcher.assign(position.topic, position.partition, position.offset)
      }
    })
  }

  revoke(partitions: readonly TopicPartition[], isLost: boolean): Promise<void> {
    return this.#exclusive.run(async () => {
      // What is not delivered yet is delivered by whoever reads the partition next.
      this.#batch = this.#newBatch()
      if (!isLost) await this.#commit()
      for (const partition of partitions) {
        this.#fetcher.unassign(partition.topic, partition.partition)
        this.#positions.forget(partition)
      }
    })
  }

  /** Delivers what comes until the signal aborts; a batch that is being written is finished then. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const stretches = await this.#fetcher.poll(signal)
      await this.#exclusive.run(() => this.#work(stretches))
    }
    await this.#exclusive.run(async () => {
      await this.#deliver()
      await this.#commit()
    })
  }

  restart(): Promise<void> {
    return this.#exclusive.run(async () => {
      this.#batch = this.#newBatch()
      for (const position of this.#positions.owned()) {
        this.#fetcher.assign(position.topic, position.partition, position.offset)
      }
    })
  }

  /** Up to where a partition is settled, or waits in the batch that is written next. */
  reached(topic: string, partition: number): number | undefined {
    return this.#batch.coveredUpTo(topic, partition) ?? this.#positions.offsetOf({ topic, partition })
  }

  /** Breaks off what waits for the outside system or for the broker. */
  abort(): void {
    this.#parts.closed.abort()
    this.#parts.producer.close()
  }

  async close(): Promise<void> {
    this.#parts.closed.abort()
    await this.#exclusive.run(async () => {
      this.#fetcher.close()
      await this.#parts.chain.close()
      await this.#parts.sink.close()
      this.#parts.producer.close()
    })
  }

  async #work(stretches: readonly FetchedRecords[]): Promise<void> {
    for (const stretch of stretches) {
      if (this.#isCurrent(stretch)) await this.#take(stretch)
    }
    const { clock, plan } = this.#context
    const nowMs = clock.now()
    if (nowMs >= this.#batch.dueMs) await this.#deliver()
    const commitDueMs = this.#lastCommitMs + plan.commitIntervalMs
    if (nowMs >= commitDueMs) await this.#commit()
    const isWaiting = this.#positions.uncommitted().length > 0
    const nextMs = Math.min(this.#batch.isEmpty ? Infinity : this.#batch.dueMs, isWaiting ? commitDueMs : Infinity)
    if (nextMs !== Infinity) void this.#comeBack(nextMs)
  }

  /** The partition may have been given to somebody else, or begun anew, since the stretch was fetched. */
  #isCurrent(stretch: FetchedRecords): boolean {
    const { topic, partition, fetchOffset } = stretch
    return (this.#batch.coveredUpTo(topic, partition) ?? this.#positions.offsetOf(stretch)) === fetchOffset
  }

  async #take({ topic, partition, records, nextOffset, highWatermark }: FetchedRecords): Promise<void> {
    const { name } = this.plan
    const passed: SinkEvent[] = []
    const { stop, failed, ...counts } = await this.#parts.chain.run(
      records,
      (record) => new RuntimeEvent(new TopicOrigin(topic, partition, record), name),
      (event) => passed.push(new SinkEvent(event)),
      this.#parts.closed.signal,
    )
    if (stop !== null) throw new NodeStop(stop.error)
    const status = this.#context.statusOf(name)
    this.#failed.admit(records.length, failed)
    status.add({ in: records.length, ...counts })
    for (const [index, event] of passed.entries()) {
      this.#batch.add(event, this.#context.clock.now())
      if (!this.#batch.isFull) continue
      // Up to the next event that is still to come: children of one event have its offset.
      this.#batch.coverUpTo({ topic, partition, offset: passed[index + 1]?.offset ?? nextOffset })
      await this.#deliver()
    }
    this.#failed.put(failed)
    this.#batch.coverUpTo({ topic, partition, offset: nextOffset })
    status.lag = highWatermark - nextOffset
  }

  /** Writes the batch; what it covers is settled then. */
  async #deliver(): Promise<void> {
    const batch = this.#batch
    if (batch.isEmpty) return
    this.#batch = this.#newBatch()
    const refused = await this.#writer.write(batch.events, this.#parts.closed.signal)
    this.#failed.admit(batch.events.length, refused)
    this.#failed.put(refused)
    this.#context.statusOf(this.plan.name).add({ out: batch.events.length - refused.length })
    for (const position of batch.positions) this.#positions.settle(position)
  }

  async #comeBack(atMs: number): Promise<void> {
    if (this.#isTimerSet) return
    this.#isTimerSet = true
    const { clock } = this.#context
    await clock.sleep(Math.max(atMs - clock.now(), 0), this.#parts.closed.signal).catch(() => undefined)
    this.#isTimerSet = false
    this.#fetcher.interrupt()
  }

  async #commit(): Promise<void> {
    this.#lastCommitMs = this.#context.clock.now()
    const moved = this.#positions.uncommitted()
    if (moved.length === 0) return
    await commit(this.#parts.producer, () => this.#commitGroup(this.plan.name, moved))
    this.#positions.markCommitted(moved)
  }

  #newBatch(): SinkBatch {
    return new SinkBatch(this.#limits)
  }
}

/** The planner lets no such step into a sink. */
function refuse(): never {
  throw new StoplogError('E_BUG', 'a step of a sink asks for state')
}
