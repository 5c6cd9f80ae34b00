import { inspect } from 'node:util'
import { describe, expect, test } from 'vitest'
import { httpSource } from '../../../../connectors/http/source.ts'

const { definition } = httpSource
const { config } = definition
const GOOD = { listen: '127.0.0.1:8080' }
const tls = { cert: 'server.crt', key: 'server.key' }
const auth = { token: 'x' }

describe('the config of http', () => {
  test('has defaults', () => {
    expect(config.parse(GOOD)).toMatchObject({
      listen: { host: '127.0.0.1', port: 8080 },
      path: '/',
      insecure: false,
      headers: ['traceparent', 'tracestate'],
      max_body: 33_554_432,
      max_rate: 1_000,
      max_concurrent: 64,
      request_timeout: 30_000,
      type: { text: 'http.request' },
    })
  })

  test.for<[change: object, field: string | undefined]>([
    [{ listen: 'localhost:0' }, undefined],
    [{ listen: '[::1]:65535' }, undefined],
    [{ listen: '127.1.2.3:80' }, undefined],
    [{ listen: undefined }, 'listen'],
    [{ listen: '8080' }, 'listen'],
    [{ listen: ':8080' }, 'listen'],
    [{ listen: '127.0.0.1' }, 'listen'],
    [{ listen: '127.0.0.1:65536' }, 'listen'],
    [{ listen: '::1:8080' }, 'listen'],
    [{ listen: 'http://127.0.0.1:8080' }, 'listen'],
    [{ listen: '0.0.0.0:8080' }, 'listen'],
    [{ listen: '[::]:8080', tls }, 'listen'],
    [{ listen: '10.0.0.1:8080', auth }, 'listen'],
    [{ listen: '127.evil.example:8080' }, 'listen'],
    [{ listen: '0.0.0.0:8080', tls, auth }, undefined],
    [{ listen: '0.0.0.0:8080', insecure: true }, undefined],
    [{ path: 'hooks' }, 'path'],
    [{ path: '/hooks?x' }, 'path'],
    [{ auth: {} }, 'auth'],
    [{ auth: { token: 'a', hmac: { secret: 'b', header: 'x-s' } } }, 'auth'],
    [{ auth: { header: 'x-a', hmac: { secret: 'b', header: 'x-s' } } }, 'auth'],
    [{ auth: { hmac: { secret: 'b', header: 'x s' } } }, 'auth'],
    [{ auth: { hmac: { secret: 'b', header: 'x-s', algorithm: 'md5' } } }, 'auth'],
    [{ headers: ['Authorization'] }, 'headers'],
    [{ headers: ['cookie'] }, 'headers'],
    [{ headers: ['content-type'] }, 'headers'],
    [{ headers: ['x-a b'] }, 'headers'],
    [{ headers: ['X-Token'], auth: { token: 'a', header: 'x-token' } }, 'headers'],
    [{ headers: ['x-s'], auth: { hmac: { secret: 'b', header: 'X-S' } } }, 'headers'],
    [{ headers: [] }, undefined],
    [{ max_body: '65MiB' }, 'max_body'],
    [{ max_rate: 0 }, 'max_rate'],
    [{ max_concurrent: 0 }, 'max_concurrent'],
    [{ request_timeout: '0s' }, 'request_timeout'],
    [{ format: 'xml' }, 'format'],
  ])('%j is refused at %s', ([change, field]) => {
    const result = config.safeParse({ ...GOOD, ...change })
    expect(result.error?.issues[0]?.path[0]).toBe(field)
  })

  test('its place is its address', () => {
    expect(definition.place?.(config.parse({ ...GOOD, path: '/a', auth }), '/')).toBe('http://127.0.0.1:8080/a')
    expect(definition.place?.(config.parse({ listen: '[::1]:1', tls }), '/')).toBe('https://[::1]:1/')
  })

  test('secrets are not shown', () => {
    const parsed = config.parse({ ...GOOD, auth: { hmac: { secret: 'hunter22', header: 'x-s' } } })
    expect(inspect(parsed, { depth: 9 }) + JSON.stringify(parsed)).not.toContain('hunter22')
  })
})
