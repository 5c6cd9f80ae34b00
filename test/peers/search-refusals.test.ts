import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { CliFolder, type CliResult } from '../support/cli.ts'
import { ask } from './search-queries.ts'
import { ELASTICSEARCH, installSearchServer, startSearchServer, type SearchServer } from './servers/elasticsearch.ts'
import { whyMissing } from './servers/peer-missing.ts'
import { RewritingGateway } from './servers/rewriting-gateway.ts'

const PASSWORD = 'correct-horse'
const AS_ELASTIC = { authorization: `Basic ${Buffer.from(`elastic:${PASSWORD}`).toString('base64')}` }
const EVENTS = 50
/** Their `n` is no number, which the index asks for. */
const CONFLICTS = new Set([7, 31])
const MAPPING = { properties: { n: { type: 'integer' } } }

const missing = await whyMissing(() => installSearchServer(ELASTICSEARCH))
const reason = missing === null ? '' : ` (not here: ${missing})`

describe.skipIf(missing !== null)(`runs against ${ELASTICSEARCH.name} with security${reason}`, () => {
  const started: { server?: SearchServer; folders: CliFolder[] } = { folders: [] }
  beforeAll(async () => {
    started.server = await startSearchServer(ELASTICSEARCH, { password: PASSWORD })
  })
  afterAll(async () => {
    for (const folder of started.folders) await folder.remove()
    await started.server?.stop()
  })

  /** A server whose index is empty, and a folder with the events. */
  async function begin(index: string): Promise<{ server: SearchServer; folder: CliFolder }> {
    const { server, folders } = started
    if (server === undefined) throw new Error('not started')
    await ask(server, 'PUT', index, { mappings: MAPPING }, AS_ELASTIC)
    const folder = await CliFolder.create({ 'in/a.ndjson': lines().join('\n') })
    folders.push(folder)
    return { server, folder }
  }

  test('401 and 403 stop the sink alone, and corrected, the next run writes everything', async () => {
    const index = 'credentials'
    const { server, folder } = await begin(index)
    const { url } = server
    const wrong = await run(folder, { url, index, password: 'wrong-battery' })
    expect(wrong.code).toBe(3)
    expect(wrong.stderr).toContain('flow.yaml E_SINK_STOPPED sinks.search\n   E_CREDENTIALS: ')
    expect(wrong.stdout + wrong.stderr).not.toContain('wrong-battery')
    const guest = await run(folder, { url, index, username: 'guest' })
    expect(guest.code).toBe(3)
    expect(guest.stderr).toContain('flow.yaml E_SINK_STOPPED sinks.search\n   E_FORBIDDEN: ')
    await expectNothingWritten(folder, server, index)

    expect((await run(folder, { url, index })).code).toBe(0)
    await expectAllWritten(folder, server, index)
  })

  test('406 stops the sink alone, and once the gateway leaves headers alone, the next run writes everything', async () => {
    const index = 'headers'
    const { server, folder } = await begin(index)
    const gateway = await RewritingGateway.start(server.url)
    try {
      const { url } = gateway
      gateway.rewritten = { 'content-type': 'application/octet-stream' }
      const refused = await run(folder, { url, index })
      expect(refused.code).toBe(3)
      expect(refused.stderr).toContain('flow.yaml E_SINK_STOPPED sinks.search\n   E_REMOTE_API: ')
      expect(refused.stderr).toContain(
        'HTTP 406: error: Content-Type header [application/octet-stream] is not supported',
      )
      expect(refused.stderr).toMatch(/fix: .*gateway.*`content-type: application\/x-ndjson`.*`url`.*nothing is lost/)
      await expectNothingWritten(folder, server, index)

      gateway.rewritten = {}
      expect((await run(folder, { url, index })).code).toBe(0)
      await expectAllWritten(folder, server, index)
    } finally {
      await gateway.stop()
    }
  })
})

/** Not by the sink that was stopped, which has given nothing up either; the other one has everything. */
async function expectNothingWritten(folder: CliFolder, server: SearchServer, index: string): Promise<void> {
  expect(await documentsOf(server, index)).toEqual([])
  expect(await deadLettersOf(folder)).toEqual([])
  expect(sorted(await folder.lines('out/all.ndjson'))).toEqual(sorted(lines()))
}

/** Each event once, but for those that the index does not want, which are dead letters. */
async function expectAllWritten(folder: CliFolder, server: SearchServer, index: string): Promise<void> {
  const good = lines().filter((_, n) => !CONFLICTS.has(n))
  expect(sorted(await documentsOf(server, index))).toEqual(sorted(good))
  const letters = await deadLettersOf(folder)
  expect(letters.map(({ code }) => code)).toEqual(['E_DOCUMENT_REFUSED', 'E_DOCUMENT_REFUSED'])
  expect(sorted(letters.map(({ value }) => value ?? ''))).toEqual(sorted([...CONFLICTS].map(lineOf)))
  // The other sink had written everything at the first time.
  expect(sorted(await folder.lines('out/all.ndjson'))).toEqual(sorted(lines()))
}

function lineOf(n: number): string {
  return JSON.stringify({ n: CONFLICTS.has(n) ? `no number ${n}` : n })
}

function lines(): readonly string[] {
  return Array.from({ length: EVENTS }, (_, n) => lineOf(n))
}

/** Events without a key have no order among each other. */
function sorted(texts: readonly string[]): readonly string[] {
  return [...texts].sort()
}

interface Target {
  readonly url: string
  readonly index: string
  readonly username?: string
  readonly password?: string
}

async function run(folder: CliFolder, { password = PASSWORD, ...target }: Target): Promise<CliResult> {
  await folder.write('flow.yaml', documentOf(target))
  return await folder.call({ env: { SEARCH_PASSWORD: password } }).run('run', 'flow.yaml')
}

function documentOf({ url, index, username = 'elastic' }: Omit<Target, 'password'>): string {
  return `pipeline: flow
sources:
  raw: { uses: file, with: { path: 'in/*.ndjson' } }
sinks:
  search:
    from: raw
    uses: elasticsearch
    with:
      url: '${url}'
      index: ${index}
      auth: { username: ${username}, password: '\${env:SEARCH_PASSWORD}' }
  all: { from: raw, uses: file, with: { path: out/all.ndjson } }
`
}

/** Each document, as it was sent. */
async function documentsOf(server: SearchServer, index: string): Promise<readonly string[]> {
  await ask(server, 'POST', `${index}/_refresh`, undefined, AS_ELASTIC)
  const answer = await ask(server, 'GET', `${index}/_search?size=${EVENTS * 2}`, undefined, AS_ELASTIC)
  const { hits } = answer as { hits: { hits: { _source: object }[] } }
  return hits.hits.map(({ _source }) => JSON.stringify(_source))
}

interface DeadLetter {
  readonly code: string
  readonly value: string | null
}

/** What the sink has given up. */
async function deadLettersOf(folder: CliFolder): Promise<readonly DeadLetter[]> {
  const call = folder.call({ env: { SEARCH_PASSWORD: PASSWORD } })
  const { stdout } = await call.run('dlq', 'show', 'search', '--json')
  const { result } = JSON.parse(stdout) as { result: { letters: readonly DeadLetter[] } }
  return result.letters
}
