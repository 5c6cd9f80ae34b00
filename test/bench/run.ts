/**
 * `npm run bench`: measures, prints tables and keeps them under `test/bench/results/`. Exit code 1: a bar is not met.
 *
 *   --records N      records of the pipeline and the client; 1,000,000 unless said otherwise
 *   --file PATH      findings to use, one JSON document per line, instead of those the benchmark writes
 *   --expected PATH  figures that the output must have: { n, w1: { kept, scoreSum, bytesOut } }
 *   --only NAMES     codec, log, server, pipeline; separated by commas
 *   --folder PATH    where to write; on the disk that is to be measured
 *
 * Only a run of everything, of the usual size, is kept.
 */
import { mkdir, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { toBarTable } from './bar.ts'
import { commit, describeMachine } from './machine.ts'
import { PACKAGE_FOLDER } from './pipeline-bin.ts'
import { toTable } from './result-table.ts'
import type { Section } from './section.ts'
import { SECTIONS } from './sections.ts'

const USUAL_RECORDS = 1_000_000

const { values } = parseArgs({
  options: {
    records: { type: 'string', default: String(USUAL_RECORDS) },
    file: { type: 'string' },
    expected: { type: 'string' },
    only: { type: 'string', default: Object.keys(SECTIONS).join(',') },
    folder: { type: 'string', default: fileURLToPath(new URL('test/bench/data', PACKAGE_FOLDER)) },
  },
})

function describe({ title, rows, notes }: Section): string {
  return [`## ${title}`, '', toTable(rows), ...notes.map((note) => `${note}\n`)].join('\n')
}

async function run(): Promise<boolean> {
  const { folder, file = null, expected = null } = values
  const names = values.only.split(',')
  await mkdir(folder, { recursive: true })
  const sections: Section[] = []
  let text = ['# Results of `npm run bench`', '', ...describeMachine().map((line) => `    ${line}`), '', ''].join('\n')
  process.stdout.write(text)
  for (const name of names) {
    const bench = SECTIONS[name]
    if (bench === undefined) throw new Error(`there is no ${name}; there are ${Object.keys(SECTIONS).join(', ')}`)
    const section = await bench({ records: Number(values.records), file, expected, folder })
    sections.push(section)
    const part = `${describe(section)}\n`
    process.stdout.write(part)
    text += part
  }
  const bars = sections.flatMap((section) => section.bars)
  const part = `## Bars\n\n${toBarTable(bars)}`
  process.stdout.write(part)
  if (Number(values.records) === USUAL_RECORDS && names.length === Object.keys(SECTIONS).length) {
    await writeFile(new URL(`test/bench/results/${commit()}.md`, PACKAGE_FOLDER), text + part)
  }
  return bars.every(({ isMet }) => isMet)
}

process.exitCode = (await run()) ? 0 : 1
