import { Admin, type PartitionOffset } from '../../broker/client/admin.ts'
import { fetchOffsets } from '../../broker/client/group-offsets.ts'
import type { Plan } from '../graph/plan.ts'
import type { NodeAtWork } from './node-at-work.ts'
import type { RunContext } from './run-context.ts'

const LOOK_AGAIN_MS = 10

/**
 * Ends a run whose sources end: node by node, when each has got to where its input ended when those that write it had
 * ended. Resolves when the last node has ended, also when it was told to; at once, as far as it has come, when the
 * signal aborts.
 */
export async function completeRun(
  nodes: readonly NodeAtWork[],
  context: RunContext,
  signal: AbortSignal,
): Promise<void> {
  const ended = new Map<string, Promise<void>>()
  for (const name of context.plan.order) {
    const node = nodes.find((candidate) => candidate.name === name)
    if (node === undefined) continue
    const writers = nodes.filter(({ outputTopic }) => outputTopic !== null && node.inputTopics.includes(outputTopic))
    const before = writers.map((writer) => ended.get(writer.name) ?? Promise.resolve())
    ended.set(name, endWith(node, before, context, signal))
  }
  await Promise.all(ended.values())
}

async function endWith(
  node: NodeAtWork,
  before: readonly Promise<void>[],
  context: RunContext,
  signal: AbortSignal,
): Promise<void> {
  await Promise.all(before)
  if (node.inputTopics.length > 0) {
    await Promise.race([untilReached(node, context, signal), node.ended])
    node.stop.abort()
  }
  await node.ended
}

async function untilReached(node: NodeAtWork, context: RunContext, signal: AbortSignal): Promise<void> {
  const ends = await inputEnds(node, context)
  const mayEnd = AbortSignal.any([signal, node.stop.signal])
  while (node.status.state !== 'stopped' && !mayEnd.aborted && !(await hasReached(node, ends, context))) {
    await context.clock.sleep(LOOK_AGAIN_MS, mayEnd).catch(() => undefined)
  }
}

async function inputEnds(node: NodeAtWork, context: RunContext): Promise<readonly PartitionOffset[]> {
  const partitions: { topic: string; partition: number }[] = []
  for (const topic of node.inputTopics) {
    const count = await context.cluster.partitionsOf(topic)
    for (let partition = 0; partition < count; partition += 1) partitions.push({ topic, partition })
  }
  return new Admin(context.cluster).listOffsets(partitions, 'latest')
}

async function hasReached(node: NodeAtWork, ends: readonly PartitionOffset[], context: RunContext): Promise<boolean> {
  const elsewhere: PartitionOffset[] = []
  for (const end of ends) {
    const reached = node.reached(end.topic, end.partition)
    if (reached === undefined) elsewhere.push(end)
    else if (reached < end.offset) return false
  }
  if (elsewhere.length === 0) return true
  // Other workers have these partitions: what they have committed tells.
  const group = groupOf(context.plan, node.name)
  const committed = await fetchOffsets(context.cluster, group, elsewhere)
  return elsewhere.every(({ topic, partition, offset }) => {
    const found = committed.find((position) => position.topic === topic && position.partition === partition)
    return offset === 0 || (found?.offset ?? 0) >= offset
  })
}

function groupOf(plan: Plan, node: string): string {
  return plan.groups.find(({ nodes }) => nodes.includes(node))?.name ?? plan.pipeline
}
