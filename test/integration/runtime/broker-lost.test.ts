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
    await until(() => run.context.statusOf('out').counts.out > 0)
    await broker.stop()
    await run.abort()
    expect(['kept', 'out'].map((name) => run.context.statusOf(name).state)).not.toContain('running')
  } finally {
    await folder.remove()
  }
})

test('a run whose broker does not answer says so while it tries again, and goes on when it does', async () => {
  const folder = await PipelineFolder.create({ 'pipeline.yaml': DOCUMENT.replace('5000', '50') })
  const broker = await RunningBroker.start()
  try {
    const { run, logger } = await startRun(await folder.plan(), broker)
    const told = (): unknown[] =>
      logger.lines.flatMap(({ message, fields }) => (message.startsWith('the broker') ? [fields['node']] : []))
    const { counts } = run.context.statusOf('out')
    await until(() => counts.out > 0)
    await broker.restart(() => until(() => ['raw', 'kept', 'out'].every((name) => told().includes(name))))
    const before = counts.out
    await until(() => counts.out > before)
    await run.stop()
    await run.abort()
  } finally {
    await broker.stop()
    await folder.remove()
  }
})

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 10))
}
