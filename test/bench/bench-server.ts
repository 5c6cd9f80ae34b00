import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { atMost, type Bar } from './bar.ts'
import { produceToKafka, WARM_UP_RUNS } from './kafka-beside.ts'
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

/** Batches in a request: a producer sends one for each partition of a broker that has one ready. */
const PARTITION_COUNTS = [1, 4]

/** `pipeline broker` in a process of its own and one client of ours in another; Apache Kafka beside, if it can be had. */
export async function benchServer({ folder, records }: BenchOptions): Promise<Section> {
  const data = join(folder, 'broker')
  await rm(data, { recursive: true, force: true })
  await mkdir(data, { recursive: true })
  const broker = await MeasuredProcess.start(PIPELINE_BIN, ['broker', '--port', '0', '--data-dir', data])
  try {
    const asked = { broker, address: await broker.printed(/^broker +(\S+)$/m), records }
    const cold = await runPhase(asked, 'produce', 1)
    const fetched = await runPhase(asked, 'fetch', 1)
    for (let run = 1; run < WARM_UP_RUNS; run += 1) await runPhase(asked, 'produce', 1)
    const warm: Row[] = []
    for (const partitions of PARTITION_COUNTS) warm.push((await runPhase(asked, 'produce', partitions)).broker)
    const kafka = await produceToKafka(CLIENT, records, PARTITION_COUNTS)
    return {
      title: 'Produce and fetch over TCP: 1 KB records, acks=all, batches of 64 KB, fdatasync',
      rows: [
        cold.broker,
        cold.client,
        fetched.broker,
        fetched.client,
        ...warm.map((row) => ({ ...row, program: `${row.program}, warm` })),
        ...(kafka ?? []),
      ],
      bars: warm.flatMap((row, index) => barsOf(row, PARTITION_COUNTS[index] ?? 0, kafka?.[index])),
      notes: [
        'The number is that of the partitions: each request brings a batch for every one. Five requests are on their way ' +
          'at any time, as with a Java producer.',
        kafka === null
          ? 'Apache Kafka cannot be had here: it needs Java 17 and Maven.'
          : 'What is called warm has been written to four times before. Apache Kafka does not sync.',
      ],
    }
  } finally {
    await broker.stop()
    await rm(data, { recursive: true, force: true })
  }
}

/** In absolute figures, for a machine on which Kafka needs 2.7; and as a ratio to Kafka here and now. */
function barsOf({ records, work }: Row, partitions: number, kafka: Row | undefined): readonly Bar[] {
  const name = `CPU seconds of the broker per million records, ${partitions} partition${partitions === 1 ? '' : 's'}`
  const absolute = atMost(name, 3, (work.cpuSeconds / records) * 1e6)
  if (kafka === undefined) return [absolute]
  return [absolute, atMost(`${name}, to Kafka's`, 1.11, work.cpuSeconds / kafka.work.cpuSeconds)]
}

async function runPhase(
  { broker, address, records }: { broker: MeasuredProcess; address: string; records: number },
  phase: 'produce' | 'fetch',
  partitions: number,
): Promise<Phase> {
  const before = await broker.usage()
  const { stdout, usage } = await measure(CLIENT, [phase, address, String(records), String(partitions)])
  const after = await broker.usage()
  const work = JSON.parse(stdout) as MeasuredWork
  const bytes = records * RECORD_BYTES
  return {
    client: { program: `${phase}, ${partitions}: the client`, records, bytes, work, peakBytes: usage.peakBytes },
    broker: {
      program: `${phase}, ${partitions}: the broker`,
      records,
      bytes,
      work: { seconds: work.seconds, cpuSeconds: after.cpuSeconds - before.cpuSeconds },
      peakBytes: after.peakBytes,
    },
  }
}
