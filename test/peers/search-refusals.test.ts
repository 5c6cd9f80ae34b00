import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { CliFolder, type CliResult } from '../support/cli.ts'
import { ask } from './search-queries.ts'
import { ELASTICSEARCH, installSearchServer, startSearchServer, type SearchServer } from './servers/elasticsearch.ts'
import { whyMissing } from './servers/peer-missing.ts'

const PASSWORD = 'correct-horse'
const AS_ELASTIC = { authorization: `Basic ${Buffer.from(`elastic:${PASSWORD}`).toString('base64')}` }
const INDEX = 'findings'
const EVENTS = 50
/** Their `n` is no number, which the index asks for. */
const CONFLICTS = new Set([7, 31])
const MAPPING = { properties: { n: { type: 'integer' } } }

const missing = await whyMissing(() => installSearchServer(ELASTICSEARCH))
const reason = missing === null ? '' : ` (not here: ${missing})`

describe.skipIf(missing !== null)(`runs against ${ELASTICSEARCH.name} with security${reason}`, () => {
  const started: { server?: SearchServer; folder?: CliFolder } = {}
  beforeAll(async () => {
    started.server = await startSearchServer(ELASTICSEARCH, { password: PASSWORD })
  })
  afterAll(async () => {
    await started.folder?.remove()
    await started.server?.stop()
  })

  test('401 and 403 stop the sink alone, and corrected, the next run writes everything', async () => {
    const { server } = started
    if (server === undefined) throw new Error('not started')
    await ask(server, 'PUT', INDEX, { mappings: MAPPING }, AS_ELASTIC)
    const folder = await CliFolder.create({ 'in/a.ndjson': lines().join('\n') })
    started.folder = folder

    const wrong = await runAs(folder, server, 'elastic', 'wrong-battery')
    expect(wrong.code).toBe(3)
    expect(wrong.stderr).toContain('flow.yaml E_SINK_STOPPED sinks.search\n   E_CREDENTIALS: ')
    expect(wrong.stdout + wrong.stderr).not.toContain('wrong-battery')
    const guest = await runAs(folder, server, 'guest', PASSWORD)
    expect(guest.code).toBe(3)
    expect(guest.stderr).toContain('flow.yaml E_SINK_STOPPED sinks.search\n   E_FORBIDDEN: ')
    expect(await documentsOf(server)).toEqual([])
    expect(await deadLettersOf(folder)).toEqual([])
    expect(sorted(await folder.lines('out/all.ndjson'))).toEqual(sorted(lines()))

    expect((await runAs(folder, server, 'elastic', PASSWORD)).code).toBe(0)
    const good = lines().filter((_, n) => !CONFLICTS.has(n))
    expect(sorted(await documentsOf(server))).toEqual(sorted(good))
    const letters = await deadLettersOf(folder)
    expect(letters.map(({ code }) => code)).toEqual(['E_DOCUMENT_REFUSED', 'E_DOCUMENT_REFUSED'])
    expect(sorted(letters.map(({ value }) => value ?? ''))).toEqual(sorted([...CONFLICTS].map(lineOf)))
    // The other sink had written everything at the first time.
    expect(sorted(await folder.lines('out/all.ndjson'))).toEqual(sorted(lines()))
  })
})

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

async function runAs(folder: CliFolder, server: SearchServer, username: string, password: string): Promise<CliResult> {
  await folder.write('flow.yaml', documentOf(server.url, username))
  return await folder.call({ env: { SEARCH_PASSWORD: password } }).run('run', 'flow.yaml')
}

function documentOf(url: string, username: string): string {
  return `pipeline: flow
sources:
  raw: { uses: file, with: { path: 'in/*.ndjson' } }
sinks:
  search:
    from: raw
    uses: elasticsearch
    with:
      url: '${url}'
      index: ${INDEX}
      auth: { username: ${username}, password: '\${env:SEARCH_PASSWORD}' }
  all: { from: raw, uses: file, with: { path: out/all.ndjson } }
`
}

/** Each document, as it was sent. */
async function documentsOf(server: SearchServer): Promise<readonly string[]> {
  await ask(server, 'POST', `${INDEX}/_refresh`, undefined, AS_ELASTIC)
  const answer = await ask(server, 'GET', `${INDEX}/_search?size=${EVENTS * 2}`, undefined, AS_ELASTIC)
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
