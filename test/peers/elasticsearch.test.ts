import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { createEvent } from '../support/event.ts'
import { ask, count, source } from './search-queries.ts'
import { attempt, createSearchSink, numbered, writeAll } from './search-sink.ts'
import { whyMissing } from './servers/peer-missing.ts'
import {
  ELASTICSEARCH,
  installSearchServer,
  OPENSEARCH,
  startSearchServer,
  type SearchProduct,
  type SearchServer,
  type SearchServerOptions,
} from './servers/elasticsearch.ts'

/** Requests beyond this are refused, so that a test need not send 100 MB. */
const MAX_REQUEST = { 'http.max_content_length': '2mb' }

/** So little room that both shapes of 429 can be met. */
const NARROW = {
  'indexing_pressure.memory.limit': '64kb',
  'thread_pool.write.size': '1',
  'thread_pool.write.queue_size': '1',
}

const KILLS = 2

/** The server of this run, once it is started. */
class Peer {
  readonly product: SearchProduct
  #server: SearchServer | null = null

  constructor(product: SearchProduct) {
    this.product = product
  }

  get server(): SearchServer {
    if (this.#server === null) throw new Error('not started')
    return this.#server
  }

  async start(options: SearchServerOptions): Promise<void> {
    this.#server = await startSearchServer(this.product, options)
  }
}

for (const product of [ELASTICSEARCH, OPENSEARCH]) {
  const missing = await whyMissing(() => installSearchServer(product))
  const reason = missing === null ? '' : ` (not here: ${missing})`
  describe.skipIf(missing !== null)(`${product.name} ${product.version}${reason}`, () => {
    servesSink(product)
  })
}

function servesSink(product: SearchProduct): void {
  const peer = new Peer(product)
  beforeAll(() => peer.start({ settings: MAX_REQUEST }))
  afterAll(() => peer.server.stop())
  takesDocuments(peer)
  refusesWhatIsSetUpWrongly(peer)
  pushesBack(peer)
  isKilled(peer)
  asksForCredentials(peer)
}

function takesDocuments(peer: Peer): void {
  describe('with room', () => {
    test('each event is one document, equal to what was sent, also when it is sent again', async () => {
      const sink = await createSearchSink({ url: peer.server.url, index: 'plain-{time:yyyy.MM}' })
      const batch = numbered('p', 500)
      expect(await attempt(sink, batch)).toBeNull()
      expect(await attempt(sink, batch)).toBeNull()
      expect(await count(peer.server, 'plain-2026.08')).toBe(500)
      expect(await source(peer.server, 'plain-2026.08', 'p7')).toBe('{"n":7,"big":9007199254740993,"name":"p7"}')
      await sink.close()
    })

    test('any id and any text arrive', async () => {
      const sink = await createSearchSink({ url: peer.server.url, index: 'hostile' })
      const ids = ['_all', '..', 'a/b?c#d', 'é🦫\n', 'nul\u0000', 'x'.repeat(512), 'x'.repeat(513), '\ud800', ' ', '{}']
      const batch = ids.map((id) => createEvent({ id, bytes: JSON.stringify({ text: `${id}\n{"delete":{}}` }) }))
      expect(await attempt(sink, batch)).toBeNull()
      expect(await attempt(sink, batch)).toBeNull()
      expect(await count(peer.server, 'hostile')).toBe(ids.length)
      await sink.close()
    })

    test('a mapping conflict costs nobody else', async () => {
      const sink = await createSearchSink({ url: peer.server.url, index: 'mapped' })
      const batch = numbered('m', 5)
      batch[2] = createEvent({ id: 'm2', bytes: '{"n":"not a number"}' })
      batch[3] = createEvent({ id: 'm3', bytes: `{"a":${'{"a":'.repeat(3_000)}1${'}'.repeat(3_001)}` })
      const failure = await attempt(sink, batch)
      expect(failure?.failed).toMatchObject([
        { index: 2, permanent: true, error: { code: 'E_DOCUMENT_REFUSED' } },
        { index: 3, permanent: true, error: { code: 'E_DOCUMENT_REFUSED' } },
      ])
      expect(failure?.message).toContain('failed to parse field [n]')
      expect(await count(peer.server, 'mapped')).toBe(3)
      await sink.close()
    })

    test('413 is divided, and only a document that is too large by itself is given up', async () => {
      const sink = await createSearchSink({ url: peer.server.url, index: 'large', batch: { bytes: '20MiB' } })
      const text = 'x'.repeat(100_000)
      const batch = Array.from({ length: 100 }, (_, n) => createEvent({ id: `l${n}`, bytes: `{"text":"${text}"}` }))
      batch[50] = createEvent({ id: 'l50', bytes: JSON.stringify({ text: 'x'.repeat(3_000_000) }) })
      const failure = await attempt(sink, batch)
      expect(failure?.failed).toMatchObject([{ index: 50, permanent: true, error: { code: 'E_DOCUMENT_TOO_LARGE' } }])
      expect(await count(peer.server, 'large')).toBe(99)
      await sink.close()
    })

    test('op index keeps the last state, and a tombstone deletes', async () => {
      const sink = await createSearchSink({ url: peer.server.url, index: 'state', op: 'index', id: 'key' })
      const states = [1, 2, 3].map((n) => createEvent({ key: 'a', bytes: `{"n":${n}}` }))
      expect(await attempt(sink, [...states, createEvent({ key: 'b', bytes: '{}' })])).toBeNull()
      expect(await source(peer.server, 'state', 'a')).toBe('{"n":3}')
      const gone = ['b', 'never'].map((key) => createEvent({ key, bytes: null }))
      expect(await attempt(sink, gone)).toBeNull()
      expect(await count(peer.server, 'state')).toBe(1)
      const elsewhere = await createSearchSink({ url: peer.server.url, index: 'no-such-index', op: 'index', id: 'key' })
      expect(await attempt(elsewhere, gone)).toBeNull()
      await sink.close()
      await elsewhere.close()
    })
  })
}

function refusesWhatIsSetUpWrongly(peer: Peer): void {
  describe('set up otherwise', () => {
    test('what is set up wrongly stops the sink and gives nothing up', async () => {
      await ask(peer.server, 'PUT', 'closed')
      await ask(peer.server, 'POST', 'closed/_close')
      await ask(peer.server, 'PUT', 'read-only', { settings: { 'index.blocks.write': true } })
      for (const index of ['one', 'two']) await ask(peer.server, 'PUT', index, { aliases: { both: {} } })
      await ask(peer.server, 'PUT', '_cluster/settings', { persistent: { 'cluster.max_shards_per_node': 1 } })
      const codes: unknown[] = []
      for (const change of [
        { index: 'closed' },
        { index: 'read-only' },
        { index: 'both' },
        { index: 'shards' },
        { index: 'one', pipeline: 'no-such-pipeline' },
        { index: 'one', url: `${peer.server.url}/behind/a/wrong/path` },
      ]) {
        const sink = await createSearchSink({ url: peer.server.url, ...change })
        codes.push(await attempt(sink, numbered('s', 2)).catch((error: { code: unknown }) => error.code))
        await sink.close()
      }
      await ask(peer.server, 'PUT', '_cluster/settings', { persistent: { 'cluster.max_shards_per_node': null } })
      expect(codes).toEqual(['E_INDEX', 'E_FORBIDDEN', 'E_INDEX', 'E_INDEX', 'E_INDEX', 'E_REMOTE_API'])
    })

    test('an index that must not be created by itself stops the sink', async () => {
      await ask(peer.server, 'PUT', '_cluster/settings', { persistent: { 'action.auto_create_index': 'false' } })
      const sink = await createSearchSink({ url: peer.server.url, index: 'not-created' })
      await expect(attempt(sink, numbered('s', 2))).rejects.toMatchObject({ code: 'E_INDEX' })
      await ask(peer.server, 'PUT', '_cluster/settings', { persistent: { 'action.auto_create_index': null } })
      expect(await attempt(sink, numbered('s', 2))).toBeNull()
      await sink.close()
    })

    test('the content type of newer clients is refused here; ours is not', async () => {
      const type = 'application/vnd.elasticsearch+x-ndjson; compatible-with=9'
      const body = '{"create":{"_index":"types","_id":"1"}}\n{}\n'
      const response = await fetch(`${peer.server.url}/_bulk`, {
        method: 'POST',
        headers: { 'content-type': type },
        body,
      })
      expect([400, 406]).toContain(response.status)
    })

    test.skipIf(peer.product === ELASTICSEARCH)('a data stream takes events with a timestamp field', async () => {
      await ask(peer.server, 'PUT', '_index_template/stream', { index_patterns: ['stream-*'], data_stream: {} })
      const sink = await createSearchSink({ url: peer.server.url, index: 'stream-a', timestamp_field: '@timestamp' })
      expect(await attempt(sink, numbered('d', 20))).toBeNull()
      expect(await attempt(sink, numbered('d', 20))).toBeNull()
      expect(await count(peer.server, 'stream-a')).toBe(20)
      const wrong = await createSearchSink({ url: peer.server.url, index: 'stream-a', op: 'index' })
      await expect(attempt(wrong, numbered('e', 1))).rejects.toMatchObject({ code: 'E_INDEX' })
      await sink.close()
      await wrong.close()
    })
  })
}

function pushesBack(peer: Peer): void {
  describe('without room', () => {
    beforeAll(() => peer.server.restart({ settings: NARROW }))

    test('429 for a whole request: everything is tried again, and smaller batches pass', async () => {
      const sink = await createSearchSink({ url: peer.server.url, index: 'pressure' })
      const failure = await attempt(sink, numbered('w', 2_000))
      expect(failure?.failed).toHaveLength(2_000)
      expect(failure?.failed[0]).toMatchObject({ permanent: false, error: { code: 'E_OVERLOADED', retryable: true } })
      expect(failure?.failed[0]?.error.message).toContain('HTTP 429')
      for (let from = 0; from < 2_000; from += 100) {
        expect((await writeAll(sink, numbered('w', 100, from))).refused).toEqual([])
      }
      expect(await count(peer.server, 'pressure')).toBe(2_000)
      await sink.close()
    })

    test('429 for single documents: they are tried again until each is there once', async () => {
      const sinks = await Promise.all(
        Array.from({ length: 40 }, () => createSearchSink({ url: peer.server.url, index: 'queue' })),
      )
      const results = await Promise.all(sinks.map((sink, n) => writeAll(sink, numbered('q', 5, n * 5))))
      expect(results.flatMap(({ refused }) => refused)).toEqual([])
      const met = results.flatMap((result) => result.met)
      expect(met.some((message) => message.includes('queue: ') && message.includes('rejected_execution'))).toBe(true)
      expect(await count(peer.server, 'queue')).toBe(200)
      await Promise.all(sinks.map((sink) => sink.close()))
    })
  })
}

function isKilled(peer: Peer): void {
  describe('that is killed', () => {
    beforeAll(() => peer.server.restart({}))

    test(`${KILLS} times in the middle of a write has each document once afterwards`, async () => {
      const sink = await createSearchSink({ url: peer.server.url, index: 'killed', request_timeout: '5s' })
      const [batches, size] = [150, 200]
      let written = 0
      const met: string[] = []
      const writing = (async () => {
        for (let n = 0; n < batches; n += 1) {
          const result = await writeAll(sink, numbered('k', size, n * size))
          expect(result.refused).toEqual([])
          met.push(...result.met)
          written += 1
        }
      })()
      for (let kill = 1; kill <= KILLS; kill += 1) {
        const reached = (kill * batches) / (KILLS + 1)
        await vi.waitUntil(() => written >= reached, { timeout: 120_000, interval: 1 })
        await peer.server.kill()
        expect(written).toBeLessThan(batches)
        await peer.server.restart()
      }
      await writing
      expect(met.length).toBeGreaterThanOrEqual(size)
      expect(await count(peer.server, 'killed')).toBe(batches * size)
      await sink.close()
    })
  })
}

function asksForCredentials(peer: Peer): void {
  describe.skipIf(peer.product !== ELASTICSEARCH)('with security', () => {
    const PASSWORD = 'correct-horse'
    const auth = { username: 'elastic', password: PASSWORD }
    beforeAll(() => peer.server.restart({ password: PASSWORD }))

    test('the right password is let in, the wrong one stops the sink', async () => {
      const sink = await createSearchSink({ url: peer.server.url, index: 'guarded', auth })
      expect(await attempt(sink, numbered('g', 3))).toBeNull()
      const wrong = await createSearchSink({ url: peer.server.url, index: 'guarded', auth: { ...auth, password: 'x' } })
      await expect(attempt(wrong, numbered('g', 3))).rejects.toMatchObject({ code: 'E_CREDENTIALS', retryable: false })
      const none = await createSearchSink({ url: peer.server.url, index: 'guarded' })
      await expect(attempt(none, numbered('g', 3))).rejects.toMatchObject({ code: 'E_CREDENTIALS' })
      for (const each of [sink, wrong, none]) await each.close()
    })

    test('a user without the right stops the sink', async () => {
      const guest = { username: 'guest', password: PASSWORD }
      const sink = await createSearchSink({ url: peer.server.url, index: 'guarded', auth: guest })
      await expect(attempt(sink, numbered('h', 3))).rejects.toMatchObject({ code: 'E_FORBIDDEN', retryable: false })
      await sink.close()
    })
  })
}
