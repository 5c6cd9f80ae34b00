import { afterEach, describe, expect, test } from 'vitest'
import { PipelineFolder, startRun } from '../../support/pipeline-run.ts'
import { RunningBroker } from '../../support/running-broker.ts'

const DOCUMENT = `
pipeline: flow
sources:
  raw: { uses: file, with: { path: 'in/*.ndjson' } }
streams:
  kept:
    from: raw
    steps:
      - filter: 'value.n % 2 == 0'
      - set: { twice: 'value.n * 2' }
sinks:
  out: { from: kept, uses: file, with: { path: out/kept.ndjson } }
`

const cleanUps: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).toReversed()) await cleanUp()
})

async function setUp(files: Record<string, string>): Promise<{ folder: PipelineFolder; broker: RunningBroker }> {
  const folder = await PipelineFolder.create({ 'pipeline.yaml': DOCUMENT, ...files })
  const broker = await RunningBroker.start()
  cleanUps.push(
    () => folder.remove(),
    () => broker.stop(),
  )
  return { folder, broker }
}

function numbers(from: number, to: number): string {
  return Array.from({ length: to - from }, (_, i) => `{"n":${from + i}}\n`).join('')
}

describe('file → stream → file', () => {
  test('Invariant 2: everything that should come out does, once, and the counts add up', async () => {
    const { folder, broker } = await setUp({ 'in/a.ndjson': numbers(0, 1_000), 'in/b.ndjson': numbers(1_000, 1_500) })
    const { run, logger } = await startRun(await folder.plan(), broker)
    await run.finished()
    const out = (await folder.lines('out/kept.ndjson')).map((line) => JSON.parse(line) as { n: number; twice: number })
    expect(out.map(({ n }) => n).sort((a, b) => a - b)).toEqual(Array.from({ length: 750 }, (_, i) => i * 2))
    expect(out.every(({ n, twice }) => twice === n * 2)).toBe(true)
    expect(run.statuses.map(({ name, state, counts }) => ({ name, state, in: counts.in, out: counts.out }))).toEqual([
      { name: 'raw', state: 'done', in: 1_500, out: 1_500 },
      { name: 'kept', state: 'done', in: 1_500, out: 750 },
      { name: 'out', state: 'done', in: 750, out: 750 },
    ])
    expect(run.statuses.every(({ isBalanced }) => isBalanced)).toBe(true)
    expect(logger.lines).toEqual([])
  })

  test('Invariant 3: the events of each key come out in the order in which they went in', async () => {
    const lines = Array.from({ length: 3_000 }, (_, n) => `{"n":${n * 2},"k":"key-${n % 7}"}\n`)
    const keyed = DOCUMENT.replace("path: 'in/*.ndjson' } }", "path: 'in/*.ndjson' }, key: 'value.k' }")
    const { folder, broker } = await setUp({ 'pipeline.yaml': keyed, 'in/a.ndjson': lines.join('') })
    await (await startRun(await folder.plan(), broker)).run.finished()
    const out = (await folder.lines('out/kept.ndjson')).map((line) => JSON.parse(line) as { n: number; k: string })
    expect(out).toHaveLength(3_000)
    for (const key of new Set(out.map(({ k }) => k))) {
      const events = out.filter(({ k }) => k === key).map(({ n }) => n)
      expect(events).toEqual([...events].sort((a, b) => a - b))
    }
  })

  test('a second run reads only what is new', async () => {
    const { folder, broker } = await setUp({ 'in/a.ndjson': numbers(0, 10) })
    await (await startRun(await folder.plan(), broker)).run.finished()
    await folder.write('in/b.ndjson', numbers(10, 20))
    const { run } = await startRun(await folder.plan(), broker)
    await run.finished()
    expect(run.context.statusOf('raw').counts).toMatchObject({ in: 10, alreadyRead: 1 })
    expect(await folder.lines('out/kept.ndjson')).toHaveLength(10)
    const again = await startRun(await folder.plan(), broker, { reread: ['raw'] })
    await again.run.finished()
    expect(again.run.context.statusOf('raw').counts).toMatchObject({ in: 20, alreadyRead: 0 })
  })

  test('what cannot be processed is a dead letter with the reason, and holds up nothing else', async () => {
    const { folder, broker } = await setUp({ 'in/a.ndjson': '{"n":1}\nnot json\n{"m":2}\n{"n":"text"}\n{"n":4}\n' })
    const { run } = await startRun(await folder.plan(), broker)
    await run.finished()
    expect(await folder.lines('out/kept.ndjson')).toEqual(['{"n":4,"twice":8}'])
    const { counts } = run.context.statusOf('kept')
    expect(counts).toMatchObject({ in: 5, out: 1, filtered: 1, dead: 3 })
  })
})

test('a source without a file to read stops and says so, and the run ends', async () => {
  const { folder, broker } = await setUp({})
  const { run } = await startRun(await folder.plan(), broker)
  await run.finished()
  const { state, error } = run.context.statusOf('raw')
  expect([state, error?.code]).toEqual(['stopped', 'E_FILE_NONE'])
  expect(run.context.statusOf('out').state).toBe('done')
})
