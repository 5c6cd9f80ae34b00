import { describeGuarantee, type Leak, type PathGuarantee } from './guarantee.ts'
import type { Plan } from './plan.ts'
import { ancestorsOf, nodesBetween, type GraphNode } from './topology.ts'

type Nodes = Pick<Plan, 'sources' | 'streams' | 'sinks'>

/** The guarantee of each source for each sink that it reaches. */
export function planGuarantees({ sources, streams, sinks }: Nodes, order: readonly string[]): readonly PathGuarantee[] {
  const graph = new Map<string, GraphNode>()
  for (const { name } of sources) graph.set(name, { name, from: [] })
  for (const { name, from } of [...streams, ...sinks]) graph.set(name, { name, from })
  const guarantees: PathGuarantee[] = []
  const leaks = new Map([...sources, ...streams, ...sinks].map((node) => [node.name, leaksOf(node)]))
  for (const sink of sinks) {
    const feeding = ancestorsOf(sink.name, graph)
    for (const source of sources) {
      const path = nodesBetween(source.name, sink.name, order, graph, feeding)
      if (path.length === 0) continue
      guarantees.push({
        source: source.name,
        sink: sink.name,
        path,
        ...describeGuarantee(
          source.plugin.definition.capabilities,
          sink.plugin.definition.capabilities,
          path.flatMap((name) => leaks.get(name) ?? []),
        ),
      })
    }
  }
  return guarantees
}

function leaksOf(node: Plan['sources' | 'streams' | 'sinks'][number]): readonly Leak[] {
  const drops = [node.onError, ...node.steps.map((step) => step.onError)].some(({ action }) => action === 'drop')
  const leaks: Leak[] = drops ? [{ node: node.name, setting: 'on_error: drop' }] : []
  if (node.kind === 'source' && node.onFuture === 'drop') leaks.push({ node: node.name, setting: 'on_future: drop' })
  return leaks
}
