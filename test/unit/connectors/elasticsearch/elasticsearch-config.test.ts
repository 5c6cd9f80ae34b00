import { describe, expect, test } from 'vitest'
import { elasticsearchSink } from '../../../../connectors/elasticsearch/sink.ts'

const { definition } = elasticsearchSink
const { config } = definition
const GOOD = { url: 'http://127.0.0.1:9200', index: 'findings-{time:yyyy.MM}' }

describe('the config of elasticsearch', () => {
  test('has defaults', () => {
    const parsed = config.parse(GOOD)
    expect(parsed).toMatchObject({ op: 'create', compression: 'none', request_timeout: 30_000 })
    expect(definition.batch(parsed)).toEqual({ records: 1_000, bytes: 5_242_880, ageMs: 200 })
  })

  test.for<[change: object, field: string | undefined]>([
    [{ url: undefined }, 'url'],
    [{ urls: ['http://b:9200'] }, 'url'],
    [{ url: '127.0.0.1:9200' }, 'url'],
    [{ url: 'ftp://a' }, 'url'],
    [{ url: 'http://' }, 'url'],
    [{ url: 'http://elastic:pw@a:9200' }, 'url'],
    [{ url: 'http://a:9200/?pretty' }, 'url'],
    [{ url: undefined, urls: [] }, 'urls'],
    [{ index: '{value.tenant}' }, undefined],
    [{ index: 'Findings' }, 'index'],
    [{ index: '_findings' }, 'index'],
    [{ index: 'a,b' }, 'index'],
    [{ index: 'a*' }, 'index'],
    [{ index: "findings-{format(time, 'yyyy.MM')}" }, undefined],
    [{ op: 'update' }, 'op'],
    [{ auth: {} }, 'auth'],
    [{ auth: { username: 'a' } }, 'auth'],
    [{ auth: { username: 'a', password: 'b', api_key: 'c' } }, 'auth'],
    [{ auth: { api_key: 'c' } }, undefined],
    [{ tls: { ca: './ca.pem' } }, 'tls'],
    [{ url: 'https://a:9200', tls: { ca: './ca.pem' } }, undefined],
    [{ batch: { records: 0 } }, 'batch'],
    [{ batch: { bytes: '65MiB' } }, 'batch'],
    [{ batch: { bytes: '64MiB' } }, undefined],
    [{ batch: { bytes: '0B' } }, 'batch'],
  ])('%j is refused at %s', ([change, field]) => {
    const result = config.safeParse({ ...GOOD, ...change })
    expect(result.error?.issues[0]?.path[0]).toBe(field)
  })
})
