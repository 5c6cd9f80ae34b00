import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { readPartition } from '../../../broker/client/read-partition.ts'
import { PipelineFolder, startRun } from '../../support/pipeline-run.ts'
import { RunningBroker } from '../../support/running-broker.ts'
import { ROOT } from '../../support/source-files.ts'

/* Events lie in memory that is used again as soon as their stretch is processed: nothing may be left that looks at it. */

const COUNT = 4_000

/** Fails in the last step, or is written on: as it came, or with a policy's decision. */
const DOCUMENT = `
pipeline: large
sources:
  raw: { uses: file, with: { path: in.ndjson } }
streams:
  judged:
    from: raw
    steps:
      - dedupe: { within: 1h }
      - policy: { bundle: gate.tar.gz, entrypoint: gate/verdict, on_policy_error: allow, as: verdict }
      - filter: 'value.n % 7 != 3'
  passed:
    from: raw
    steps:
      - filter: 'value.n % 2 == 0'
sinks:
  out-judged: { from: judged, uses: file, with: { path: judged.ndjson } }
  out-passed: { from: passed, uses: file, with: { path: passed.ndjson } }
`

/** Tells itself apart from every other one in each of its bytes. Every fiftieth has no number. */
function lineOf(n: number): string {
  const number = n % 50 === 1 ? {} : { n }
  return JSON.stringify({ ...number, id: `#${n}`, text: `${n} `.repeat(500 + ((n * 31) % 1_000)) })
}

test('large events come out as they went in, whatever the steps keep of them', { timeout: 120_000 }, async () => {
  const lines = Array.from({ length: COUNT }, (_, n) => lineOf(n))
  const gate = await readFile(join(ROOT, 'examples/policies/gate.tar.gz'))
  const folder = await PipelineFolder.create({
    'pipeline.yaml': DOCUMENT,
    'in.ndjson': lines.join('\n'),
    'gate.tar.gz': gate,
  })
  onTestFinished(() => folder.remove())
  const broker = await RunningBroker.start()
  onTestFinished(() => broker.stop())
  const { run } = await startRun(await folder.plan(), broker)
  let freed = 0
  run.context.cluster.memory.onFree = (memory) => {
    new Uint8Array(memory).fill(0x21)
    freed += memory.byteLength
  }
  await run.finished()
  expect(freed).toBeGreaterThan(10_000_000)

  const passed = lines.filter((_, n) => n % 50 !== 1 && n % 2 === 0)
  expect(await folder.lines('passed.ndjson').then((out) => out.toSorted())).toEqual(passed.toSorted())
  const judged = (await folder.lines('judged.ndjson')).map((line) => {
    const { verdict, ...event } = JSON.parse(line) as Record<string, unknown>
    expect(verdict).toBeDefined()
    return JSON.stringify(event)
  })
  expect(judged.toSorted()).toEqual(lines.filter((_, n) => n % 50 !== 1 && n % 7 !== 3).toSorted())
  const dead: string[] = []
  const letters = readPartition(broker.cluster(), 'large._passed-dead-letters', 0, AbortSignal.timeout(10_000))
  for await (const { valueText } of letters) dead.push(valueText ?? '')
  expect(dead.toSorted()).toEqual(lines.filter((_, n) => n % 50 === 1).toSorted())
})
