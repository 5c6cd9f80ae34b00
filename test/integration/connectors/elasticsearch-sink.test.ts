import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { createTestContext } from '../../../connectors/testing/connector-context.ts'
import { createExpressions } from '../../../processors/cel/expressions.ts'
import { BulkServer, type BulkServerOptions, type Fault, type ServerResult } from '../../support/bulk-server.ts'
import { createEvent } from '../../support/event.ts'
import { createSink, events, failureOf, places, sinkFor } from '../../support/bulk-sink.ts'

const { signal } = new AbortController()

/** Until the server has a request. */
async function arrived(server: BulkServer): Promise<void> {
  while (server.requests.length === 0) await new Promise((resolve) => setImmediate(resolve))
}

const refused = (type: string, status: number): ServerResult => ({ status, error: { type, reason: 'because' } })

describe('the sink elasticsearch', () => {
  test('writes documents in order, as they are written, over one connection', async () => {
    const { server, sink, context } = await createSink({ pipeline: 'a b&c' })
    await sink.write(events(3), signal)
    await sink.write(events(2, 3), signal)
    expect(server.ids()).toEqual(['e0', 'e1', 'e2', 'e3', 'e4'])
    expect(server.documents.get('findings')?.get('e1')).toBe('{"n": 1}')
    expect(server.requests).toHaveLength(2)
    expect(await server.connections()).toBe(1)
    const [request] = server.requests
    expect(request?.headers).toMatchObject({ 'content-type': 'application/x-ndjson', 'user-agent': 'stoplog' })
    expect(new URL(`http://x${request?.url}`).searchParams.get('pipeline')).toBe('a b&c')
    expect(context.logged).toEqual([])
    // Nothing waits for the time-out of a request that has been answered.
    expect(context.clock.waiting).toBe(0)
    await sink.close()
    await server.untilLeft()
  })

  test('the index follows the event', async () => {
    const { server, sink } = await createSink({ index: 'f-{value.team}-{time:yyyy.MM}', id: 'value.id' })
    const batch = [
      createEvent({ bytes: '{"team":"a","id":"x"}', time: Date.UTC(2026, 0, 31) }),
      createEvent({ bytes: '{"team":"a","id":"x"}', time: Date.UTC(2026, 1, 1) }),
      createEvent({ bytes: '{"team":"../b","id":"x"}' }),
      createEvent({ bytes: '{"id":"x"}' }),
    ]
    const failure = await failureOf(sink.write(batch, signal))
    expect([...server.documents.keys()]).toEqual(['f-a-2026.01', 'f-a-2026.02'])
    expect(failure.failed.map(({ error }) => 'code' in error && error.code)).toEqual([
      'E_NAME_UNSAFE',
      'E_FIELD_MISSING',
    ])
    expect(places(failure)).toEqual(['2 for good', '3 for good'])
  })

  test('what is there already counts as written', async () => {
    const { server, sink, context } = await createSink()
    await sink.write(events(2), signal)
    await sink.write(events(3), signal)
    expect(server.ids()).toEqual(['e0', 'e1', 'e2'])
    expect(context.counted.get('stoplog_elasticsearch_existing_documents_total')).toBe(2)
  })

  test('a document that is refused fails alone and for good, with the reason', async () => {
    const refuse: BulkServerOptions['refuse'] = ({ id }) =>
      id === 'e1' ? refused('document_parsing_exception', 400) : null
    const { server, sink } = await createSink({}, { refuse })
    const failure = await failureOf(sink.write(events(3), signal))
    expect(server.ids()).toEqual(['e0', 'e2'])
    expect(places(failure)).toEqual(['1 for good'])
    expect(failure.message).toContain('findings: document_parsing_exception: because')
  })

  test.for<[type: string, status: number]>([
    ['es_rejected_execution_exception', 429],
    ['rejected_execution_exception', 429],
    ['unavailable_shards_exception', 503],
    ['io_exception', 500],
  ])('%s %i of one document is tried again, and only it', async ([type, status]) => {
    const refuse: BulkServerOptions['refuse'] = ({ id }) => (id === 'e1' ? refused(type, status) : null)
    const { server, sink } = await createSink({}, { refuse })
    const failure = await failureOf(sink.write(events(3), signal))
    expect(places(failure)).toEqual(['1'])
    expect(failure.failed[0]?.error).toMatchObject({ retryable: true })
    server.options = {}
    await sink.write(events(1, 1), signal)
    expect(server.ids()).toEqual(['e0', 'e2', 'e1'])
  })

  test.for<[type: string, status: number, code: string]>([
    ['security_exception', 403, 'E_FORBIDDEN'],
    ['security_exception', 401, 'E_CREDENTIALS'],
    ['index_not_found_exception', 404, 'E_INDEX'],
    ['index_closed_exception', 400, 'E_INDEX'],
  ])('%s %i of one document is no fault of it', async ([type, status, code]) => {
    const refuse: BulkServerOptions['refuse'] = ({ id }) => (id === 'e1' ? refused(type, status) : null)
    const { sink } = await createSink({}, { refuse })
    await expect(sink.write(events(3), signal)).rejects.toMatchObject({
      code,
      category: 'environment',
      retryable: false,
    })
  })
})

describe('with op index', () => {
  const versions = (...numbers: number[]) =>
    numbers.map((n) => createEvent({ key: 'a', bytes: n === 0 ? null : `{"v":${n}}`, offset: n }))

  test('the last event of an id wins, and a tombstone deletes', async () => {
    const { server, sink } = await createSink({ op: 'index', id: 'key' })
    await sink.write(versions(1, 2, 3), signal)
    expect(server.documents.get('findings')).toEqual(new Map([['a', '{"v":3}']]))
    await sink.write(versions(0), signal)
    await sink.write(versions(0), signal)
    expect(server.ids()).toEqual([])
  })

  test('a later event of an id is repeated with an earlier one', async () => {
    const { server, sink } = await createSink({ op: 'index', id: 'key' })
    let asked = 0
    server.options = { refuse: () => ((asked += 1) === 2 ? refused('es_rejected_execution_exception', 429) : null) }
    const failure = await failureOf(sink.write(versions(1, 2, 3), signal))
    expect(places(failure)).toEqual(['1', '2'])
    server.options = {}
    await sink.write(versions(2, 3), signal)
    expect(server.documents.get('findings')?.get('a')).toBe('{"v":3}')
  })
})

describe('a request that is refused', () => {
  test.for<[status: number, code: string]>([
    [401, 'E_CREDENTIALS'],
    [403, 'E_FORBIDDEN'],
    [301, 'E_REMOTE_API'],
    [400, 'E_REMOTE_API'],
    [404, 'E_REMOTE_API'],
    [405, 'E_REMOTE_API'],
    [406, 'E_REMOTE_API'],
    [415, 'E_REMOTE_API'],
  ])('%i stops the sink and says why', async ([status, code]) => {
    const { server, sink } = await createSink()
    const body = JSON.stringify({ error: { type: 'security_exception', reason: 'unable to authenticate' }, status })
    server.faults.push({ kind: 'answer', status, body, headers: { location: 'http://127.0.0.1:1/' } })
    const error = { code, category: 'environment', retryable: false, where: server.url }
    await expect(sink.write(events(2), signal)).rejects.toMatchObject(error)
    server.faults.push({ kind: 'answer', status, body })
    await expect(sink.write(events(2), signal)).rejects.toThrow(`HTTP ${status}: security_exception: unable`)
    await sink.write(events(2), signal)
    expect(server.ids()).toEqual(['e0', 'e1'])
  })

  test.for([408, 429, 500, 502, 503, 504])('%i is tried again', async (status) => {
    const { server, sink } = await createSink()
    server.faults.push({ kind: 'answer', status, body: '<html>busy</html>', headers: { 'retry-after': '7' } })
    const failure = await failureOf(sink.write(events(3), signal))
    expect(places(failure)).toEqual(['0', '1', '2'])
    expect(failure.retryAfterMs).toBe(7_000)
    expect(failure.failed[0]?.error).toMatchObject({ retryable: true })
    await sink.write(events(3), signal)
    expect(server.ids()).toEqual(['e0', 'e1', 'e2'])
  })

  test('Invariant 5: nothing later is sent when a part of a batch has to be sent again', async () => {
    const { server, sink } = await createSink({}, { maxBytes: 300 })
    server.faults.push({ kind: 'answer', status: 200, body: '{"errors":false,"items":[]}' })
    const failure = await failureOf(sink.write(events(20), signal))
    expect(server.requests).toHaveLength(1)
    expect(failure.failed).toHaveLength(20)
    server.requests.length = 0
    server.faults.push({ kind: 'lie', change: (answer) => answer }, { kind: 'drop', after: true })
    const { failed } = await failureOf(sink.write(events(20), signal))
    expect(server.requests).toHaveLength(2)
    expect(failed[0]?.index).toBe(server.requests[0]?.actions.length)
    expect(failed.at(-1)?.index).toBe(19)
  })
})

describe('a server that fails or lies', () => {
  const lies: readonly [name: string, change: Extract<Fault, { kind: 'lie' }>['change']][] = [
    ['leaves a document out', ({ items }) => ({ errors: false, items: items.slice(1) })],
    ['turns documents round', ({ items }) => ({ errors: false, items: items.toReversed() })],
    [
      'names others',
      ({ items }) => ({ errors: false, items: items.map(() => ({ create: { _id: 'z', status: 201 } })) }),
    ],
    ['answers a page', () => '<html>welcome</html>'],
    ['answers nothing', () => ''],
    ['answers half', (answer) => JSON.stringify(answer).slice(0, -9)],
  ]

  test.for(lies)('who %s is not believed', async ([, change]) => {
    const { server, sink } = await createSink()
    server.faults.push({ kind: 'lie', change })
    const failure = await failureOf(sink.write(events(3), signal))
    expect(places(failure)).toEqual(['0', '1', '2'])
    expect(failure.failed[0]?.error).toMatchObject({ code: 'E_REMOTE_ANSWER', retryable: true })
    expect(failure.failed[0]?.error.message).toContain(server.url)
    await sink.write(events(3), signal)
    expect(server.ids()).toEqual(['e0', 'e1', 'e2'])
  })

  test.for<Fault>([
    { kind: 'drop' },
    { kind: 'drop', after: true },
    { kind: 'answer', status: 204 },
    { kind: 'answer', status: 200, headers: { 'content-encoding': 'gzip' } },
  ])('%j: all is tried again, and nothing is there twice', async (fault) => {
    const { server, sink } = await createSink()
    server.faults.push(fault)
    expect(places(await failureOf(sink.write(events(2), signal)))).toEqual(['0', '1'])
    await sink.write(events(2), signal)
    expect(server.ids()).toEqual(['e0', 'e1'])
  })

  test.for<Fault>([
    { kind: 'hang', after: true },
    { kind: 'stall', after: true },
  ])('%j: a request ends after its time-out', async (fault) => {
    const { server, sink, context } = await createSink({ request_timeout: '5s' })
    server.faults.push(fault)
    const write = failureOf(sink.write(events(2), signal))
    await arrived(server)
    context.clock.advance(5_000)
    const failure = await write
    expect(failure.failed[0]?.error).toMatchObject({ code: 'E_UNREACHABLE', retryable: true })
    expect(context.clock.waiting).toBe(0)
    await sink.write(events(2), signal)
    expect(server.ids()).toEqual(['e0', 'e1'])
  })

  test.for<Fault>([{ kind: 'hang' }, { kind: 'stall' }])('%j: a request ends with the signal', async (fault) => {
    const { server, sink, context } = await createSink()
    server.faults.push(fault)
    const stopping = new AbortController()
    const write = sink.write(events(2), stopping.signal)
    await arrived(server)
    stopping.abort(new Error('stop now'))
    await expect(write).rejects.toThrow('stop now')
    expect(context.clock.waiting).toBe(0)
  })

  test('close ends a request under way', async () => {
    const { server, sink } = await createSink()
    server.faults.push({ kind: 'hang' })
    const write = expect(sink.write(events(1), signal)).rejects.toThrow('the sink is closed')
    await arrived(server)
    await sink.close()
    await write
  })

  test('one that is not there is waited for', async () => {
    const { server, sink } = await createSink()
    await server.close()
    const failure = await failureOf(sink.write(events(2), signal))
    expect(failure.failed[0]?.error).toMatchObject({ code: 'E_UNREACHABLE', retryable: true })
    expect(failure.failed[0]?.error.message).toContain(server.url)
  })
})

describe('several addresses', () => {
  test('a request goes to the next one that works', async () => {
    const [gone, failing, good] = [await BulkServer.start(), await BulkServer.start(), await BulkServer.start()]
    await gone.close()
    for (let n = 0; n < 9; n += 1) failing.faults.push({ kind: 'answer', status: 503 })
    const context = createTestContext({ baseDir: '/', expressions: createExpressions() })
    const sink = await sinkFor({ urls: [gone.url, failing.url, good.url] }, context)
    for (let n = 0; n < 6; n += 1) await sink.write(events(1, n), signal).catch(() => undefined)
    // Each of the two costs one attempt; after that nobody asks them for a while.
    expect(good.ids()).toHaveLength(4)
    expect(failing.requests).toHaveLength(1)
    await sink.close()
  })
})

describe('credentials and compression', () => {
  test.for<[auth: object, header: string]>([
    [{ username: 'elastic', password: 'pä:ss' }, `Basic ${Buffer.from('elastic:pä:ss').toString('base64')}`],
    [{ api_key: 'a2V5OnNlY3JldA==' }, 'ApiKey a2V5OnNlY3JldA=='],
  ])('%j are sent', async ([auth, header]) => {
    const { server, sink, context } = await createSink({ auth })
    await sink.write(events(1), signal)
    expect(server.requests[0]?.headers.authorization).toBe(header)
    expect(context.logged).toEqual([])
  })

  test('are never part of an error', async () => {
    const { server, sink } = await createSink({ auth: { username: 'elastic', password: 'hunter22' } })
    server.faults.push({ kind: 'drop' }, { kind: 'answer', status: 401 })
    const failure = await failureOf(sink.write(events(1), signal))
    const error: unknown = await sink.write(events(1), signal).catch((thrown: unknown) => thrown)
    const shown = JSON.stringify([failure, error, failure.failed[0]?.error]) + String(error) + String(failure)
    expect(shown).not.toContain('hunter22')
    expect(shown).not.toContain(Buffer.from('elastic:hunter22').toString('base64'))
    expect(failure.failed[0]?.error.cause).toBeUndefined()
  })

  test('in the clear, to another machine, are warned about', async () => {
    const context = createTestContext({ baseDir: '/', expressions: createExpressions() })
    const auth = { api_key: 'x' }
    await (await sinkFor({ url: 'http://search.example.com:9200', auth }, context)).close()
    expect(context.logged).toMatchObject([{ level: 'warn' }])
    await (await sinkFor({ url: 'https://search.example.com:9200', auth }, context)).close()
    await (await sinkFor({ url: 'http://localhost:9200', auth }, context)).close()
    expect(context.logged).toHaveLength(1)
  })

  test('gzip requests arrive', async () => {
    const { server, sink } = await createSink({ compression: 'gzip' })
    await sink.write(events(50), signal)
    expect(server.ids()).toHaveLength(50)
    expect(Number(server.requests[0]?.headers['content-length'])).toBeLessThan(server.requests[0]?.bytes ?? 0)
  })

  test.for<[ca: string, code: string | null]>([
    ['server.crt', null],
    ['other.crt', 'E_TLS'],
    ['server.key', 'E_TLS_FILE'],
  ])('with the authority %s', async ([ca, code]) => {
    const folder = fileURLToPath(new URL('../../support/tls', import.meta.url))
    const read = (name: string) => readFileSync(join(folder, name), 'utf8')
    const server = await BulkServer.start({ tls: { key: read('server.key'), cert: read('server.crt') } })
    const context = createTestContext({ baseDir: folder, expressions: createExpressions() })
    const write = async () => {
      const sink = await sinkFor({ url: server.url, tls: { ca } }, context)
      try {
        await sink.write(events(2), signal)
      } finally {
        await sink.close()
      }
    }
    if (code === null) await write()
    else await expect(write()).rejects.toMatchObject({ code, retryable: false, category: 'environment' })
    expect(server.ids()).toHaveLength(code === null ? 2 : 0)
  })

  test('a file of certificates that is not there is an error at start', async () => {
    const context = createTestContext({ baseDir: '/no', expressions: createExpressions() })
    await expect(sinkFor({ url: 'https://a', tls: { ca: 'ca.pem' } }, context)).rejects.toMatchObject({
      code: 'E_TLS_FILE',
      where: '/no/ca.pem',
    })
  })
})
