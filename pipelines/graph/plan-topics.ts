import type { GroupPlan, Plan, TopicPlan } from './plan.ts'
import { decisionsTopic, positionsTopic, streamsGroup } from './topic-names.ts'

type Nodes = Pick<Plan, 'pipeline' | 'sources' | 'streams' | 'sinks'>

/** Every topic of a pipeline: those of its nodes, and its own for what failed, for state, decisions and positions. */
export function planTopics(nodes: Nodes, partitions: number, retentionMs: number | null): readonly TopicPlan[] {
  const { pipeline, sources, streams, sinks } = nodes
  const own = { node: null, partitions, retentionMs, readers: [] }
  const hasSteps = [...sources, ...streams].some(({ steps }) => steps.length > 0)
  return [
    ...[...sources, ...streams].map((node) => ({
      name: node.topic,
      purpose: 'node' as const,
      node: node.name,
      partitions: node.partitions,
      cleanupPolicy: 'delete' as const,
      retentionMs: node.retentionMs,
      readers: readersOf(node.name, nodes),
    })),
    ...[...sources, ...streams, ...sinks].map((node) => ({
      ...own,
      name: node.deadLetterTopic,
      purpose: 'dead_letters' as const,
      node: node.name,
      partitions: 1,
      cleanupPolicy: 'delete' as const,
      retentionMs: node.kind === 'sink' ? retentionMs : node.retentionMs,
    })),
    ...streams.flatMap(({ name, changelogTopic, tasks }) => {
      if (changelogTopic === null) return []
      return [{ ...compacted, name: changelogTopic, purpose: 'changelog' as const, node: name, partitions: tasks }]
    }),
    ...(hasSteps
      ? [{ ...own, name: decisionsTopic(pipeline), purpose: 'decisions' as const, cleanupPolicy: 'delete' as const }]
      : []),
    { ...compacted, name: positionsTopic(pipeline), purpose: 'positions' as const, node: null, partitions: 1 },
  ]
}

/** What is read back whole after a start: only the newest record of each key matters, and it matters for ever. */
const compacted = { cleanupPolicy: 'compact' as const, retentionMs: null, readers: [] }

/** All streams share one group, each sink has its own. */
export function planGroups({ pipeline, streams, sinks }: Nodes): readonly GroupPlan[] {
  const shared: GroupPlan = {
    name: streamsGroup(pipeline),
    nodes: streams.map(({ name }) => name),
    topics: [...new Set(streams.flatMap(({ inputTopics }) => inputTopics))],
  }
  const own = sinks.map(({ name, group, inputTopics }) => ({ name: group, nodes: [name], topics: inputTopics }))
  return [...(streams.length === 0 ? [] : [shared]), ...own]
}

function readersOf(node: string, { streams, sinks }: Nodes): TopicPlan['readers'] {
  return [...streams, ...sinks]
    .filter(({ from }) => from.includes(node))
    .map(({ name, group }) => ({ node: name, group }))
}
