import { copyFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { trivySource } from '../../../../connectors/trivy/source.ts'
import {
  collect,
  connectorContext,
  createPullSource,
  readPartition,
  temporaryFolder,
} from '../../../support/connector-context.ts'
import { ROOT } from '../../../support/source-files.ts'

const REPORT = { SchemaVersion: 2, ArtifactName: '.', ArtifactType: 'filesystem', ReportID: 'run-1' }

async function reports(content: Readonly<Record<string, unknown>>, config: object = {}) {
  const folder = temporaryFolder()
  for (const [name, document] of Object.entries(content)) {
    writeFileSync(join(folder, name), typeof document === 'string' ? document : JSON.stringify(document))
  }
  const source = await trivy(folder, config)
  return { folder, source }
}

async function trivy(folder: string, config: object = {}) {
  return await createPullSource(trivySource, { path: '*.json', ...config }, connectorContext({ baseDir: folder }))
}

describe('the source trivy', () => {
  test('reads the reports of examples/', async () => {
    const folder = temporaryFolder()
    for (const name of ['trivy-vuln-all.json', 'trivy-secret-misconfig-license.json']) {
      copyFileSync(join(ROOT, 'examples/reports', name), join(folder, name))
    }
    const source = await trivy(folder, { asset: 'git.example.com/team/app' })
    const counts: Record<string, number> = {}
    for (const name of await collect(source.partitions()))
      counts[name] = (await readPartition(source, name)).events.length
    expect(counts).toEqual({ 'trivy-secret-misconfig-license.json': 40, 'trivy-vuln-all.json': 44 })
  })

  test('a broken report, a binary and one of another tool among good ones fail alone', async () => {
    const { source } = await reports(
      {
        'a.json': REPORT,
        'b.json': '{"SchemaVersion": 2,',
        'c.json': '\0\u0001',
        'd.json': { runs: [] },
        'e.json': REPORT,
      },
      { asset: 'x' },
    )
    const results: string[] = []
    for (const name of await collect(source.partitions())) {
      const { events, failed } = await readPartition(source, name)
      results.push(...events.map(() => `${name} ok`), ...failed.map(({ error }) => error.message))
    }
    expect(results).toEqual([
      'a.json ok',
      'b.json:1:21 the document breaks off',
      'c.json is binary: byte 0 is zero',
      'd.json: the document is SARIF, not a JSON report of Trivy',
      'e.json ok',
    ])
  })

  test('a report without an asset is read as soon as one is given', async () => {
    const { folder, source } = await reports({ 'a.json': REPORT })
    const refused = await readPartition(source, 'a.json')
    expect(refused).toMatchObject({
      events: [],
      failed: [{ error: { code: 'E_ASSET_UNKNOWN', where: 'a.json', fix: expect.stringContaining('`asset:`') } }],
    })
    const again = await readPartition(source, 'a.json', refused.position)
    expect(again).toMatchObject({ events: [], failed: [], position: refused.position })
    const corrected = await trivy(folder, { asset: 'x' })
    const read = await readPartition(corrected, 'a.json', refused.position)
    expect(read.events).toHaveLength(1)
    expect(await readPartition(await trivy(folder, { asset: 'x' }), 'a.json', read.position)).toMatchObject({
      events: [],
      alreadyRead: 1,
    })
  })

  test('numbers that a double would round become texts in unmapped', async () => {
    const { source } = await reports(
      { 'a.json': '{"SchemaVersion":2,"Metadata":{"Size":9007199254740993},"Future":1e999}' },
      { asset: 'x' },
    )
    const [event] = (await readPartition(source, 'a.json')).events
    expect(event?.value).toMatchObject({ unmapped: { Metadata: { Size: '9007199254740993' }, Future: '1e999' } })
  })

  test('a report over its limit is refused by name', async () => {
    const { source } = await reports({ 'a.json': { ...REPORT, pad: 'x'.repeat(5_000) } }, { max_document: '4KiB' })
    expect((await readPartition(source, 'a.json')).failed).toMatchObject([{ error: { code: 'E_INPUT_TOO_LARGE' } }])
  })

  test.for([
    [{}, 'path'],
    [{ path: 'a', asset: '' }, 'asset'],
    [{ path: 'a', passed: 'yes' }, 'passed'],
  ] as const)('%j is refused at %s', ([config, field]) => {
    expect(trivySource.definition.config.safeParse(config).error?.issues[0]?.path[0]).toBe(field)
  })
})
