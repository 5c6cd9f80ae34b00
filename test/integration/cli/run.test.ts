import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { isJsonObject } from '../../../schemas/json.ts'
import { CliFolder } from '../../support/cli.ts'
import { until } from '../../support/until.ts'

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

const folders: CliFolder[] = []
afterEach(async () => {
  for (const folder of folders.splice(0)) await folder.remove()
})

async function create(files: Readonly<Record<string, string>>): Promise<CliFolder> {
  const folder = await CliFolder.create(files)
  folders.push(folder)
  return folder
}

function numbers(from: number, to: number): string {
  return Array.from({ length: to - from }, (_, i) => `{"n":${from + i}}\n`).join('')
}

/** What a run says, without what differs from run to run. */
function steady(text: string): string {
  return text.replace(/(?:in|after) [\d.]+ s/g, 'in T').replace(/\([\d.]+ [KM]?B\)/g, '(SIZE)')
}

describe('run', () => {
  test('says what has happened, in numbers that add up, and where to look', async () => {
    const folder = await create({
      'flow.yaml': DOCUMENT,
      'in/a.ndjson': numbers(0, 10),
      'in/b.ndjson': 'no\n{"m":1}\n',
    })
    const { code, stdout, stderr } = await folder.run('run', 'flow.yaml')
    expect(steady(stdout)).toBe(`flow  done in T   data: .stoplog (SIZE)
node  in  out  filtered  duplicates  dead
kept  12    5         5           0     2
from        raw: in/*.ndjson (12, from 2 documents)
to          out: out/kept.ndjson (5)
look        pipeline consume kept --limit 3
why 2 dead  pipeline dlq show kept
again       pipeline run flow.yaml --reread raw
            (without --reread, the 2 documents are skipped: already read)
`)
    expect(code).toBe(0)
    expect(await folder.lines('out/kept.ndjson')).toHaveLength(5)
    const [line] = stderr.trim().split('\n')
    expect(JSON.parse(line ?? '')).toMatchObject({
      level: 'info',
      message: 'running',
      pipelines: 'flow',
      ends: 'when all is read',
      data: '.stoplog',
    })
  })

  test('the commands that it prints work', async () => {
    const folder = await create({ "it's here/flow.yaml": DOCUMENT, "it's here/in/a.ndjson": `${numbers(0, 4)}no\n` })
    const { stdout } = await folder.run('run', "it's here/flow.yaml")
    const commands = new Map(
      [...stdout.matchAll(/^(\w+)(?: 1 dead)? +(pipeline .*)$/gm)].map((m) => [m[1], m[2] ?? '']),
    )
    expect([...commands.keys()]).toEqual(['look', 'why', 'again'])
    expect((await folder.paste(commands.get('look') ?? '')).stdout).toBe('{"n":0,"twice":0}\n{"n":2,"twice":4}\n')
    expect((await folder.paste(commands.get('why') ?? '')).stdout).toContain('E_VALUE_JSON streams.kept.steps[0]')
    const again = await folder.paste(commands.get('again') ?? '')
    expect(again.code).toBe(0)
    expect(again.stdout).toContain('kept   5    2         2           0     1')
  })

  test('run again, it says that everything was read, and how to read it once more', async () => {
    const folder = await create({ 'flow.yaml': DOCUMENT, 'in/a.ndjson': numbers(0, 4), 'in/b.ndjson': numbers(4, 6) })
    await folder.run('run', 'flow.yaml')
    const { code, stdout } = await folder.run('run', 'flow.yaml')
    expect(steady(stdout)).toBe(`flow  done in T   data: .stoplog (SIZE)
nothing new  all 2 documents were read by an earlier run
look         pipeline consume kept --limit 3
again        pipeline run flow.yaml --reread raw
`)
    expect(code).toBe(0)
    expect(await folder.lines('out/kept.ndjson')).toHaveLength(3)
    await folder.run('run', 'flow.yaml', '--reread', 'raw')
    expect(await folder.lines('out/kept.ndjson')).toHaveLength(6)
  })

  test('says where the dead letters of earlier runs are', async () => {
    const folder = await create({ 'flow.yaml': DOCUMENT, 'in/a.ndjson': `${numbers(0, 4)}no\nnor this\n` })
    expect((await folder.run('run', 'flow.yaml')).stdout).not.toContain('dead before')
    const { stdout } = await folder.run('run', 'flow.yaml')
    expect(steady(stdout)).toBe(`flow  done in T   data: .stoplog (SIZE)
nothing new    the document was read by an earlier run
look           pipeline consume kept --limit 3
2 dead before  pipeline dlq ls
again          pipeline run flow.yaml --reread raw
`)
    expect((await folder.paste('pipeline dlq ls')).stdout).toContain('2 dead letters at .stoplog')
    await folder.write('in/b.ndjson', 'never\n')
    const third = await folder.run('run', 'flow.yaml')
    expect(third.stdout).toMatch(/why 1 dead +pipeline dlq show kept\n2 dead before +pipeline dlq ls\n/)
    const { stdout: json } = await folder.run('run', 'flow.yaml', '--json')
    expect(JSON.parse(json)).toMatchObject({ result: { pipelines: [{ earlierDeadLetters: 3 }] } })
  })

  test('--json prints the envelope and nothing beside it', async () => {
    const folder = await create({ 'flow.yaml': DOCUMENT, 'in/a.ndjson': numbers(0, 4) })
    const { code, stdout } = await folder.run('run', 'flow.yaml', '--json')
    expect(code).toBe(0)
    const envelope: unknown = JSON.parse(stdout)
    expect(envelope).toMatchObject({
      command: 'run',
      ok: true,
      summary: expect.stringMatching(/^flow done in [\d.]+ s$/) as string,
      errors: [],
      result: {
        pipelines: [{ pipeline: 'flow', file: 'flow.yaml', ending: 'done', earlierDeadLetters: 0 }],
        data: { folder: join(folder.path, '.stoplog') },
      },
    })
    const result = isJsonObject(envelope) && isJsonObject(envelope['result']) ? envelope['result'] : {}
    const nodes = (result['pipelines'] as { nodes: { name: string; unsettled: number; counts: object }[] }[])[0]?.nodes
    expect(nodes?.map(({ name, unsettled }) => [name, unsettled])).toEqual([
      ['raw', 0],
      ['kept', 0],
      ['out', 0],
    ])
  })

  test('several documents share a broker, and a folder means all in it', async () => {
    const other = DOCUMENT.replace('pipeline: flow', 'pipeline: other').replace('out/kept', 'out/other')
    const folder = await create({
      'p/a.yaml': DOCUMENT,
      'p/b.yml': other,
      'p/.hidden.yaml': '',
      'p/in/a.ndjson': numbers(0, 4),
    })
    const call = folder.call()
    const { code, stdout } = await call.run('run', 'p')
    expect(code).toBe(0)
    expect(call.brokers).toHaveLength(1)
    expect(steady(stdout)).toBe(`flow  done in T   data: p/.stoplog (SIZE)
node  in  out  filtered  duplicates  dead
kept   4    2         2           0     0
from  raw: p/in/*.ndjson (4, from 1 document)
to    out: p/out/kept.ndjson (2)
look  pipeline consume flow.kept --limit 3 --data-dir p/.stoplog

other  done in T   data: p/.stoplog (SIZE)
node  in  out  filtered  duplicates  dead
kept   4    2         2           0     0
from  raw: p/in/*.ndjson (4, from 1 document)
to    out: p/out/other.ndjson (2)
look  pipeline consume other.kept --limit 3 --data-dir p/.stoplog

again  pipeline run p --reread flow.raw --reread other.raw
       (without --reread, the 2 documents are skipped: already read)
`)
    const again = await folder.run('run', 'p', '--reread', 'other.raw')
    expect(again.stdout).toContain('flow  done')
    expect(await folder.lines('p/out/kept.ndjson')).toHaveLength(2)
    expect(await folder.lines('p/out/other.ndjson')).toHaveLength(4)
  })

  test('options reach the broker, and the printed command repeats them', async () => {
    const folder = await create({
      'flow.yaml': DOCUMENT.replace('in/*.ndjson', '${var:where}/*.ndjson'),
      'vars.yaml': 'where: nowhere\n',
      'in/a.ndjson': numbers(0, 2),
    })
    const call = folder.call()
    const broker = ['--durability', 'interval', '--property', 'num.partitions=2']
    const options = ['--data-dir', 'my data', ...broker, '--vars', 'vars.yaml', '--var', 'where=in']
    const { code, stdout } = await call.run('run', 'flow.yaml', ...options)
    expect(code).toBe(0)
    expect(call.brokers).toMatchObject([{ folder: join(folder.path, 'my data'), durability: 'interval', port: 0 }])
    expect(call.brokers).toMatchObject([{ properties: { 'num.partitions': '2' } }])
    expect(stdout).toContain("look   pipeline consume kept --limit 3 --data-dir 'my data'\n")
    const again =
      "again  pipeline run flow.yaml --reread raw --data-dir 'my data' --durability interval --property num.partitions=2 --vars vars.yaml --var where=in\n"
    expect(stdout).toContain(again)
  })

  test('a variable that is used as a secret is not printed', async () => {
    const document = `
pipeline: masked
sources: { raw: { uses: file, with: { path: 'in/*.ndjson' } } }
streams: { hidden: { from: raw, steps: [ { redact: { fields: [ n ], with: hmac, key: '\${var:salt}' } } ] } }
sinks: { out: { from: hidden, uses: file, with: { path: out/a.ndjson } } }
`
    const folder = await create({ 'm.yaml': document, 'in/a.ndjson': '{"n":"x"}\n' })
    const { code, stdout, stderr } = await folder.run('run', 'm.yaml', '--var', 'salt=pssst')
    expect(code).toBe(0)
    expect(stdout).toContain('again  pipeline run m.yaml --reread raw --var "salt=$salt"\n')
    expect(stdout + stderr).not.toContain('pssst')
    const refused = await folder.run('run', 'm.yaml', '--var', 'pssst')
    expect(refused).toMatchObject({ code: 2, stderr: expect.not.stringContaining('pssst') as string })
  })
})

const FOLLOWING = DOCUMENT.replace("'in/*.ndjson' }", "'in/*.ndjson', follow: true }")

describe('a run that is told to stop', () => {
  test('finishes what is in flight, says so, and tells the signal by its exit code', async () => {
    const folder = await create({ 'flow.yaml': FOLLOWING, 'in/a.ndjson': numbers(0, 10) })
    const call = folder.call()
    const running = call.run('run', 'flow.yaml')
    await until(() => call.stderr.text.includes('"running"'))
    call.signal('SIGTERM')
    const { code, stdout } = await running
    expect(code).toBe(143)
    expect(stdout).toMatch(/^flow {2}stopped by SIGTERM after [\d.]+ s/)
    expect(call.stderr.text).toContain('"ends":"when it is stopped (Ctrl-C)"')
    expect(call.listeners).toBe(0)
    // What the stop has left is done by the next run; together they have done all of it once.
    await writeFile(join(folder.path, 'flow.yaml'), DOCUMENT)
    await folder.run('run', 'flow.yaml')
    expect(await folder.lines('out/kept.ndjson')).toHaveLength(5)
  })

  test('a second signal ends it at once', async () => {
    const folder = await create({ 'flow.yaml': FOLLOWING, 'in/a.ndjson': numbers(0, 10) })
    const call = folder.call()
    const running = call.run('run', 'flow.yaml')
    await until(() => call.stderr.text.includes('"running"'))
    call.signal('SIGINT')
    call.signal('SIGINT')
    expect(await running).toMatchObject({ code: 130, stdout: '' })
    await call.settled()
  })
})

describe('a run on a terminal', () => {
  test('shows its nodes while it works, and leaves nothing of that', async () => {
    const folder = await create({ 'flow.yaml': FOLLOWING, 'in/a.ndjson': numbers(0, 10) })
    const call = folder.call({ isTerminal: true })
    const running = call.run('run', 'flow.yaml')
    await until(() => /kept +\S*running\S* +10 +5 +5 +0 +0\n/.test(call.stderr.text))
    call.signal('SIGINT')
    await running
    expect(call.stderr.text).toMatch(/^info {2}running {2}pipelines=flow {2}broker=127\.0\.0\.1:\d+ {2}data=\.stoplog/)
    expect(screen(call.stderr.text)).toEqual([expect.stringMatching(/^info /), ''])
  })

  test('NO_COLOR is kept', async () => {
    const folder = await create({ 'flow.yaml': DOCUMENT, 'in/a.ndjson': numbers(0, 10) })
    const call = folder.call({ isTerminal: true, env: { NO_COLOR: '1' } })
    await call.run('run', 'flow.yaml')
    expect(call.stderr.text).toContain('\u001b[J')
    expect(call.stderr.text).not.toContain('\u001b[3')
  })
})

const ESCAPE = String.fromCodePoint(0x1b)
/** Moves and clears, ends of lines, and text between them. */
const SCREEN_PARTS = new RegExp(`${ESCAPE}\\[(\\d*)([A-Za-z])|\\n|\\r|[^${ESCAPE}\\n\\r]+`, 'g')

/** The lines that a terminal shows in the end, as far as moving up and clearing go. */
function screen(text: string): readonly string[] {
  let lines: string[] = ['']
  for (const [part, count = '', letter] of text.matchAll(SCREEN_PARTS)) {
    if (letter === 'A') lines = lines.slice(0, lines.length - Number(count))
    else if (letter === 'J') lines[lines.length - 1] = ''
    else if (part === '\n') lines.push('')
    else if (letter === undefined && part !== '\r') lines[lines.length - 1] += part
  }
  return lines
}
