import { execFile } from 'node:child_process'
import { createHmac } from 'node:crypto'
import { connect } from 'node:net'
import { promisify } from 'node:util'
import { deflateSync, gzipSync } from 'node:zlib'
import { describe, expect, test, vi } from 'vitest'
import { createTestContext } from '../../../connectors/testing/connector-context.ts'
import { createExpressions } from '../../../processors/cel/expressions.ts'
import { gate } from '../../support/gate.ts'
import { exchange, send } from '../../support/http-client.ts'
import { createHttpSource, RunningHttpSource, urlOf } from '../../support/running-http-source.ts'

const execute = promisify(execFile)

describe('limits of the source http', () => {
  test.for<[name: string, method: string, path: string, status: number, code: string]>([
    ['another path', 'POST', '/other', 404, 'E_HTTP_PATH'],
    ['a path below', 'POST', '/hooks/', 404, 'E_HTTP_PATH'],
    ['another case', 'POST', '/Hooks', 404, 'E_HTTP_PATH'],
    ['GET', 'GET', '/hooks', 405, 'E_HTTP_METHOD'],
    ['PUT', 'PUT', '/hooks', 405, 'E_HTTP_METHOD'],
    ['OPTIONS', 'OPTIONS', '/hooks', 405, 'E_HTTP_METHOD'],
  ])('%s is refused with %s %s %i', async ([, method, path, status, code]) => {
    const running = await RunningHttpSource.start({ path: '/hooks' })
    const answer = await send(new URL(path, running.url).href, { method })
    expect(answer).toMatchObject({ status, json: { code } })
    if (status === 405) expect(answer.headers.allow).toBe('POST')
    expect(running.deliveries).toEqual([])
  })

  test.for(['/x/../hooks', '//hooks', '/hooks%2f', 'http://a/hooks', '*'])('%s is another path', async (target) => {
    const running = await RunningHttpSource.start({ path: '/hooks' })
    const text = `POST ${target} HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 1\r\n\r\n1`
    expect(await exchange(running.url, text)).toMatch(/^HTTP\/1\.1 40[04] /)
    expect(running.deliveries).toEqual([])
  })

  test('HEAD is refused without a body; a query is no part of the path', async () => {
    const running = await RunningHttpSource.start({ path: '/hooks' })
    expect(await send(running.url, { method: 'HEAD' })).toMatchObject({ status: 405, text: '' })
    expect((await send(`${running.url}?a=/b`, { body: '1' })).status).toBe(202)
  })

  test('a body of the limit is taken, one byte more is not, declared or not', async () => {
    const running = await RunningHttpSource.start({ max_body: '1KiB' })
    const body = (size: number) => `"${'x'.repeat(size - 2)}"`
    expect((await running.send(body(1_024))).status).toBe(202)
    expect(await running.send(body(1_025))).toMatchObject({ status: 413, json: { code: 'E_HTTP_TOO_LARGE' } })
    const chunked = { 'transfer-encoding': 'chunked' }
    expect((await running.send(body(1_024), chunked)).status).toBe(202)
    expect((await running.send(body(1_025), chunked)).status).toBe(413)
    expect(running.deliveries).toHaveLength(2)
  })

  test('a program that sends more than the limit without looking gets to see the answer', async () => {
    const running = await RunningHttpSource.start({ max_body: '1KiB' })
    const program = `
      const headers = { 'content-type': 'application/json' }
      const body = Buffer.alloc(40_000_000, 'x')
      const send = async (body) => {
        const response = await fetch('${running.url}', { method: 'POST', headers, body })
        await response.text()
        process.stdout.write(response.status + ' ')
      }
      for (let n = 0; n < 5; n += 1) {
        await send('1')
        await send(body)
      }`
    const { stdout } = await execute(process.execPath, ['--input-type=module', '-e', program])
    expect(stdout).toBe('202 413 '.repeat(5))
  })

  test('what is too large by far is refused without being read', async () => {
    const running = await RunningHttpSource.start({ max_body: '1KiB' })
    const head = 'POST / HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n'
    const text = await exchange(running.url, `${head}Content-Length: 1000000000\r\n\r\n`, Buffer.alloc(70_000_000, 'x'))
    expect(text).toMatch(/^HTTP\/1\.1 413 /)
    expect(text).toContain('Connection: close'.toLowerCase())
    // Nothing is sent before the answer where the sender asks first.
    const asked = await exchange(running.url, `${head}Content-Length: 5000\r\nExpect: 100-continue\r\n\r\n`)
    expect(asked).toMatch(/^HTTP\/1\.1 413 /)
    expect(asked).not.toContain('100 Continue')
  })

  test('who asks first is told to go on', async () => {
    const running = await RunningHttpSource.start()
    const head = 'POST / HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nConnection: close\r\n'
    const text = await exchange(running.url, `${head}Content-Length: 1\r\nExpect: 100-continue\r\n\r\n1`)
    expect(text).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 202 /)
  })

  test('411 without a body, 400 for an empty one', async () => {
    const running = await RunningHttpSource.start()
    const head = 'POST / HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nConnection: close\r\n'
    expect(await exchange(running.url, `${head}\r\n`)).toMatch(/^HTTP\/1\.1 411 /)
    expect(await exchange(running.url, `${head}Content-Length: 0\r\n\r\n`)).toMatch(/^HTTP\/1\.1 400 .*E_INPUT_JSON/s)
  })

  test('gzip and deflate are read; a body that swells is refused, whatever it hides', async () => {
    const running = await RunningHttpSource.start({ max_body: '64KiB' })
    for (const [coding, pack] of [
      ['gzip', gzipSync],
      ['x-gzip', gzipSync],
      ['deflate', deflateSync],
    ] as const) {
      expect((await running.send(pack('{"a":1}'), { 'content-encoding': coding })).status).toBe(202)
      const bomb = pack(Buffer.alloc(10_000_000, ' '))
      expect(bomb.length).toBeLessThan(65_536)
      expect((await running.send(bomb, { 'content-encoding': coding })).status).toBe(413)
      const broken = pack('{"a":1}').subarray(0, -5)
      expect(await running.send(broken, { 'content-encoding': coding })).toMatchObject({
        status: 400,
        json: { code: 'E_HTTP_ENCODING' },
      })
    }
    for (const coding of ['br', 'gzip, gzip', 'zstd', 'constructor']) {
      expect((await running.send('1', { 'content-encoding': coding })).status).toBe(415)
    }
    expect(running.values).toEqual(['{"a":1}', '{"a":1}', '{"a":1}'])
  })

  test('a rate is kept, and told', async () => {
    const running = await RunningHttpSource.start({ max_rate: 2 })
    expect((await running.send('1')).status).toBe(202)
    expect((await running.send('2')).status).toBe(202)
    expect(await running.send('3')).toMatchObject({ status: 429, headers: { 'retry-after': '1' } })
    running.context.clock.advance(500)
    expect((await running.send('4')).status).toBe(202)
    expect(running.values).toEqual(['1', '2', '4'])
  })

  test.for([{ token: 's3cret' }, { hmac: { secret: 's3cret', header: 'x-signature' } }])(
    'with %j, strangers do not use the rate up',
    async (auth) => {
      const running = await RunningHttpSource.start({ max_rate: 1, auth })
      for (let n = 0; n < 3; n += 1) expect((await running.send('0', { 'x-signature': 'x' })).status).not.toBe(429)
      const signature = createHmac('sha256', 's3cret').update('1').digest('hex')
      const headers = { authorization: 'Bearer s3cret', 'x-signature': signature }
      expect((await running.send('1', headers)).status).toBe(202)
      expect((await running.send('1', headers)).status).toBe(429)
    },
  )

  test('so many at a time, and no more', async () => {
    const { open, opened } = gate()
    const running = await RunningHttpSource.start({ max_concurrent: 2 }, { deliver: () => opened })
    const first = [running.send('1'), running.send('2')]
    await vi.waitUntil(() => running.deliveries.length === 2)
    expect(await running.send('3')).toMatchObject({ status: 503, headers: { 'retry-after': '1' } })
    open()
    expect((await Promise.all(first)).map(({ status }) => status)).toEqual([202, 202])
    expect((await running.send('4')).status).toBe(202)
  })

  test('room is given back, whatever becomes of a request', async () => {
    const running = await RunningHttpSource.start({ max_concurrent: 1, max_body: '1KiB' })
    const bad = [
      () => running.send('{'),
      () => running.send('x'.repeat(2_000)),
      () => running.send('x', { 'content-encoding': 'gzip' }),
      () => running.send('x'.repeat(2_000), { 'transfer-encoding': 'chunked' }),
    ]
    for (const each of bad) expect((await each()).status).not.toBe(503)
    const { hostname, port } = new URL(running.url)
    const socket = connect({ host: hostname, port: Number(port) })
    socket.write('POST / HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 10\r\n\r\n12')
    await vi.waitUntil(async () => (await running.send('1')).status === 503)
    socket.destroy()
    await vi.waitUntil(async () => (await running.send('1')).status === 202)
  })

  test('too many or too long headers are refused', async () => {
    const running = await RunningHttpSource.start()
    const many = Object.fromEntries(Array.from({ length: 120 }, (_, n) => [`x-${n}`, 'a']))
    expect(await running.send('1', many)).toMatchObject({ status: 431, json: { code: 'E_HTTP_HEADERS' } })
    expect((await running.send('1', { 'x-long': 'a'.repeat(20_000) })).status).toBe(431)
    expect((await running.send('1', { 'x-long': 'a'.repeat(8_000) })).status).toBe(202)
  })

  test('a request that does not come to its end is given up', async () => {
    const running = await RunningHttpSource.start({ request_timeout: '100ms' })
    const head = 'POST / HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n'
    expect(await exchange(running.url, 'POST / HTTP/1.1\r\nHos')).toMatch(/^HTTP\/1\.1 408 /)
    expect(await exchange(running.url, `${head}Content-Length: 10\r\n\r\n1`)).toMatch(/^HTTP\/1\.1 408 /)
    expect(await exchange(running.url)).toMatch(/^(HTTP\/1\.1 408 .*)?$/s)
    expect((await running.send('1')).status).toBe(202)
    expect(running.values).toEqual(['1'])
  })

  test.for<[name: string, text: string]>([
    ['noise', '\u0000\u0001\u0002\r\n\r\n'],
    ['two lengths', 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n11'],
    [
      'a length and chunks',
      'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    ],
    ['a negative length', 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n'],
    ['no host', 'POST / HTTP/1.1\r\nContent-Length: 1\r\n\r\n1'],
    ['another protocol', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
    ['a folded header', 'POST / HTTP/1.1\r\nHost: a\r\n x: b\r\n\r\n'],
  ])('%s is refused with 400', async ([, text]) => {
    const running = await RunningHttpSource.start()
    expect(await exchange(running.url, text)).toMatch(/^HTTP\/1\.1 400 /)
    expect(running.deliveries).toEqual([])
  })
})

describe('connections of the source http', () => {
  test('are kept, and requests on them answered in order', async () => {
    const running = await RunningHttpSource.start()
    const request = (body: string, last = '') =>
      `POST / HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n${last}Content-Length: ${body.length}\r\n\r\n${body}`
    const text = await exchange(
      running.url,
      request('1') + request('{') + request('3') + request('4', 'Connection: close\r\n'),
    )
    expect([...text.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => status)).toEqual(['202', '400', '202', '202'])
    expect(running.values).toEqual(['1', '3', '4'])
  })

  test('a taken port is an error with its name', async () => {
    const running = await RunningHttpSource.start()
    const { port } = new URL(running.url)
    await expect(RunningHttpSource.start({ listen: `127.0.0.1:${port}` })).rejects.toMatchObject({
      code: 'E_PORT_IN_USE',
      category: 'environment',
      where: `127.0.0.1:${port}`,
    })
    await expect(RunningHttpSource.start({ listen: '203.0.113.1:0', insecure: true })).rejects.toMatchObject({
      code: 'E_LISTEN',
    })
  })

  test('close answers what is under way, cuts off the rest, and frees the port', async () => {
    const { open, opened } = gate()
    const running = await RunningHttpSource.start({}, { deliver: () => opened })
    const sending = running.send('1')
    await vi.waitUntil(() => running.deliveries.length === 1)
    const idle = exchange(running.url).catch(() => 'reset')
    const arriving = exchange(
      running.url,
      'POST / HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n1',
    )
    // Both are connected: a request on a third connection has been answered since.
    expect((await send(running.url, { method: 'GET' })).status).toBe(405)
    running.context.stop()
    const closing = running.source.close()
    expect(await idle).toMatch(/^(reset)?$/)
    expect(await arriving.catch(() => '')).toBe('')
    open()
    expect(await sending).toMatchObject({ status: 202, headers: { connection: 'close' } })
    await closing
    await running.source.close()
    expect(running.context.clock.waiting).toBe(0)
    const { port } = new URL(running.url)
    await RunningHttpSource.start({ listen: `127.0.0.1:${port}` })
  })

  test('close does not wait for ever for a delivery', async () => {
    const running = await RunningHttpSource.start({}, { deliver: () => new Promise(() => {}) })
    const sending = running.send('1').catch(() => 'reset')
    await vi.waitUntil(() => running.deliveries.length === 1)
    const closing = running.source.close()
    running.context.clock.advance(10_000)
    await closing
    expect(await sending).toBe('reset')
  })

  test('a source that was closed before it started does not mind', async () => {
    const context = createTestContext({ baseDir: '/', expressions: createExpressions() })
    const source = await createHttpSource({}, context)
    await source.close()
    await source.close()
    expect(() => urlOf(context)).toThrow('does not listen')
  })
})
