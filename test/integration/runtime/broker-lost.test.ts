import { expect, test } from 'vitest'
import { PipelineFolder, startRun } from '../../support/pipeline-run.ts'
import { RunningBroker } from '../../support/running-broker.ts'

const DOCUMENT = `
pipeline: lost
sources:
  raw: { uses: generate, with: { rate: 5000, shape: tiny } }
streams:
  kept:
    from: raw
    steps: [ { dedupe: { within: 1h } } ]
sinks:
  out: { from: kept, uses: file, with: { path: out/kept.ndjson } }
`

test('a run whose broker is gone for good can be broken off while it works', async () => {
  const folder = await PipelineFolder.create({ 'pipeline.yaml': DOCUMENT })
  const broker = await RunningBroker.start()
  try {
    const { run } = await startRun(await folder.plan(), broker)
    while (run.context.statusOf('out').counts.out === 0) await new Promise((resolve) => setTimeout(resolve, 10))
    await broker.stop()
    await run.abort()
    expect(['kept', 'out'].map((name) => run.context.statusOf(name).state)).not.toContain('running')
  } finally {
    await folder.remove()
  }
})
