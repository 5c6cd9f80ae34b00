import { readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { gzipSync } from 'node:zlib'
import { afterEach, describe, expect, test } from 'vitest'
import { CONNECTOR_LIMITS } from '../../../connectors/limits.ts'
import { runProcess } from '../../support/cli-process.ts'
import { exchange, type Answer } from '../../support/http-client.ts'
import { HookPipeline } from '../../support/hook-pipeline.ts'

/* The source `http` in the whole program: what a 2xx promises, and what is said where there can be none. */

const KILLS = 4
const started: HookPipeline[] = []

async function start(settings?: string): Promise<HookPipeline> {
  const pipeline = await HookPipeline.start(settings)
  started.push(pipeline)
  return pipeline
}

afterEach(async () => {
  for (const pipeline of started.splice(0)) await pipeline.remove()
})

/** The kept dead letters, with the program at rest. */
async function deadLetters(pipeline: HookPipeline): Promise<string> {
  return (await runProcess(pipeline.folder.path, ['dlq', 'show', 'hooks'])).stdout
}

test('what was answered with 2xx is there after kill -9, also where a step has failed on it', async () => {
  const pipeline = await start()
  for (let n = 0; n < KILLS; n += 1) {
    const isGood = n % 2 === 0
    const body = isGood ? `{"n":${n}}` : `{"n":"bad ${n}"}`
    expect((await pipeline.send(`d${n}`, body)).status).toBe(202)
    await pipeline.kill()
    await pipeline.restart()
  }
  await pipeline.reaches(async () => (await pipeline.lines()).includes(`{"n":${KILLS - 2}}`))
  await pipeline.stop()
  const good = Array.from({ length: KILLS / 2 }, (_, n) => `{"n":${n * 2}}`)
  expect([...new Set(await pipeline.lines())].sort()).toEqual(good)
  const kept = await deadLetters(pipeline)
  for (let n = 1; n < KILLS; n += 2) expect(kept).toContain(`bad ${n}`)
})

test('a body that its topic would never take is refused with 413, and leaves nothing', async () => {
  const pipeline = await start()
  const large = JSON.stringify({ n: 1, text: 'x'.repeat(10_000_000) })
  expect(await pipeline.send('large', large)).toMatchObject({ status: 413, json: { code: 'E_EVENT_TOO_LARGE' } })
  const lines = `{"n":2}\n${large}\n`
  const ndjson = { 'content-type': 'application/x-ndjson' }
  expect((await pipeline.send('lines', lines, ndjson)).status).toBe(413)
  expect((await pipeline.send('small', '{"n":3}')).status).toBe(202)
  await pipeline.reaches(async () => (await pipeline.lines()).length > 0)
  await pipeline.stop()
  expect(await pipeline.lines()).toEqual(['{"n":3}'])
  expect(await deadLetters(pipeline)).not.toContain('E_EVENT_TOO_LARGE')
})

test('under back-pressure 503 says when to come again, and each delivery comes through in the end', async () => {
  const pipeline = await start()
  const text = 'x'.repeat(900_000)
  const answers: Answer[] = []
  let sent = 0
  const deliver = async (n: number): Promise<void> => {
    for (let answer: Answer | null = null; answer?.status !== 202; answers.push(answer)) {
      answer = await pipeline.send(`d${n}`, JSON.stringify({ n, text }))
    }
  }
  while (!answers.some(({ status }) => status === 503)) {
    await Promise.all(Array.from({ length: 60 }, () => deliver(sent++)))
  }
  const refused = answers.filter(({ status }) => status !== 202)
  expect(refused.every(({ status, headers }) => status === 503 && headers['retry-after'] === '1')).toBe(true)
  await pipeline.reaches(async () => (await pipeline.lines()).length >= sent)
  await pipeline.stop()
  const numbers = (await pipeline.lines()).map((line) => Number(/"n":(\d+)/.exec(line)?.[1]))
  expect(numbers.sort((a, b) => a - b)).toEqual(Array.from({ length: sent }, (_, n) => n))
})

describe('strangers', () => {
  const HEAD = 'POST / HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nX-Signature: 00\r\n'

  test('with wrong signatures, and bombs of whoever has the right one, take neither memory nor room', async () => {
    const pipeline = await start()
    const bomb = gzipSync(Buffer.alloc(200_000_000, ' '))
    const gzip = { 'content-encoding': 'gzip' }
    const statuses = await Promise.all(
      Array.from({ length: 60 }, async (_, n) => {
        const wrong = n % 2 === 0 ? { 'x-signature': '0'.repeat(64) } : {}
        return (await pipeline.send(`bomb${n}`, bomb, { ...gzip, ...wrong })).status
      }),
    )
    // 503: so many swell at a time, and no more.
    expect(statuses.filter((_, n) => n % 2 === 0)).toEqual(Array.from({ length: 30 }, () => 403))
    expect(statuses.filter((_, n) => n % 2 === 1).every((status) => status === 413 || status === 503)).toBe(true)
    expect((await pipeline.send('good', '{"n":1}')).status).toBe(202)
    await pipeline.reaches(async () => (await pipeline.lines()).length > 0)
    expect(await pipeline.lines()).toEqual(['{"n":1}'])
    expect(peakMemory(pipeline.pid)).toBeLessThan(1_000_000)
  })

  test('that send slowly are given up, and others get their turn', async () => {
    const pipeline = await start("request_timeout: '2s'")
    const slow = Array.from({ length: 64 }, () => exchange(pipeline.url, `${HEAD}Content-Length: 10\r\n\r\n1`))
    await pipeline.reaches(async () => (await pipeline.send('early', '{"n":1}')).status === 503)
    expect((await Promise.all(slow)).every((text) => text.startsWith('HTTP/1.1 408 '))).toBe(true)
    expect((await pipeline.send('late', '{"n":2}')).status).toBe(202)
  })

  test('that open connections without end find a limit, and leave room when they go', async () => {
    const pipeline = await start()
    const { hostname, port } = new URL(pipeline.url)
    const sockets = Array.from({ length: 700 }, () => connect({ host: hostname, port: Number(port) }))
    let closed = 0
    for (const socket of sockets) {
      socket.on('error', () => {})
      socket.on('close', () => (closed += 1))
      socket.resume()
    }
    await pipeline.reaches(() => closed >= 700 - CONNECTOR_LIMITS.httpMaxConnections.default)
    await expect(pipeline.send('early', '{"n":1}')).rejects.toThrow()
    for (const socket of sockets) socket.destroy()
    await pipeline.reaches(async () => (await pipeline.send('late', '{"n":2}').catch(() => null))?.status === 202)
  })
})

/** The most memory that a process has had at a time, in KiB; 0 where only Linux would know. */
function peakMemory(pid: number): number {
  if (process.platform !== 'linux') return 0
  return Number(/VmHWM:\s*(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1])
}
