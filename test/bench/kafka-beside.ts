import { readFileSync } from 'node:fs'
import { KafkaServer } from '../peers/servers/kafka.ts'
import { PeerMissing } from '../peers/servers/peer-missing.ts'
import { measure } from './measured-process.ts'
import type { MeasuredWork } from './measured-work.ts'
import { RECORD_BYTES } from './programs/sample-batch.ts'
import type { Row } from './row.ts'

/** Both compile what they run often; after so many runs of the client they have. */
export const WARM_UP_RUNS = 4
/** Kernel ticks per second, in which Linux counts the time of processes. */
const TICKS_PER_SECOND = 100

/**
 * Apache Kafka doing what our broker does, warm, with the program `client.js`. It does not sync. A row for each
 * number of partitions; null where it cannot be had: without Java 17, Maven or Linux.
 */
export async function produceToKafka(
  client: URL,
  records: number,
  partitionCounts: readonly number[],
): Promise<readonly Row[] | null> {
  if (process.platform !== 'linux') return null
  const kafka = await KafkaServer.start().catch((error: unknown) => {
    if (error instanceof PeerMissing) return null
    throw error
  })
  if (kafka === null) return null
  try {
    for (let run = 0; run < WARM_UP_RUNS; run += 1) await produce(client, kafka, records, 1)
    const rows: Row[] = []
    for (const partitions of partitionCounts) rows.push(await produce(client, kafka, records, partitions))
    return rows
  } finally {
    await kafka.stop()
  }
}

async function produce(client: URL, { address, pid }: KafkaServer, records: number, partitions: number): Promise<Row> {
  const before = cpuSecondsOf(pid)
  const { stdout } = await measure(client, ['produce', address, String(records), String(partitions)])
  const cpuSeconds = cpuSecondsOf(pid) - before
  const { seconds } = JSON.parse(stdout) as MeasuredWork
  return {
    program: `produce, ${partitions}: Apache Kafka, warm`,
    records,
    bytes: records * RECORD_BYTES,
    work: { seconds, cpuSeconds },
  }
}

/** User and system time of all threads of a process (proc(5), `stat`). */
function cpuSecondsOf(pid: number): number {
  const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
  // The name of the program stands in parentheses and may hold anything; utime and stime are the 12th and 13th behind it.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND
}
