import { createHmac } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { describe, expect, test, vi } from 'vitest'
import { StoplogError } from '../../../schemas/stoplog-error.ts'
import { gate } from '../../support/gate.ts'
import { exchange, send } from '../../support/http-client.ts'
import { RunningHttpSource } from '../../support/running-http-source.ts'

const TLS_FOLDER = fileURLToPath(new URL('../../support/tls', import.meta.url))

function counts(running: RunningHttpSource): number {
  return running.context.counted.get('stoplog_http_requests_total') ?? 0
}

describe('the source http', () => {
  test('hands over a body as it was sent, and says 202', async () => {
    const running = await RunningHttpSource.start({ path: '/hooks' })
    const body = '{ "n": 9007199254740993, "f":1.50, "t":"é🦫" }\n'
    expect(await running.send(body)).toMatchObject({ status: 202, json: { accepted: 1 } })
    expect(running.values).toEqual([body])
    const [event] = running.events
    expect(event).toMatchObject({ type: 'http.request' })
    expect(event?.id).toMatch(/^[0-9a-f-]{36}$/)
    expect(event).not.toHaveProperty('time')
    expect(event).not.toHaveProperty('headers')
    expect(running.context.logged.filter(({ level }) => level !== 'info')).toEqual([])
  })

  test('each line of ndjson is an event; with a delivery id, the same ones when it comes again', async () => {
    const running = await RunningHttpSource.start({ id: "headers['x-delivery']" })
    const headers = { 'content-type': 'application/x-ndjson', 'x-delivery': 'd-1' }
    for (let n = 0; n < 2; n += 1) {
      expect(await running.send('{"a":1}\n\n{"a":1}\n', headers)).toMatchObject({ status: 202, json: { accepted: 2 } })
    }
    const [first, second] = running.deliveries
    expect(first).toEqual(second)
    expect(new Set(running.events.map(({ id }) => id)).size).toBe(2)
    await running.send('{"a":1}\n{"a":1}\n', { ...headers, 'x-delivery': 'd-2' })
    expect(new Set(running.events.map(({ id }) => id)).size).toBe(4)
  })

  test('without a delivery id, no two events share one', async () => {
    const running = await RunningHttpSource.start()
    for (let n = 0; n < 3; n += 1) await running.send('1\n2\n', { 'content-type': 'application/x-ndjson' })
    await running.send('1')
    expect(new Set(running.events.map(({ id }) => id)).size).toBe(7)
  })

  test('expressions see headers and body, but no credentials', async () => {
    const running = await RunningHttpSource.start({
      auth: { token: 's3cret' },
      id: 'value.id',
      type: 'com.github.{headers["x-github-event"]}',
      subject: '{value.repo} {headers.?authorization.orValue("hidden")} {headers.?cookie.orValue("hidden")}',
      time: 'value.at',
      headers: ['X-GitHub-Event', 'traceparent', 'x-none'],
    })
    const headers = {
      authorization: 'Bearer s3cret',
      'X-GitHub-Event': 'push',
      traceparent: '00-ab-cd-01',
      cookie: 'a=b',
    }
    const body = '{"id": 12345678901234567890, "repo": "a/b", "at": "2026-08-21T10:00:00Z"}'
    expect((await running.send(body, headers)).status).toBe(202)
    expect(running.events).toMatchObject([
      {
        id: '12345678901234567890',
        type: 'com.github.push',
        subject: 'a/b hidden hidden',
        time: Date.UTC(2026, 7, 21, 10),
        headers: { 'x-github-event': 'push', traceparent: '00-ab-cd-01' },
      },
    ])
    expect(Object.keys(running.events[0]?.headers ?? {})).toHaveLength(2)
  })

  test.for(['{"at":"soon"}', '{"at":null}', '{}', '1'])('%s has the time of arrival', async (body) => {
    const running = await RunningHttpSource.start({ time: 'value.at' })
    expect((await running.send(body)).status).toBe(202)
    expect(running.events[0]).not.toHaveProperty('time')
  })

  test.for<[id: string, headers: object, code: string]>([
    ["headers['x-delivery']", {}, 'E_FIELD_MISSING'],
    ["headers['x-delivery']", { 'x-delivery': 'x'.repeat(513) }, 'E_HTTP_ID'],
    ["headers.?x.orValue('')", {}, 'E_HTTP_ID'],
    ['value', {}, 'E_HTTP_ID'],
    ['value.a.b', {}, 'E_FIELD_MISSING'],
  ])('a delivery without an id (%s) is refused', async ([id, headers, code]) => {
    const running = await RunningHttpSource.start({ id })
    expect(await running.send('{"a":{}}', { ...headers })).toMatchObject({ status: 400, json: { code } })
    expect(running.deliveries).toEqual([])
  })

  test('a header may be called anything', async () => {
    const running = await RunningHttpSource.start({ id: "headers['constructor'] + headers['__proto__']" })
    const answer = await running.send('1', { constructor: 'a', ['__proto__']: 'b' })
    expect([202, 400]).toContain(answer.status)
    expect((await running.send('1', {})).status).toBe(400)
    expect({}).not.toHaveProperty('polluted')
  })
})

describe('acknowledgement', () => {
  test('comes when the events are durable, and not before', async () => {
    const { open, opened } = gate()
    const running = await RunningHttpSource.start({}, { deliver: () => opened })
    let answered = false
    const sending = running.send('1').finally(() => (answered = true))
    await vi.waitUntil(() => running.deliveries.length === 1)
    for (let turn = 0; turn < 200; turn += 1) await new Promise((resolve) => setImmediate(resolve))
    expect(answered).toBe(false)
    open()
    expect((await sending).status).toBe(202)
  })

  test('503 with Retry-After when there is no room, and 202 when there is', async () => {
    let room = false
    const deliver = async () => {
      if (!room) throw new StoplogError('E_BACKPRESSURE', 'no room', { retryable: true })
    }
    const running = await RunningHttpSource.start({}, { deliver })
    const answer = await running.send('1')
    expect(answer).toMatchObject({ status: 503, json: { code: 'E_HTTP_BUSY' }, headers: { 'retry-after': '1' } })
    room = true
    expect((await running.send('1')).status).toBe(202)
  })

  test('500 for a defect, whose details are for the log only', async () => {
    const deliver = async () => {
      throw new Error('path /var/lib/secret is gone')
    }
    const running = await RunningHttpSource.start({}, { deliver })
    const answer = await running.send('1')
    expect(answer).toMatchObject({ status: 500, json: { code: 'E_HTTP_FAILED' } })
    expect(answer.text).not.toContain('/var/lib')
    await running.send('1')
    expect(running.context.logged.filter(({ level }) => level === 'error')).toMatchObject([
      { fields: { reason: 'path /var/lib/secret is gone' } },
    ])
  })

  test('a sender that goes away in the middle of a delivery harms nobody', async () => {
    const { open, opened } = gate()
    const running = await RunningHttpSource.start({}, { deliver: () => opened })
    const controller = new AbortController()
    const gone = send(running.url, { body: '1', options: { signal: controller.signal } }).catch(() => 'gone')
    await vi.waitUntil(() => running.deliveries.length === 1)
    controller.abort()
    expect(await gone).toBe('gone')
    open()
    expect((await running.send('2')).status).toBe(202)
  })
})

describe('who may send', () => {
  test("GitHub's signature is checked over the bytes that came, before they are looked at", async () => {
    const secret = "It's a Secret to Everybody"
    const hmac = { secret, header: 'X-Hub-Signature-256', prefix: 'sha256=' }
    const running = await RunningHttpSource.start({ auth: { hmac }, id: "headers['x-github-delivery']" })
    const sign = (body: string | Uint8Array) => ({
      'x-hub-signature-256': `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`,
      'x-github-delivery': 'd-1',
    })
    const body = '{"a" : 1}'
    expect((await running.send(body, sign(body))).status).toBe(202)
    expect((await running.send('{"a":1}', sign(body))).status).toBe(403)
    expect((await running.send(body)).status).toBe(401)
    // Not JSON: 400 for those we know, 403 for all others.
    expect((await running.send('Hello, World!', sign('Hello, World!'))).status).toBe(400)
    expect((await running.send('Hello, World!', sign(body))).status).toBe(403)
    const packed = gzipSync(body)
    expect((await running.send(packed, { ...sign(packed), 'content-encoding': 'gzip' })).status).toBe(202)
    expect((await running.send(packed, { ...sign(body), 'content-encoding': 'gzip' })).status).toBe(403)
    expect(running.values).toEqual([body, body])
  })

  test('who is unknown leaves no trace but a count, and one line in the log', async () => {
    const running = await RunningHttpSource.start({ auth: { token: 's3cret' } })
    for (let n = 0; n < 5; n += 1) {
      expect((await running.send('{"password":"p4ss"}', { authorization: 'Bearer wr0ng' })).status).toBe(403)
    }
    expect(await running.send('1')).toMatchObject({ status: 401, headers: { 'www-authenticate': 'Bearer' } })
    expect(counts(running)).toBe(6)
    expect(running.deliveries).toEqual([])
    const warnings = running.context.logged.filter(({ level }) => level === 'warn')
    expect(warnings).toMatchObject([{ fields: { code: 'E_HTTP_CREDENTIALS', status: 403 } }])
    expect(JSON.stringify(running.context.logged)).not.toMatch(/p4ss|wr0ng|s3cret/)
  })

  test('a web page is refused where nobody has to show who he is', async () => {
    const running = await RunningHttpSource.start({ format: 'json' })
    const answer = await running.send('1', { origin: 'https://evil.example', 'content-type': 'text/plain' })
    expect(answer).toMatchObject({ status: 403, json: { code: 'E_HTTP_ORIGIN' } })
  })

  test('https, to those who know the certificate', async () => {
    const tls = { cert: 'server.crt', key: 'server.key' }
    const running = await RunningHttpSource.start({ tls }, { baseDir: TLS_FOLDER })
    expect(running.url).toMatch(/^https:/)
    const sendTrusting = (name: string) => {
      return send(running.url, { body: '1', options: { ca: readFileSync(join(TLS_FOLDER, name), 'utf8') } })
    }
    expect((await sendTrusting('server.crt')).status).toBe(202)
    await expect(sendTrusting('other.crt')).rejects.toThrow('certificate')
    await expect(exchange(running.url, 'POST / HTTP/1.1\r\n\r\n')).resolves.toBe('')
  })

  test.for<[tls: object, message: string]>([
    [{ cert: 'none.crt', key: 'server.key' }, 'none.crt holds no certificate'],
    [{ cert: 'server.key', key: 'server.key' }, 'server.key holds no certificate'],
    [{ cert: 'server.crt', key: 'server.crt' }, 'server.crt holds no private key'],
    [{ cert: 'other.crt', key: 'server.key' }, 'server.key is not the key of'],
  ])('%j is an error at start', async ([tls, message]) => {
    const start = RunningHttpSource.start({ tls }, { baseDir: TLS_FOLDER })
    await expect(start).rejects.toMatchObject({ code: 'E_TLS_FILE', message: expect.stringContaining(message) })
  })

  test('an address that others reach is warned about on every start', async () => {
    const running = await RunningHttpSource.start({ listen: '0.0.0.0:0', insecure: true, auth: { token: 'x' } })
    expect(running.context.logged).toMatchObject([{ level: 'info' }, { level: 'warn', fields: { missing: 'tls' } }])
  })
})
