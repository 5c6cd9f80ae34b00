import { Cluster } from '../../broker/client/cluster.ts'
import { Producer } from '../../broker/client/producer.ts'
import type { Clock, Expressions, Logger, Metrics } from '../../schemas/runtime.ts'
import { StoplogError } from '../../schemas/stoplog-error.ts'
import type { Plan, SinkPlan, SourcePlan, StreamPlan } from '../graph/plan.ts'
import { BrokerTrouble } from './broker-trouble.ts'
import { completeRun } from './completion.ts'
import { countDeadLetters } from './count-dead-letters.ts'
import type { NodeAtWork } from './node-at-work.ts'
import { NodeGroup, type NodeGroupOptions } from './node-group.ts'
import { toNodeError } from './node-error.ts'
import { keepRunning } from './node-runner.ts'
import { NodeStatus } from './node-status.ts'
import { Positions } from './positions.ts'
import { PullSourceNode } from './pull-source-node.ts'
import { PushSourceNode } from './push-source-node.ts'
import { RetentionKeeper } from './retention-keeper.ts'
import type { RunContext } from './run-context.ts'
import { SinkNode } from './sink-node.ts'
import { StreamNode } from './stream-node.ts'
import { setUpTopics } from './topic-setup.ts'

/** The world that a pipeline runs in. */
export interface RunEnvironment {
  /** Addresses of the broker, embedded or not. */
  readonly bootstrapServers: readonly string[]
  readonly clock: Clock
  readonly logger: Logger
  readonly metrics: Metrics
  readonly expressions: Expressions
  /** Sources whose positions are forgotten first, so that all of their input is read again. */
  readonly reread: readonly string[]
  /** True while sources must take no more. */
  isHeldBack(): boolean
}

const HELD_BACK_CHECK_MS = 250

/** One pipeline at work. */
export class PipelineRun {
  readonly plan: Plan
  readonly statuses: readonly NodeStatus[]
  readonly context: RunContext
  /** Dead letters of earlier runs that were there when this one began. */
  readonly earlierDeadLetters: number
  readonly #nodes: NodeAtWork[] = []
  readonly #groups: { readonly group: NodeGroup; readonly nodes: readonly string[] }[] = []
  readonly #stopping = new AbortController()
  readonly #aborted = new AbortController()
  readonly #ended = new AbortController()

  private constructor(
    context: RunContext,
    statuses: readonly NodeStatus[],
    begin: { readonly stopping: AbortController; readonly earlierDeadLetters: number },
  ) {
    this.plan = context.plan
    this.context = context
    this.statuses = statuses
    this.earlierDeadLetters = begin.earlierDeadLetters
    this.#stopping = begin.stopping
  }

  /**
   * Creates what is missing, starts sinks, streams and sources, in this order, and resolves when all of them are at
   * work. Rejects with a StoplogError when something cannot be started; then nothing is left running.
   */
  static async start(plan: Plan, environment: RunEnvironment): Promise<PipelineRun> {
    const stopping = new AbortController()
    const cluster = new Cluster({
      bootstrapServers: environment.bootstrapServers,
      clientId: `stoplog-${plan.pipeline}`,
      clock: environment.clock,
    })
    try {
      const statuses = [...plan.sources, ...plan.streams, ...plan.sinks].map(
        ({ name, kind }) => new NodeStatus(name, kind),
      )
      const earlierDeadLetters = await countDeadLetters(cluster, plan)
      const topics = await setUpTopics(cluster, plan)
      const context = createContext(plan, environment, { cluster, topics, statuses, stopping: stopping.signal })
      const run = new PipelineRun(context, statuses, { stopping, earlierDeadLetters })
      try {
        await run.#start(environment.reread)
        return run
      } catch (error) {
        await run.abort()
        throw error
      }
    } catch (error) {
      await cluster.close()
      throw error instanceof StoplogError ? error : toNodeError(error)
    }
  }

  /**
   * Resolves when the run has ended: by itself when no source has anything to bring any more, because it has read to its
   * end or must not go on, or when it was stopped.
   */
  async finished(): Promise<void> {
    await completeRun(this.#nodes, this.context, this.#aborted.signal)
    await this.#close()
  }

  /** Finishes what is in flight, sources first, commits and ends. Resolves when that is done. */
  async stop(): Promise<void> {
    this.#stopping.abort()
    for (const kind of ['source', 'stream', 'sink']) {
      const nodes = this.#nodes.filter(({ status }) => status.kind === kind)
      for (const node of nodes) node.stop.abort()
      await Promise.all(nodes.map(({ ended }) => ended))
    }
  }

  /** Breaks off everything. What is not committed is done again by the next run. */
  async abort(): Promise<void> {
    this.#stopping.abort()
    this.#aborted.abort()
    for (const node of this.#nodes) {
      node.stop.abort()
      node.abort()
    }
    await this.#close()
  }

  async #start(reread: readonly string[]): Promise<void> {
    for (const plan of this.plan.sinks) await this.#addSink(plan)
    if (this.plan.streams.length > 0) this.#addStreams(this.plan.streams)
    await Promise.all(this.#groups.map(({ group, nodes }) => this.#join(group, nodes)))
    const positions = await Positions.read(this.context.cluster, this.plan.positionsTopic, this.#aborted.signal)
    for (const plan of this.plan.sources) this.#addSource(plan, positions, reread.includes(plan.name))
    const keeper = new RetentionKeeper(
      this.context,
      positions,
      new Producer(this.context.cluster, { onTrouble: this.context.trouble.of(this.plan.pipeline) }),
    )
    void keeper.watch(this.#ended.signal)
  }

  /** Takes part in a group and waits for its partitions; a group that refuses us stops its nodes. */
  async #join(group: NodeGroup, names: readonly string[]): Promise<void> {
    const failed = group.run().catch((thrown: unknown) => {
      const error = toNodeError(thrown)
      for (const node of this.#nodes.filter(({ name }) => names.includes(name))) {
        node.status.state = 'stopped'
        node.status.error = error
        node.stop.abort()
      }
      throw error
    })
    await Promise.race([group.ready(this.#aborted.signal), failed])
    // Later on the status of the nodes tells.
    failed.catch(() => undefined)
  }

  async #addSink(plan: SinkPlan): Promise<void> {
    const commit: { group: NodeGroup | null } = { group: null }
    const node = await SinkNode.create(plan, this.context, async (name, positions) => {
      await commit.group?.commit(name, positions)
    })
    const group = new NodeGroup(
      this.context,
      this.#groupOptions(plan.group, () => startOf(plan)),
      [node],
    )
    commit.group = group
    this.#groups.push({ group, nodes: [plan.name] })
    this.#nodes.push(this.#atWork(plan.name, plan.inputTopics, null, node))
  }

  #addStreams(plans: readonly StreamPlan[]): void {
    const commit: { group: NodeGroup | null } = { group: null }
    const nodes = plans.map(
      (plan) =>
        new StreamNode(plan, this.context, async (name, positions) => {
          await commit.group?.commit(name, positions)
        }),
    )
    const groupId = plans[0]?.group ?? this.plan.pipeline
    const group = new NodeGroup(
      this.context,
      this.#groupOptions(groupId, () => 'earliest'),
      nodes,
    )
    commit.group = group
    this.#groups.push({ group, nodes: plans.map(({ name }) => name) })
    for (const node of nodes) {
      this.#nodes.push(this.#atWork(node.plan.name, node.plan.inputTopics, node.plan.topic, node))
    }
  }

  #addSource(plan: SourcePlan, positions: Positions, reread: boolean): void {
    const { definition } = plan.plugin
    if (definition.mode === 'push') {
      const node = new PushSourceNode(plan, definition, this.context)
      this.#nodes.push(this.#atWork(plan.name, [], plan.topic, bind(node)))
      return
    }
    if (reread) positions.forget(plan.name)
    const node = new PullSourceNode(plan, definition, this.context, positions)
    this.#nodes.push(this.#atWork(plan.name, [], plan.topic, bind(node)))
  }

  #atWork(name: string, inputTopics: readonly string[], outputTopic: string | null, node: AnyNode): NodeAtWork {
    const stop = new AbortController()
    const status = this.context.statusOf(name)
    const ended = keepRunning(node, status, this.context, stop.signal)
    return {
      name,
      status,
      inputTopics,
      outputTopic,
      stop,
      ended,
      reached: (topic, partition) => node.reached?.(topic, partition),
      abort: () => node.abort?.(),
      close: () => node.close?.() ?? Promise.resolve(),
    }
  }

  #groupOptions(groupId: string, startOfNode: NodeGroupOptions['startOf']): NodeGroupOptions {
    const isAlone = this.plan.broker.kind === 'embedded'
    return { groupId, instanceId: isAlone ? `${groupId}-worker` : null, startOf: startOfNode }
  }

  async #close(): Promise<void> {
    this.#ended.abort()
    await Promise.allSettled(this.#groups.map(({ group }) => group.close()))
    await Promise.allSettled(this.#nodes.map((node) => node.close()))
    await this.context.cluster.close()
  }
}

/** What the kinds of nodes have in common, and what some of them lack. */
interface AnyNode {
  run(signal: AbortSignal): Promise<void>
  restart(): Promise<void>
  reached?(topic: string, partition: number): number | undefined
  abort?(): void
  close?(): Promise<void>
}

/** The methods of a source node, without its other properties. */
function bind(node: PullSourceNode | PushSourceNode): AnyNode {
  return {
    run: (signal) => node.run(signal),
    restart: () => node.restart(),
    abort: () => node.abort(),
  }
}

function startOf({ start }: SinkPlan): ReturnType<NodeGroupOptions['startOf']> {
  if (start === undefined) return 'undecided'
  if (start === 'earliest' || start === 'latest') return start
  return Date.parse(start)
}

function createContext(
  plan: Plan,
  environment: RunEnvironment,
  made: Pick<RunContext, 'cluster' | 'topics' | 'stopping'> & { readonly statuses: readonly NodeStatus[] },
): RunContext {
  const { clock, logger, metrics, expressions } = environment
  const byName = new Map(made.statuses.map((status) => [status.name, status]))
  return {
    plan,
    cluster: made.cluster,
    topics: made.topics,
    clock,
    logger,
    metrics,
    expressions,
    trouble: new BrokerTrouble(clock, logger),
    stopping: made.stopping,
    statusOf(node) {
      const status = byName.get(node)
      if (status === undefined) throw new StoplogError('E_BUG', `the plan has no node ${node}`)
      return status
    },
    isHeldBack: () => environment.isHeldBack(),
    async untilAdmitted(signal) {
      while (environment.isHeldBack() && !signal.aborted) {
        await clock.sleep(HELD_BACK_CHECK_MS, signal).catch(() => undefined)
      }
    },
  }
}
