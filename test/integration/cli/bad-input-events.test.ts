import { copyFile, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { isJsonObject, type JsonObject } from '../../../schemas/json.ts'
import { CliFolder, type CliResult } from '../../support/cli.ts'
import { ROOT } from '../../support/source-files.ts'

/* What is wrong with single documents and events makes dead letters of them, and of nothing beside them. */

const folders: CliFolder[] = []
afterEach(async () => {
  for (const folder of folders.splice(0)) await folder.remove()
})

async function createFolder(files: Readonly<Record<string, string | Buffer>>): Promise<CliFolder> {
  const folder = await CliFolder.create(files)
  folders.push(folder)
  return folder
}

interface DeadLetter {
  readonly code: string
  readonly path: string
  readonly message: string
  readonly fix: string
  readonly from: string
  readonly kept: string
  readonly value: string | null
}

/** The dead letters of a node, as `dlq show --json` tells them. */
async function deadLettersOf(folder: CliFolder, node: string): Promise<readonly DeadLetter[]> {
  const { stdout } = await folder.run('dlq', 'show', node, '--json')
  const { result } = JSON.parse(stdout) as { result: { letters: readonly DeadLetter[] } }
  return result.letters
}

/** What tells one dead letter from the other, in the order of their places. */
function reasons(letters: readonly DeadLetter[]): readonly (readonly string[])[] {
  const sorted = [...letters].sort((a, b) => (a.from < b.from ? -1 : 1))
  return sorted.map(({ from, code, path, message }) => [from, code, path, message])
}

const REPORTS = `pipeline: reports
sources:
  docs: { uses: file, with: { path: 'in/*.json', max_document: 1KiB } }
sinks:
  out: { from: docs, uses: file, with: { path: out/docs.ndjson } }
`

describe('reports that cannot be read', () => {
  test('are dead letters with their places, and the good ones beside them are read', async () => {
    const folder = await createFolder({
      'flow.yaml': REPORTS,
      'in/a.json': '{"ok":1}',
      'in/b.json': '{"ok":2,\n "list": [1,2',
      'in/c.json': Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0, 1, 2, 3]),
      'in/d.json': '{"ok":4}',
      'in/e.json': '',
      'in/f.json': `{"long":"${'x'.repeat(2_000)}"}`,
      'in/g.json': '{"ok":7} trailing',
      'in/h.json': `${'['.repeat(600)}${']'.repeat(400)}`.slice(0, 1_000),
      'in/i.json': '{"ok":9}',
    })
    const { code, stdout } = await folder.run('run', 'flow.yaml')
    expect(code).toBe(0)
    expect(stdout).toContain('docs: in/*.json (3, from 9 documents, 6 dead)')
    expect(stdout).toContain('why 6 dead  pipeline dlq show docs\n')
    expect([...(await folder.lines('out/docs.ndjson'))].sort()).toEqual(['{"ok":1}', '{"ok":4}', '{"ok":9}'])
    const letters = await deadLettersOf(folder, 'docs')
    expect(reasons(letters)).toEqual([
      ['in/b.json:2:14', 'E_INPUT_JSON', 'sources.docs', 'in/b.json:2:14 the document breaks off'],
      ['in/c.json', 'E_INPUT_BINARY', 'sources.docs', 'in/c.json is binary: byte 4 is zero'],
      ['in/e.json:1:1', 'E_INPUT_JSON', 'sources.docs', 'in/e.json:1:1 the document is empty'],
      ['in/f.json', 'E_INPUT_TOO_LARGE', 'sources.docs', expect.stringContaining('`max_document` allows (1024)')],
      ['in/g.json:1:10', 'E_INPUT_JSON', 'sources.docs', expect.stringContaining('in/g.json:1:10')],
      ['in/h.json:1:501', 'E_INPUT_DEPTH', 'sources.docs', expect.stringContaining('500')],
    ])
    expect(letters.map(({ fix }) => fix)).not.toContain('')
  })

  test('are read by the next run once they are mended', async () => {
    const folder = await createFolder({ 'flow.yaml': REPORTS, 'in/a.json': '{"ok":1}', 'in/b.json': '{"ok":2' })
    await folder.run('run', 'flow.yaml')
    await folder.write('in/b.json', '{"ok":2}')
    const { code, stdout } = await folder.run('run', 'flow.yaml')
    expect(code).toBe(0)
    expect(stdout).toContain('docs: in/*.json (1, from 1 document, 1 document read before)')
    expect(await folder.lines('out/docs.ndjson')).toEqual(['{"ok":1}', '{"ok":2}'])
  })
})

const SCANS = `pipeline: scans
sources:
  scans: { uses: trivy, with: { path: 'in/*.json' } }
sinks:
  out: { from: scans, uses: file, with: { path: out/scans.ndjson } }
`

/** A report of Trivy on an image with one finding. */
function trivyReport(changes: JsonObject): string {
  return JSON.stringify({
    SchemaVersion: 2,
    ReportID: '018f0000-0000-7000-8000-000000000001',
    CreatedAt: '2026-01-02T03:04:05Z',
    ArtifactName: 'registry.example.com/app:1',
    ArtifactType: 'container_image',
    Metadata: { ImageID: `sha256:${'a'.repeat(64)}` },
    Results: [
      {
        Target: 'app',
        Class: 'os-pkgs',
        Type: 'debian',
        Vulnerabilities: [
          { VulnerabilityID: 'CVE-2026-1', PkgName: 'tar', InstalledVersion: '1.0', Severity: 'HIGH', Title: 'A hole' },
        ],
      },
    ],
    ...changes,
  })
}

describe('scans', () => {
  test('of a folder that no asset names are refused until it is named', async () => {
    const nameless = trivyReport({ ArtifactName: '.', ArtifactType: 'filesystem', Metadata: {} })
    const folder = await createFolder({
      'flow.yaml': SCANS,
      'in/image.json': trivyReport({}),
      'in/folder.json': nameless,
    })
    expect(await folder.run('run', 'flow.yaml')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('(2, from 2 documents, 1 dead)') as string,
    })
    const [letter] = await deadLettersOf(folder, 'scans')
    expect(letter).toMatchObject({
      code: 'E_ASSET_UNKNOWN',
      path: 'sources.scans',
      message: expect.stringContaining('in/folder.json: the report names what was scanned only as "."') as string,
      fix: expect.stringContaining('add `asset:` with a unique name') as string,
      value: nameless,
    })
    await folder.write('flow.yaml', SCANS.replace("json' }", "json', asset: git.example.com/team/app }"))
    expect((await folder.run('run', 'flow.yaml')).stdout).toContain('(2, from 1 document, 1 document read before)')
    expect(await folder.lines('out/scans.ndjson')).toHaveLength(4)
  })

  test('from the future are dead letters, and those from the past go their way', async () => {
    const folder = await createFolder({
      'flow.yaml': SCANS,
      'in/now.json': trivyReport({}),
      'in/later.json': trivyReport({ CreatedAt: '2199-01-01T00:00:00Z', ReportID: 'later' }),
    })
    expect((await folder.run('run', 'flow.yaml')).stdout).toContain('(2, from 2 documents, 2 dead)')
    expect(await folder.lines('out/scans.ndjson')).toHaveLength(2)
    for (const letter of await deadLettersOf(folder, 'scans')) {
      expect(letter).toMatchObject({
        code: 'E_TIME_FUTURE',
        path: 'sources.scans',
        message: 'its time, 2199-01-01T00:00:00.000Z, is ahead of the clock',
        fix: expect.stringContaining('check the clock of the machine that made it') as string,
      })
    }
  })
})

function flowOf(steps: string, place: 'source' | 'stream' = 'stream'): string {
  const inSource = place === 'source' ? `, steps: [ ${steps} ]` : ''
  return `pipeline: flow
sources:
  raw: { uses: file, with: { path: 'in/*.ndjson' }${inSource} }
streams:
  kept: { from: raw, steps: [ ${place === 'stream' ? steps : ''} ] }
sinks:
  out: { from: kept, uses: file, with: { path: out/kept.ndjson } }
`
}

describe('numbers beyond 2^53', () => {
  test('pass as they are where nobody touches them, and fail rather than be rounded', async () => {
    const big = '{"n":9007199254740993,"id":"big"}'
    const folder = await createFolder({
      'flow.yaml': flowOf(`{ filter: 'value.n > 0' }, { set: { seen: 'true' } }`),
      'plain.yaml': flowOf(`{ filter: 'value.id != ""' }`).replace('pipeline: flow', 'pipeline: plain'),
      'in/a.ndjson': `{"n":1,"id":"small"}\n${big}\n{"n":2,"id":"small"}\n`,
    })
    const plain = await folder.run('run', 'plain.yaml')
    expect(plain.code).toBe(0)
    expect(await folder.lines('out/kept.ndjson')).toContain(big)
    const { code, stdout } = await folder.run('run', 'flow.yaml')
    expect(code).toBe(0)
    expect(stdout).toMatch(/^kept +3 +2 +0 +0 +1$/m)
    const [letter] = await deadLettersOf(folder, 'flow.kept')
    expect(letter).toMatchObject({
      code: 'E_NUMBER_UNSAFE',
      value: big,
      fix: 'keep such numbers as text with the step parse: { format: json, big_numbers: string }',
    })
  })
})

describe('a regular expression that is built to explode', () => {
  test('costs what its text is long', async () => {
    const hostile = `{"t":"${'a'.repeat(100_000)}!"}`
    const folder = await createFolder({
      'flow.yaml': flowOf(`{ filter: '!value.t.matches("^(a+)+$")' }`),
      'in/a.ndjson': `${hostile}\n{"t":"aaa"}\n{"t":"b"}\n`,
    })
    expect((await folder.run('run', 'flow.yaml')).stdout).toMatch(/^kept +3 +2 +1 +0 +0$/m)
    expect([...(await folder.lines('out/kept.ndjson'))].sort()).toEqual([hostile, '{"t":"b"}'])
  })
})

describe('a policy that loops', () => {
  const policy = (rule: string, options: string): string =>
    flowOf(
      `{ policy: { bundle: ./behaviour.tar.gz, entrypoint: behaviour/${rule}, as: verdict, on_policy_error: deny${options} } }`,
    )
  const create = async (rule: string, options: string): Promise<CliFolder> => {
    const folder = await createFolder({
      'flow.yaml': policy(rule, options),
      'in/a.ndjson': `{"n":1}\n{"n":2,"${rule}":true}\n{"n":3}\n`,
    })
    await copyFile(join(ROOT, 'test/golden/policy/bundles/behaviour.tar.gz'), join(folder.path, 'behaviour.tar.gz'))
    return folder
  }

  test('ends at its limit of time: the node stops before the event, and the others wait in the topic', async () => {
    const folder = await create('loop', ', timeout: 200ms')
    const { code, stdout, stderr } = await folder.run('run', 'flow.yaml')
    expect(code).toBe(1)
    expect(stderr).toContain('flow.yaml E_POLICY_TIMEOUT streams.kept')
    expect(stderr).toContain('it took longer than 200 ms, twice')
    expect(stderr).toContain('fix: look for loops over loops in the policy')
    expect(stdout).toContain('flow  failed after')
    const { stdout: kept } = await folder.run('consume', 'raw', '--from', 'earliest')
    expect(kept.split('\n').filter((line) => line !== '')).toHaveLength(3)
    // Without the loop, the next run goes on where this one has stopped.
    await folder.write('flow.yaml', policy('verdict', ''))
    expect((await folder.run('run', 'flow.yaml')).code).toBe(0)
    expect(await folder.lines('out/kept.ndjson')).toHaveLength(3)
  })

  test('and eats memory ends at that limit: the decision is an error, the events beside it are judged', async () => {
    const folder = await create('allocate', ', timeout: 60s, result: object')
    expect(await folder.run('run', 'flow.yaml')).toMatchObject({ code: 0 })
    const verdicts = (await folder.lines('out/kept.ndjson')).map((line) => JSON.parse(line) as JsonObject)
    const errors = verdicts.map(({ n, verdict }) => [n, isJsonObject(verdict) ? verdict['error'] : undefined])
    expect(errors.sort(([a], [b]) => Number(a) - Number(b))).toEqual([
      [1, undefined],
      [2, { code: 'E_POLICY_MEMORY', message: 'the policy needs more than 128 MiB for this input' }],
      [3, undefined],
    ])
  })
})

describe('a secret', () => {
  const secrets = [
    's3cr3t-bare',
    's3cr3t-before',
    's3cr3t-broken',
    's3cr3t-behind',
    's3cr3t-passed',
    's3cr3t-number',
    's3cr3t-quoted',
  ]
  const input = [
    // What a JSON parser complains about, it likes to quote.
    's3cr3t-bare',
    '{"id":1,"n":1,"late":1,"token":"s3cr3t-passed"}',
    '{"id":2,"token":"s3cr3t-before"}',
    '{"id":3,"n":1,"late":1,"token":"s3cr3t-broken"',
    '{"id":4,"n":1,"token":"s3cr3t-behind"}',
    '{"id":5,"n":12345678901234567890,"late":1,"token":"s3cr3t-number"}',
    '{"id":6,"n":1,"late":"x","token":"s3cr3t-quoted"}',
    '{"id":7,"n":1,"late":1}',
  ].join('\n')
  const steps = [
    `{ set: { first: 'value.n + 1' } }`,
    `{ redact: { fields: [ token ] } }`,
    `{ set: { second: 'value.late * 2' } }`,
  ].join(', ')

  /** All bytes that a run has left behind, but for its input. */
  async function everythingLeft(folder: CliFolder, results: readonly CliResult[]): Promise<string> {
    const left = results.flatMap(({ stdout, stderr }) => [stdout, stderr])
    for (const entry of await readdir(folder.path, { recursive: true, withFileTypes: true })) {
      const path = join(entry.parentPath, entry.name)
      if (entry.isFile() && !path.startsWith(join(folder.path, 'in/')))
        left.push((await readFile(path)).toString('latin1'))
    }
    return left.join('\n')
  }

  test.for(['source', 'stream'] as const)('that a %s redacts is nowhere, however its event fails', async (place) => {
    const folder = await createFolder({ 'flow.yaml': flowOf(steps, place), 'in/a.ndjson': `${input}\n` })
    const node = place === 'source' ? 'raw' : 'kept'
    const ran = await folder.run('run', 'flow.yaml')
    expect(ran.code).toBe(0)
    const shown = await folder.run('dlq', 'show', node)
    const consumed = await folder.run('consume', `flow._${node}-dead-letters`, '--from', 'earliest', '--headers')
    const left = await everythingLeft(folder, place === 'source' ? [ran, shown, consumed] : [])
    if (place === 'source') {
      expect(left).toContain('[redacted]')
      for (const secret of secrets) expect(left).not.toContain(secret)
    }
    // What a stream reads lies in its source's topic, secret and all; what the stream itself has made does not show it.
    const made = [ran, shown, consumed].map(({ stdout, stderr }) => stdout + stderr).join('\n')
    expect(`${made}\n${await folder.read('out/kept.ndjson')}`).not.toContain('s3cr3t')
    const letters = await deadLettersOf(folder, node)
    const told = letters.map(({ code, path, kept }) => `${code} ${path} ${kept}`).sort()
    const at = `${place}s.${node}.steps`
    expect(told).toEqual([
      `E_EXPRESSION_VALUE ${at}[2] all`,
      `E_FIELD_MISSING ${at}[0] none`,
      `E_FIELD_MISSING ${at}[2] all`,
      `E_NUMBER_UNSAFE ${at}[0] none`,
      `E_VALUE_JSON ${at}[0] none`,
      `E_VALUE_JSON ${at}[0] none`,
    ])
    expect(await folder.lines('out/kept.ndjson')).toHaveLength(2)
  })

  test.for([
    ['on_error: stop', 'E_NODE_STOP'],
    [`on_error: { action: dead_letter, stop_after: { ratio: '1%', at_least: 1, within: 5m } }`, 'E_NODE_FAILURES'],
  ])('is not told by a node that stops for it: %s', async ([onError = '', expected]) => {
    const document = flowOf(steps, 'source').replace(' ] }\nstreams', ` ], ${onError} }\nstreams`)
    const folder = await createFolder({ 'flow.yaml': document, 'in/a.ndjson': `${input}\n` })
    const ran = await folder.run('run', 'flow.yaml')
    expect(ran).toMatchObject({ code: 1, stderr: expect.stringContaining(expected ?? '') as string })
    expect(await everythingLeft(folder, [ran])).not.toContain('s3cr3t')
  })
})
