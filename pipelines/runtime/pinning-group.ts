import { Admin, type PartitionOffset } from '../../broker/client/admin.ts'
import { fetchOffsets } from '../../broker/client/group-offsets.ts'
import type { RunContext } from './run-context.ts'

/** The group of a pipeline that keeps the most records from being deleted, and how many. */
export async function pinningGroup({ plan, cluster, topics }: RunContext): Promise<{ group: string; records: number }> {
  const admin = new Admin(cluster)
  let most = { group: '', records: 0 }
  for (const { name, topics: read } of plan.groups) {
    const partitions = read.flatMap((topic) =>
      Array.from({ length: topics.of(topic).partitions }, (_, partition) => ({ topic, partition })),
    )
    const starts = byPartition(await admin.listOffsets(partitions, 'earliest'))
    const settled = byPartition(await fetchOffsets(cluster, name, partitions))
    let records = 0
    for (const end of await admin.listOffsets(partitions, 'latest')) {
      const start = starts.get(nameOf(end)) ?? 0
      records += Math.max(end.offset - Math.max(settled.get(nameOf(end)) ?? start, start), 0)
    }
    if (records > most.records) most = { group: name, records }
  }
  return most
}

function byPartition(offsets: readonly PartitionOffset[]): ReadonlyMap<string, number> {
  return new Map(offsets.map((position) => [nameOf(position), position.offset]))
}

function nameOf({ topic, partition }: Omit<PartitionOffset, 'offset'>): string {
  return `${topic}-${partition}`
}
