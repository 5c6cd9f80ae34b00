import { readFileSync } from 'node:fs'
import { KafkaServer } from '../peers/servers/kafka.ts'
import { PeerMissing } from '../peers/servers/peer-missing.ts'
import { measure } from './measured-process.ts'
import type { MeasuredWork } from './measured-work.ts'
import { RECORD_BYTES } from './programs/sample-batch.ts'
import type { Row } from './row.ts'

/** Java compiles what it runs often; after so many runs of the client it has. */
const WARM_UP_RUNS = 4
/** Kernel ticks per second, in which Linux counts the time of processes. */
const TICKS_PER_SECOND = 100

/**
 * Apache Kafka doing what our broker does, warm, with the program `client.js`. It does not sync. Null where it cannot be had:
 * without Java 17, Maven or Linux.
 */
export async function produceToKafka(client: URL, records: number): Promise<Row | null> {
  if (process.platform !== 'linux') return null
  const kafka = await KafkaServer.start().catch((error: unknown) => {
    if (error instanceof PeerMissing) return null
    throw error
  })
  if (kafka === null) return null
  try {
    const produce = (): ReturnType<typeof measure> => measure(client, ['produce', kafka.address, String(records)])
    for (let run = 0; run < WARM_UP_RUNS; run += 1) await produce()
    const before = cpuSecondsOf(kafka.pid)
    const { stdout } = await produce()
    const cpuSeconds = cpuSecondsOf(kafka.pid) - before
    const { seconds } = JSON.parse(stdout) as MeasuredWork
    return {
      program: 'produce: Apache Kafka, warm',
      records,
      bytes: records * RECORD_BYTES,
      work: { seconds, cpuSeconds },
    }
  } finally {
    await kafka.stop()
  }
}

/** User and system time of all threads of a process (proc(5), `stat`). */
function cpuSecondsOf(pid: number): number {
  const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
  // The name of the program stands in parentheses and may hold anything; utime and stime are the 12th and 13th behind it.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND
}
