import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { open } from 'node:fs/promises'
import { createServer, type Server } from 'node:net'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { CliFolder } from '../../support/cli.ts'
import { until } from '../../support/until.ts'
import { BIN, runProcess } from '../../support/cli-process.ts'

/* What is wrong around a run: exit code 3, the place, what to do, and nothing touched; or a limit that has a name. */

const FLOW = `pipeline: flow
sources:
  raw: { uses: file, with: { path: 'in/*' } }
sinks:
  out: { from: raw, uses: file, with: { path: out/all.ndjson } }
`
const INPUT = { 'flow.yaml': FLOW, 'in/a.ndjson': '{"n":1}\n{"n":2}\n' }

const folders: CliFolder[] = []
const servers: Server[] = []
afterEach(async () => {
  for (const server of servers.splice(0)) server.close()
  for (const folder of folders.splice(0)) await folder.remove()
})

async function createFolder(files: Readonly<Record<string, string>> = INPUT): Promise<CliFolder> {
  const folder = await CliFolder.create(files)
  folders.push(folder)
  return folder
}

async function occupyPort(): Promise<number> {
  const server = createServer()
  servers.push(server)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}

describe('a port in use', () => {
  test('of the broker is named, and on another one all input is read', async () => {
    const folder = await createFolder()
    const port = await occupyPort()
    for (const command of [['run', 'flow.yaml'], ['broker']]) {
      const { code, stderr } = await folder.run(...command, '--port', String(port))
      expect(code).toBe(3)
      expect(stderr).toContain(`127.0.0.1:${port} E_PORT_IN_USE\n   port ${port} of 127.0.0.1 is taken`)
      expect(stderr).toContain('fix: stop that program, or choose another port (0 takes any free one)')
    }
    expect((await folder.run('run', 'flow.yaml')).code).toBe(0)
    expect(await folder.lines('out/all.ndjson')).toHaveLength(2)
  })

  test('of a source stops that source, and the others go on', async () => {
    const port = await occupyPort()
    const hook = `  hook: { uses: http, with: { listen: '127.0.0.1:${port}', path: /in } }\n`
    const both = FLOW.replace('sinks:', `${hook}sinks:`).replace('from: raw', 'from: [ raw, hook ]')
    const folder = await createFolder({ ...INPUT, 'flow.yaml': both })
    const { code, stderr } = await folder.run('run', 'flow.yaml')
    expect(code).toBe(3)
    expect(stderr).toContain('flow.yaml E_PORT_IN_USE sources.hook')
    expect(await folder.lines('out/all.ndjson')).toHaveLength(2)
  })
})

describe('a data directory', () => {
  test.for([
    ['that is a file', 'file'],
    ['below a file', 'file/data'],
  ])('%s is refused, and the file is left as it is', async ([, path = '']) => {
    const folder = await createFolder({ ...INPUT, file: 'precious' })
    for (const command of [['run', 'flow.yaml'], ['broker']]) {
      const { code, stderr } = await folder.run(...command, '--data-dir', path)
      expect(code).toBe(3)
      expect(folder.relative(stderr)).toBe(
        `${path} E_DATA_DIR\n` +
          `   ${path} cannot be written to: a file stands in its place, or in that of a folder above it\n` +
          '   fix: give it to the user that runs this, or choose another one with --data-dir\n',
      )
    }
    expect(await folder.read('file')).toBe('precious')
  })

  test.runIf(process.platform === 'linux')('on a file system without folders of ours is refused', async () => {
    const folder = await createFolder()
    const { code, stderr } = await folder.run('run', 'flow.yaml', '--data-dir', '/proc/stoplog')
    expect(code).toBe(3)
    expect(stderr).toContain('/proc/stoplog E_DATA_DIR\n')
  })

  test('that another process works on is refused with its id, and that process goes on', async () => {
    const folder = await createFolder()
    const broker = spawn(process.execPath, [BIN, 'broker', '--port', '0'], { cwd: folder.path, stdio: 'pipe' })
    let shown = ''
    broker.stdout.on('data', (chunk: Buffer) => (shown += chunk.toString()))
    try {
      await until(() => shown.includes('durability'))
      for (const command of [['run', 'flow.yaml'], ['broker']]) {
        const { code, stderr } = await folder.run(...command)
        expect(code).toBe(3)
        expect(stderr).toMatch(
          new RegExp(
            `\\.stoplog E_DATA_DIR_IN_USE\\n.* is in use by process ${broker.pid} on .*, broker at 127\\.0\\.0\\.1:`,
          ),
        )
        expect(stderr).toContain('fix: stop that process, or choose another data directory with --data-dir')
      }
      // Looking is no work on it: it goes to the broker that runs.
      expect(await folder.run('topics')).toMatchObject({
        code: 0,
        stdout: expect.stringMatching(/^0 topics at 127/) as string,
      })
      expect(broker.exitCode).toBeNull()
    } finally {
      broker.kill('SIGTERM')
      await once(broker, 'exit')
    }
    expect((await folder.run('run', 'flow.yaml')).code).toBe(0)
    expect(await folder.lines('out/all.ndjson')).toHaveLength(2)
  })
})

const MIB = 1_048_576
/** Far below what 200 MB would take in memory as values; how much the collector leaves lying depends on the machine. */
const MAX_PEAK_BYTES = 512 * MIB

describe('a report of 200 MB', () => {
  test('is refused by a named limit, costs no more memory than others, and harms none of them', async () => {
    const folder = await createFolder({ 'flow.yaml': FLOW, 'in/a.json': '{"ok":1}', 'in/z.json': '{"ok":2}' })
    const file = await open(join(folder.path, 'in/big.json'), 'w')
    const line = `{"finding":"${'x'.repeat(1_000)}"},\n`
    const chunk = line.repeat(Math.ceil(MIB / line.length))
    await file.write('{"items":[')
    for (let i = 0; i < 200; i += 1) await file.write(chunk)
    await file.write('{}]}')
    await file.close()
    const { code, stdout, peakBytes } = await runProcess(folder.path, ['run', 'flow.yaml'])
    expect(code).toBe(0)
    expect(stdout).toContain('raw: in/* (2, from 3 documents, 1 dead)')
    expect([...(await folder.lines('out/all.ndjson'))].sort()).toEqual(['{"ok":1}', '{"ok":2}'])
    expect(peakBytes).toBeGreaterThan(20 * MIB)
    expect(peakBytes).toBeLessThan(MAX_PEAK_BYTES)
    const shown = await folder.run('dlq', 'show', 'raw')
    expect(shown.stdout).toContain('E_INPUT_TOO_LARGE sources.raw\n   in/big.json has 209905614 bytes')
    expect(shown.stdout).toContain('more than `max_document` allows (67108864)')
    expect(shown.stdout.replaceAll('\n   ', ' ')).toContain('fix: raise `max_document` or `max_line` of the source')
    expect(shown.stdout).toContain('bytes, of which the beginning was kept: {"items":[{')
  })

  test('of lines is read within the bound', async () => {
    const folder = await createFolder({ 'flow.yaml': FLOW.replace("'in/*'", 'in/big.ndjson') })
    await folder.write('in/none', '')
    const big = await open(join(folder.path, 'in/big.ndjson'), 'w')
    const line = `{"finding":"${'x'.repeat(10_000)}"}\n`
    const chunk = line.repeat(Math.ceil(MIB / line.length))
    const lines = (chunk.length / line.length) * 200
    for (let i = 0; i < 200; i += 1) await big.write(chunk)
    await big.close()
    const { code, stdout, peakBytes } = await runProcess(folder.path, ['run', 'flow.yaml'])
    expect(code).toBe(0)
    expect(stdout).toContain(`out: out/all.ndjson (${lines})`)
    expect(peakBytes).toBeLessThan(MAX_PEAK_BYTES)
  })
})
