import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { atMost } from './bar.ts'
import { produceToKafka } from './kafka-beside.ts'
import { measure, MeasuredProcess } from './measured-process.ts'
import type { MeasuredWork } from './measured-work.ts'
import { PIPELINE_BIN } from './pipeline-bin.ts'
import { RECORD_BYTES } from './programs/sample-batch.ts'
import type { Row } from './row.ts'
import type { BenchOptions, Section } from './section.ts'

const CLIENT = new URL('programs/client.js', import.meta.url)

interface Phase {
  readonly client: Row
  readonly broker: Row
}

/** `pipeline broker` in a process of its own and one client of ours in another; Apache Kafka beside, if it can be had. */
export async function benchServer({ folder, records }: BenchOptions): Promise<Section> {
  const data = join(folder, 'broker')
  await rm(data, { recursive: true, force: true })
  await mkdir(data, { recursive: true })
  const broker = await MeasuredProcess.start(PIPELINE_BIN, ['broker', '--port', '0', '--data-dir', data])
  try {
    const address = await broker.printed(/^broker +(\S+)$/m)
    const produced = await runPhase(broker, 'produce', address, records)
    const fetched = await runPhase(broker, 'fetch', address, records)
    const warm = await runPhase(broker, 'produce', address, records)
    const again = await runPhase(broker, 'produce', address, records)
    const kafka = await produceToKafka(CLIENT, records)
    const warmCpuSeconds = (warm.broker.work.cpuSeconds + again.broker.work.cpuSeconds) / 2
    return {
      title: 'Produce and fetch over TCP: 1 KB records, one partition, acks=all, batches of 64 KB, fdatasync',
      rows: [
        produced.broker,
        produced.client,
        fetched.broker,
        fetched.client,
        { ...warm.broker, program: 'produce: the broker, warm' },
        { ...again.broker, program: 'produce: the broker, warm, again' },
        ...(kafka === null ? [] : [kafka]),
      ],
      bars: [
        atMost('CPU seconds of the warm broker per million records produced', 3, (warmCpuSeconds / records) * 1e6),
        ...(kafka === null ? [] : [atMost("the same to Apache Kafka's", 1.11, warmCpuSeconds / kafka.work.cpuSeconds)]),
      ],
      notes: [
        'Five requests are on their way at any time, as with a Java producer.',
        kafka === null
          ? 'Apache Kafka cannot be had here: it needs Java 17 and Maven.'
          : 'Apache Kafka has had four million records before, and does not sync.',
      ],
    }
  } finally {
    await broker.stop()
    await rm(data, { recursive: true, force: true })
  }
}

async function runPhase(
  broker: MeasuredProcess,
  phase: 'produce' | 'fetch',
  address: string,
  records: number,
): Promise<Phase> {
  const before = await broker.usage()
  const { stdout, usage } = await measure(CLIENT, [phase, address, String(records)])
  const after = await broker.usage()
  const work = JSON.parse(stdout) as MeasuredWork
  const bytes = records * RECORD_BYTES
  return {
    client: { program: `${phase}: the client`, records, bytes, work, peakBytes: usage.peakBytes },
    broker: {
      program: `${phase}: the broker`,
      records,
      bytes,
      work: { seconds: work.seconds, cpuSeconds: after.cpuSeconds - before.cpuSeconds },
      peakBytes: after.peakBytes,
    },
  }
}
