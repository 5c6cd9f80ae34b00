import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { join } from 'node:path'
import { CliFolder } from '../support/cli.ts'
import { PipelineProcess } from '../support/pipeline-process.ts'
import { ROOT } from '../support/source-files.ts'
import { until } from '../support/until.ts'
import { KAFKA, KafkaServer } from './servers/kafka.ts'
import { whyMissing } from './servers/peer-missing.ts'

const missing = await whyMissing(() => KAFKA.install())
const reason = missing === null ? '' : ` (not here: ${missing})`

const EVENTS = 6_000
const KEYS = 1_000

/** Each key comes six times, ten seconds of event time apart, and every other time lies within the 14 s. */
function documentOf(address: string): string {
  return `
pipeline: counted
broker: { bootstrap_servers: ['${address}'] }
commit_interval: 50ms
sources:
  load:
    uses: generate
    with:
      count: ${EVENTS}
      rate: 500
      template: '{"n": offset, "k": "k" + string(offset % ${KEYS})}'
      step: 10ms
    key: 'value.k'
streams:
  kept:
    from: load
    steps: [ { dedupe: { within: 14s } } ]
sinks:
  out: { from: kept, uses: file, with: { path: out/kept.ndjson } }
`
}

/** The numbers of the events that come out, once each. */
function expected(): readonly number[] {
  return Array.from({ length: EVENTS }, (_, n) => n).filter((n) => Math.floor(n / KEYS) % 2 === 0)
}

describe.skipIf(missing !== null)(`the same document on ${KAFKA.name}${reason}`, () => {
  let server: KafkaServer
  let folder: CliFolder
  beforeAll(async () => {
    server = await KafkaServer.start()
  })
  afterAll(() => server.stop())
  beforeEach(async () => {
    folder = await CliFolder.create()
  })
  afterEach(() => folder.remove())

  test('the example gives what it gives on the bundled broker, and its topics are read by the commands', async () => {
    await folder.copy(join(ROOT, 'examples'), 'bundled')
    await folder.copy(join(ROOT, 'examples'), 'cluster')
    const document = await folder.read('cluster/security-scan.yaml')
    const broker = `broker: { bootstrap_servers: ['${server.address}'] }`
    await folder.write('cluster/security-scan.yaml', document.replace('\nsources:', `\n${broker}\nsources:`))
    for (const name of ['bundled', 'cluster']) {
      expect(await folder.run('run', `${name}/security-scan.yaml`)).toMatchObject({ code: 0 })
    }
    for (const file of ['all.ndjson', 'blocked.ndjson']) {
      const [bundled, cluster] = [await folder.lines(`bundled/out/${file}`), await folder.lines(`cluster/out/${file}`)]
      expect(bundled.length).toBeGreaterThan(0)
      expect(cluster.toSorted()).toEqual(bundled.toSorted())
    }
    const again = await folder.run('run', 'cluster/security-scan.yaml')
    expect(again).toMatchObject({ code: 0, stdout: expect.stringContaining('nothing new') as string })
    const at = ['-f', 'cluster/security-scan.yaml']
    expect((await folder.run('topics', ...at)).stdout).toContain('security-scan.findings')
    const consumed = await folder.run('consume', 'findings', '--limit', '3', ...at)
    expect(consumed).toMatchObject({ code: 0, stdout: expect.stringContaining('"verdict"') as string })
    expect(await folder.run('dlq', 'ls', ...at)).toMatchObject({ code: 0 })
  })

  test('the pipeline is killed three times and Kafka once, and nothing is missing or too many', async () => {
    await folder.write('counted.yaml', documentOf(server.address))
    let pipeline = PipelineProcess.run('counted.yaml', folder.path)
    const reaches = (count: number): Promise<void> =>
      pipeline.reaches(async () => (await numbersOf(folder)).length >= count, 50)
    for (const count of [300, 900, 1_500]) {
      await reaches(count)
      await pipeline.kill()
      pipeline = PipelineProcess.run('counted.yaml', folder.path)
    }
    await reaches(2_000)
    await server.kill()
    await server.restart()
    await pipeline.reaches(async () => new Set(await numbersOf(folder)).size >= expected().length, 50)
    await until(() => pipeline.printed.includes('counted  done in'), 50)
    const numbers = await numbersOf(folder)
    expect([...new Set(numbers)].toSorted((a, b) => a - b)).toEqual(expected())
  })
})

async function numbersOf(folder: CliFolder): Promise<readonly number[]> {
  const lines = await folder.lines('out/kept.ndjson').catch(() => [])
  return lines.map((line) => (JSON.parse(line) as { n: number }).n)
}
