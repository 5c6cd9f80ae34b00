import { afterEach, beforeEach, expect, test } from 'vitest'
import { ConnectionLost } from '../../../broker/client/client-error.ts'
import type { Cluster } from '../../../broker/client/cluster.ts'
import { commitOffsets, fetchOffsets } from '../../../broker/client/group-offsets.ts'
import { Producer } from '../../../broker/client/producer.ts'
import { readPartition } from '../../../broker/client/read-partition.ts'
import { NO_HEADERS } from '../../../broker/protocol/record-batch-builder.ts'
import { ManualClock } from '../../../connectors/testing/manual-clock.ts'
import type { Plan, StreamPlan } from '../../../pipelines/graph/plan.ts'
import { BrokerTrouble } from '../../../pipelines/runtime/broker-trouble.ts'
import type { InputPosition } from '../../../pipelines/runtime/input-positions.ts'
import { NodeStatus } from '../../../pipelines/runtime/node-status.ts'
import type { RunContext } from '../../../pipelines/runtime/run-context.ts'
import { StreamNode } from '../../../pipelines/runtime/stream-node.ts'
import { setUpTopics } from '../../../pipelines/runtime/topic-setup.ts'
import { createExpressions } from '../../../processors/cel/expressions.ts'
import { KeptLog } from '../../support/kept-log.ts'
import { PipelineFolder } from '../../support/pipeline-run.ts'
import { RunningBroker } from '../../support/running-broker.ts'
import { until } from '../../support/until.ts'

const DOCUMENT = `
pipeline: anew
sources:
  raw: { uses: generate, with: { count: 1 } }
streams:
  kept:
    from: raw
    steps: [ { dedupe: { within: 1h } } ]
sinks:
  out: { from: kept, uses: stdout }
`
const INPUT = { topic: 'anew.raw', partition: 0 }
/** Two of them do not fit into one answer, so that they are processed one at a time. */
const PADDING = 'x'.repeat(600_000)

let folder: PipelineFolder
let broker: RunningBroker
let cluster: Cluster
let plan: Plan
beforeEach(async () => {
  folder = await PipelineFolder.create({ 'pipeline.yaml': DOCUMENT })
  broker = await RunningBroker.start()
  cluster = broker.cluster()
  plan = await folder.plan()
})
afterEach(async () => {
  await broker.stop()
  await folder.remove()
})

type Commit = (positions: readonly InputPosition[]) => Promise<void>

/** The stream node of the document at work on its one partition, with a clock and commits that a test steers. */
class Worker {
  readonly clock = new ManualClock()
  readonly node: StreamNode
  readonly #stop = new AbortController()
  commit: Commit = commitToGroup

  private constructor(context: Omit<RunContext, 'clock'>) {
    const commit = (_: string, positions: readonly InputPosition[]): Promise<void> => this.commit(positions)
    this.node = new StreamNode(streamOf(plan), { ...context, clock: this.clock }, commit)
  }

  /** Begins where the group stands. */
  static async begin(): Promise<Worker> {
    const logger = new KeptLog()
    const status = new NodeStatus('kept', 'stream')
    const worker = new Worker({
      plan,
      cluster,
      logger,
      metrics: { count: () => undefined },
      expressions: createExpressions(),
      trouble: new BrokerTrouble(new ManualClock(), logger),
      stopping: new AbortController().signal,
      topics: await setUpTopics(cluster, plan),
      statusOf: () => status,
      isHeldBack: () => false,
      untilAdmitted: () => Promise.resolve(),
    })
    const [position = { ...INPUT, offset: 0 }] = await fetchOffsets(cluster, streamOf(plan).group, [INPUT])
    await worker.node.assign([position])
    return worker
  }

  /** Resolves with why it has ended. */
  run(): Promise<unknown> {
    return this.node.run(this.#stop.signal).then(
      () => null,
      (error: unknown) => error,
    )
  }

  async reached(offset: number): Promise<void> {
    await until(() => this.node.reached(INPUT.topic, INPUT.partition) === offset)
  }

  /** From now on the next commit is due. */
  passCommitInterval(): void {
    this.clock.advance(plan.commitIntervalMs)
  }

  async stop(running: Promise<unknown>): Promise<void> {
    this.#stop.abort()
    await running
    await this.node.close()
  }

  /** Ends at once: what is not committed stays so. */
  async kill(): Promise<void> {
    this.node.abort()
    await this.node.close()
  }
}

function streamOf({ streams: [stream] }: Plan): StreamPlan {
  if (stream === undefined) throw new Error('the document has no stream')
  return stream
}

async function commitToGroup(positions: readonly InputPosition[]): Promise<void> {
  const committed = positions.map((position) => ({ ...position, metadata: '' }))
  await commitOffsets(cluster, streamOf(plan).group, committed)
}

const NOT_STORED: Commit = () => Promise.reject(new ConnectionLost('the request was lost'))
const STORED_UNHEARD: Commit = async (positions) => {
  await commitToGroup(positions)
  throw new ConnectionLost('the answer was lost')
}

/** Appends events to the input, each in a batch of its own. */
async function send(...events: readonly { readonly key: string; readonly name: string }[]): Promise<void> {
  const producer = new Producer(cluster)
  for (const { key, name } of events) {
    const value = JSON.stringify({ name, padding: PADDING })
    void producer.append(INPUT.topic, INPUT.partition, { timestamp: 0, key, value, headers: NO_HEADERS })
    await producer.flush()
  }
  producer.close()
}

async function namesIn(topic: string): Promise<readonly string[]> {
  const names: string[] = []
  for await (const record of readPartition(cluster, topic, 0, AbortSignal.timeout(10_000))) {
    names.push((JSON.parse(record.valueText ?? '') as { name: string }).name)
  }
  return names
}

test('a node that begins anew takes back a commit that stands although its answer was lost', async () => {
  const worker = await Worker.begin()
  await send({ key: 'a', name: 'a' }, { key: 'b', name: 'b' })
  const first = worker.run()
  await worker.reached(2)
  worker.commit = STORED_UNHEARD
  worker.passCommitInterval()
  expect(await first).toBeInstanceOf(ConnectionLost)

  // It processes the first event again, writes its state as it is after that, and is killed before it has moved on.
  worker.commit = commitToGroup
  await worker.node.restart()
  worker.commit = NOT_STORED
  worker.passCommitInterval()
  expect(await worker.run()).toBeInstanceOf(ConnectionLost)
  expect(worker.node.reached(INPUT.topic, INPUT.partition)).toBe(1)
  await worker.kill()

  // With the group left ahead of that state, the mark of `b` would be missing.
  const next = await Worker.begin()
  await send({ key: 'b', name: 'b again' })
  const running = next.run()
  await next.reached(3)
  await next.stop(running)
  expect(await namesIn('anew.kept')).toEqual(['a', 'b', 'a', 'a', 'b'])
})
