import { Admin } from '../../broker/client/admin.ts'
import type { Cluster } from '../../broker/client/cluster.ts'
import type { Plan } from '../graph/plan.ts'

/** How many dead letters lie in the topics of a pipeline. To be asked before a run: topics need not be there yet. */
export async function countDeadLetters(cluster: Cluster, plan: Pick<Plan, 'topics'>): Promise<number> {
  const admin = new Admin(cluster)
  const names = new Set(plan.topics.flatMap(({ name, purpose }) => (purpose === 'dead_letters' ? [name] : [])))
  const existing = (await admin.topics()).filter(({ name }) => names.has(name))
  const wanted = existing.flatMap(({ name, partitions }) =>
    Array.from({ length: partitions }, (_, partition) => ({ topic: name, partition })),
  )
  const starts = await admin.listOffsets(wanted, 'earliest')
  const ends = await admin.listOffsets(wanted, 'latest')
  return sumOf(ends) - sumOf(starts)
}

function sumOf(positions: readonly { readonly offset: number }[]): number {
  return positions.reduce((sum, { offset }) => sum + offset, 0)
}
