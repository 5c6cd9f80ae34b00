import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { atLeast } from './bar.ts'
import { measure } from './measured-process.ts'
import { middleOf, type MeasuredWork } from './measured-work.ts'
import { RECORD_BYTES, RECORDS_PER_BATCH } from './programs/sample-batch.ts'
import { ratePerSecond, type Row } from './row.ts'
import type { BenchOptions, Section } from './section.ts'

const ROUNDS = 3
const SMALL_BATCH_RECORDS = 4
const MANY = 64

interface Case {
  readonly way: 'log-append' | 'file-per-partition'
  readonly partitions: number
  readonly batchRecords: number
  readonly batches: number
}

const CASES: readonly Case[] = [
  { batchRecords: RECORDS_PER_BATCH, batches: 8_000 },
  { batchRecords: SMALL_BATCH_RECORDS, batches: 20_000 },
].flatMap((size) =>
  (['log-append', 'file-per-partition'] as const).flatMap((way) =>
    [1, MANY].map((partitions) => ({ way, partitions, ...size })),
  ),
)

const NAMES = { 'log-append': 'one journal, then segments', 'file-per-partition': 'a file per partition' }

/**
 * The log store on the disk, fdatasync before each answer, beside a file per partition that is synced by itself. Rounds
 * of all cases follow each other, and the middle one of each case counts: the disk is not the same at all times.
 */
export async function benchLog({ folder }: BenchOptions): Promise<Section> {
  const rounds = CASES.map((): MeasuredWork[] => [])
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [index, each] of CASES.entries()) rounds[index]?.push(await runCase(each, folder))
  }
  const rows = CASES.map((each, index) => toRow(each, middleOf(rounds[index] ?? [])))
  return {
    title: 'Log append: 64 batches wait for the disk at any time, each answered after fdatasync',
    rows,
    bars: [
      atLeast(
        `${MANY} partitions to one, batches of 64 KB, in records per second`,
        0.7,
        rateOf(rows, MANY) / rateOf(rows, 1),
      ),
    ],
    notes: ['The journal is written once more, to the segments: its CPU seconds hold both.'],
  }
}

async function runCase({ way, partitions, batchRecords, batches }: Case, folder: string): Promise<MeasuredWork> {
  const data = join(folder, 'log')
  await rm(data, { recursive: true, force: true })
  await mkdir(data, { recursive: true })
  const args = [data, partitions, batchRecords, batches].map(String)
  const { stdout } = await measure(new URL(`programs/${way}.js`, import.meta.url), args)
  await rm(data, { recursive: true, force: true })
  return JSON.parse(stdout) as MeasuredWork
}

function toRow({ way, partitions, batchRecords, batches }: Case, work: MeasuredWork): Row {
  const records = batchRecords * batches
  const program = `${NAMES[way]}, ${partitions} × ${batchRecords} KB`
  return { program, records, bytes: records * RECORD_BYTES, work }
}

function rateOf(rows: readonly Row[], partitions: number): number {
  const index = CASES.findIndex(
    (each) => each.way === 'log-append' && each.partitions === partitions && each.batchRecords === RECORDS_PER_BATCH,
  )
  const row = rows[index]
  if (row === undefined) throw new Error(`no case of ${partitions} partitions`)
  return ratePerSecond(row)
}
