import { mkdir, rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { atLeast, atMost } from './bar.ts'
import { checkPipeline } from './check-pipeline.ts'
import { writeFindings } from './findings.ts'
import { copyHead } from './head-of-file.ts'
import { type Finished, measure } from './measured-process.ts'
import { PACKAGE_FOLDER, PIPELINE_BIN } from './pipeline-bin.ts'
import { ratePerCpuSecond, type Row, steadyRow } from './row.ts'
import type { BenchOptions, Section } from './section.ts'

const LOOP = new URL('programs/loop.js', import.meta.url)
const DOCUMENT = fileURLToPath(new URL('test/bench/severe-findings.yaml', PACKAGE_FOLDER))
/** The small run, whose costs are those of start and warm-up above all, has this part of the records. */
const HEAD_PART = 5
const MAX_PEAK_MB = 400

/**
 * Findings from a file through the log to a file, beside a loop that does the same work without a log. The loop runs
 * before and after: how far the two differ says how far a difference means anything.
 */
export async function benchPipeline(options: BenchOptions): Promise<Section> {
  const folder = join(options.folder, 'pipeline')
  await rm(folder, { recursive: true, force: true })
  await mkdir(folder, { recursive: true })
  const { input, head, records } = await prepareInput(options)
  const loopHead = await runLoop(head, records.head, folder)
  const runHead = await runPipeline(head, records.head, folder)
  await rm(join(folder, 'stoplog'), { recursive: true })
  await rm(join(folder, 'out.ndjson'))
  const first = await runLoop(input, records.all, folder)
  const run = await runPipeline(input, records.all, folder)
  const second = await runLoop(input, records.all, folder)
  const checked = await checkPipeline({
    input,
    output: join(folder, 'out.ndjson'),
    loopOutput: join(folder, 'loop.ndjson'),
    expected: options.expected,
    dataFolder: join(folder, 'stoplog'),
  })
  await rm(folder, { recursive: true })
  const loopRate = (ratePerCpuSecond(first) + ratePerCpuSecond(second)) / 2
  const steady = steadyRow('pipeline, without start and warm-up', runHead, run)
  return {
    title: 'Findings of 1 KB from file to file: filter and map, through the synced log',
    rows: [
      { ...first, program: 'loop without a log' },
      { ...run, program: 'pipeline' },
      { ...second, program: 'loop without a log, again' },
      steadyRow('loop, without start and warm-up', loopHead, second),
      steady,
    ],
    bars: [
      atLeast('pipeline to loop, in records per CPU second', 0.3, ratePerCpuSecond(run) / loopRate),
      atMost('peak memory of the pipeline, in MB', MAX_PEAK_MB, (run.peakBytes ?? Infinity) / 1e6),
    ],
    notes: [
      `${checked}.`,
      `The loop against itself: ${(ratePerCpuSecond(second) / ratePerCpuSecond(first)).toFixed(2)} in records per CPU second.`,
      `"Without start and warm-up" is what a run of ${records.all} records takes more than one of ${records.head}.`,
    ],
  }
}

interface Input {
  readonly input: string
  readonly head: string
  readonly records: { readonly all: number; readonly head: number }
}

async function prepareInput({ file, folder, records }: BenchOptions): Promise<Input> {
  const input = file === null ? join(folder, `findings-${records}.ndjson`) : resolve(file)
  if (file === null) await writeFindings(input, records)
  const counted = await measure(LOOP, [input, '/dev/null'])
  const { count } = JSON.parse(counted.stdout) as { readonly count: number }
  const head = join(folder, 'head.ndjson')
  const headCount = Math.ceil(count / HEAD_PART)
  await copyHead(input, head, headCount)
  return { input, head, records: { all: count, head: headCount } }
}

async function runLoop(input: string, records: number, folder: string): Promise<Row> {
  return toRow(records, await measure(LOOP, [input, join(folder, 'loop.ndjson')]))
}

async function runPipeline(input: string, records: number, folder: string): Promise<Row> {
  const variables = { INPUT: input, OUTPUT: join(folder, 'out.ndjson') }
  const vars = Object.entries(variables).flatMap(([name, value]) => ['--var', `${name}=${value}`])
  return toRow(records, await measure(PIPELINE_BIN, ['run', DOCUMENT, '--data-dir', join(folder, 'stoplog'), ...vars]))
}

function toRow(records: number, { usage, seconds }: Finished): Row {
  return { program: '', records, work: { seconds, cpuSeconds: usage.cpuSeconds }, peakBytes: usage.peakBytes }
}
