/** A node and those it reads from. */
export interface GraphNode {
  readonly name: string
  readonly from: readonly string[]
}

/** Names so that every node comes after all it reads from; in a cycle, in the order given. */
export function topologicalOrder(nodes: readonly GraphNode[]): readonly string[] {
  const byName = new Map(nodes.map((node) => [node.name, node]))
  const order: string[] = []
  const entered = new Set<string>()
  for (const root of nodes) {
    const stack: { node: GraphNode; next: number }[] = entered.has(root.name) ? [] : [{ node: root, next: 0 }]
    entered.add(root.name)
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      const parent = byName.get(top.node.from[top.next] ?? '')
      if (top.next >= top.node.from.length) {
        order.push(top.node.name)
        stack.pop()
      } else {
        top.next += 1
        if (parent !== undefined && !entered.has(parent.name)) {
          entered.add(parent.name)
          stack.push({ node: parent, next: 0 })
        }
      }
    }
  }
  return order
}

/**
 * One cycle for each group of nodes that feed each other, as a list of names in the direction of the events, beginning
 * with the node that the document names first. Each node is in one cycle at most.
 */
export function findCycles(nodes: readonly GraphNode[]): readonly (readonly string[])[] {
  const byName = new Map(nodes.map((node) => [node.name, node]))
  const state = new Map<string, 'open' | 'done'>()
  const cycles: string[][] = []
  const reported = new Set<string>()
  for (const root of nodes) {
    if (state.has(root.name)) continue
    const stack = [{ node: root, next: 0 }]
    state.set(root.name, 'open')
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      const parent = byName.get(top.node.from[top.next] ?? '')
      if (top.next >= top.node.from.length) {
        state.set(top.node.name, 'done')
        stack.pop()
        continue
      }
      top.next += 1
      if (parent === undefined || state.get(parent.name) === 'done') continue
      if (state.get(parent.name) === 'open') {
        const start = stack.findIndex(({ node }) => node === parent)
        // The stack leads from reader to input; events go the other way.
        const cycle = stack
          .slice(start)
          .map(({ node }) => node.name)
          .toReversed()
        if (!cycle.some((name) => reported.has(name))) cycles.push(rotated(cycle, nodes))
        for (const name of cycle) reported.add(name)
      } else {
        state.set(parent.name, 'open')
        stack.push({ node: parent, next: 0 })
      }
    }
  }
  return cycles
}

function rotated(cycle: readonly string[], nodes: readonly GraphNode[]): string[] {
  const first = nodes.find(({ name }) => cycle.includes(name))?.name ?? ''
  const at = Math.max(0, cycle.indexOf(first))
  return [...cycle.slice(at), ...cycle.slice(0, at)]
}

/** Names of all nodes from which a node is fed, itself included. */
export function ancestorsOf(name: string, nodes: ReadonlyMap<string, GraphNode>): ReadonlySet<string> {
  const found = new Set([name])
  for (const each of found) for (const parent of nodes.get(each)?.from ?? []) if (nodes.has(parent)) found.add(parent)
  return found
}

/**
 * Names of the nodes on any way between two, both included, in the given order; empty when there is none. `feeding` is
 * `ancestorsOf(last)`, for those who have it.
 */
export function nodesBetween(
  first: string,
  last: string,
  order: readonly string[],
  nodes: ReadonlyMap<string, GraphNode>,
  feeding = ancestorsOf(last, nodes),
): readonly string[] {
  if (!feeding.has(first)) return []
  const reached = new Set([first])
  for (const name of order) {
    if (feeding.has(name) && nodes.get(name)?.from.some((parent) => reached.has(parent)) === true) reached.add(name)
  }
  return order.filter((name) => reached.has(name))
}
