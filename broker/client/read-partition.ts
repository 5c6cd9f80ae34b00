import type { BatchRecord } from '../protocol/record-reader.ts'
import { Admin } from './admin.ts'
import type { Cluster } from './cluster.ts'
import { Fetcher } from './fetcher.ts'

/** All records that a partition holds now, in order; for small topics that are read whole, such as changelogs. */
export async function* readPartition(
  cluster: Cluster,
  topic: string,
  partition: number,
  signal: AbortSignal,
): AsyncIterable<BatchRecord> {
  const admin = new Admin(cluster)
  const wanted = [{ topic, partition }]
  const [start] = await admin.listOffsets(wanted, 'earliest')
  const [end] = await admin.listOffsets(wanted, 'latest')
  const endOffset = end?.offset ?? 0
  let nextOffset = start?.offset ?? 0
  if (nextOffset >= endOffset) return
  const fetcher = new Fetcher(cluster, { purpose: `read/${topic}-${partition}` })
  fetcher.assign(topic, partition, nextOffset)
  try {
    while (nextOffset < endOffset && !signal.aborted) {
      for (const fetched of await fetcher.poll(signal)) {
        for (const record of fetched.records) if (record.offset < endOffset) yield record
        nextOffset = fetched.nextOffset
      }
    }
  } finally {
    fetcher.close()
  }
}
