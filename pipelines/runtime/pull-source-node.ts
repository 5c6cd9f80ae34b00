import { Producer } from '../../broker/client/producer.ts'
import type { PullSource, PullSourceDefinition } from '../../connectors/connector.ts'
import type { Json } from '../../schemas/json.ts'
import { StoplogError } from '../../schemas/stoplog-error.ts'
import type { SourcePlan } from '../graph/plan.ts'
import { commit } from './commit.ts'
import { connectorContext } from './connector-context.ts'
import type { NodeStatus } from './node-status.ts'
import { NodeStop } from './node-stop.ts'
import type { Positions } from './positions.ts'
import type { RunContext } from './run-context.ts'
import { SourceIntake } from './source-intake.ts'

/** A missing file or a wrong setting is not mended by waiting. */
function isFinal(error: unknown): error is StoplogError {
  return error instanceof StoplogError && !error.retryable && ['config', 'environment'].includes(error.category)
}

/**
 * A source that is read at our pace. Its positions are written when what lies before them is durable: a crash reads
 * some input again, and misses none. Invariant 1.
 */
export class PullSourceNode {
  readonly plan: SourcePlan
  readonly #definition: PullSourceDefinition
  readonly #context: RunContext
  readonly #positions: Positions
  readonly #closed = new AbortController()
  readonly #read = new Set<string>()
  #moved = new Map<string, Json>()
  #lastCommitMs = 0

  constructor(plan: SourcePlan, definition: PullSourceDefinition, context: RunContext, positions: Positions) {
    this.plan = plan
    this.#definition = definition
    this.#context = context
    this.#positions = positions
  }

  /** Reads until the input ends or the signal aborts; what was taken is committed then. */
  async run(signal: AbortSignal): Promise<void> {
    const { cluster, trouble } = this.#context
    const producer = new Producer(cluster, { onTrouble: trouble.of(this.plan.name) })
    const stop = AbortSignal.any([signal, this.#closed.signal])
    const intake = await SourceIntake.create(this.plan, this.#context, producer, stop)
    const source = await this.#definition.create(this.plan.config, connectorContext(this.plan, this.#context, stop))
    this.#moved = new Map()
    try {
      await this.#readAll(source, intake, producer, stop)
      await this.#commit(producer)
    } catch (error) {
      // What was read before is kept: a file that cannot be read does not undo the others.
      await this.#commit(producer)
      throw isFinal(error) ? new NodeStop(error) : error
    } finally {
      await source.close()
      await intake.close()
      producer.close()
    }
  }

  /** Nothing is left of an attempt that has broken down: the next one begins from the stored positions. */
  async restart(): Promise<void> {
    this.#moved = new Map()
  }

  /** Breaks off at once. */
  abort(): void {
    this.#closed.abort()
  }

  async #readAll(source: PullSource, intake: SourceIntake, producer: Producer, signal: AbortSignal): Promise<void> {
    const status = this.#context.statusOf(this.plan.name)
    for await (const partition of source.partitions()) {
      if (signal.aborted) return
      const position = this.#moved.get(partition) ?? this.#positions.get(this.plan.name, partition)
      for await (const batch of source.open(partition, position)) {
        await this.#context.untilAdmitted(signal)
        if (signal.aborted) return
        const { events, failed = [], alreadyRead = 0 } = batch
        status.add({ alreadyRead })
        await intake.take(events, failed)
        if (events.length + failed.length > 0) this.#noteRead(partition, status)
        this.#moved.set(partition, batch.position)
        if (producer.isFull) await producer.room()
        const { clock, plan } = this.#context
        if (clock.now() - this.#lastCommitMs >= plan.commitIntervalMs) await this.#commit(producer)
        if (signal.aborted) return
      }
      // A source that follows its input waits between partitions; nothing must wait with it.
      await this.#commit(producer)
    }
  }

  /** A document that grows is counted once. */
  #noteRead(partition: string, status: NodeStatus): void {
    if (this.#read.has(partition)) return
    this.#read.add(partition)
    status.add({ read: 1 })
  }

  async #commit(producer: Producer): Promise<void> {
    this.#lastCommitMs = this.#context.clock.now()
    const moved = this.#moved
    if (moved.size === 0) return
    this.#moved = new Map()
    await commit(producer, async () => {
      this.#positions.write(producer, this.plan.name, moved)
      await producer.flush()
    })
  }
}
