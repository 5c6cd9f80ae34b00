import { createHmac } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { createAuthentication } from '../../../../connectors/http/authentication.ts'
import { httpConfig } from '../../../../connectors/http/config.ts'
import { Refusal } from '../../../../connectors/http/refusal.ts'

function authentication(auth: object | undefined) {
  return createAuthentication(httpConfig.parse({ listen: '127.0.0.1:0', auth }).auth)
}

/** 0 when it passes, otherwise the status of the answer. */
function statusOf(check: () => void): number {
  try {
    check()
    return 0
  } catch (error) {
    if (error instanceof Refusal) return error.status
    throw error
  }
}

describe('a signature', () => {
  const github = { secret: "It's a Secret to Everybody", header: 'X-Hub-Signature-256', prefix: 'sha256=' }
  // From GitHub's documentation, "Validating webhook deliveries".
  const VECTOR = 'sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17'
  const statusFor = (signature: string | undefined, body: string | Uint8Array): number => {
    const check = authentication({ hmac: github })
    const headers = signature === undefined ? {} : { 'x-hub-signature-256': signature }
    return statusOf(() => {
      check.checkHeaders(headers)
      check.checkBody(headers, Buffer.from(body))
    })
  }

  test("GitHub's vector passes, in either case of its digits", () => {
    expect(statusFor(VECTOR, 'Hello, World!')).toBe(0)
    expect(statusFor(`sha256=${VECTOR.slice(7).toUpperCase()}`, 'Hello, World!')).toBe(0)
  })

  test.for<[name: string, signature: string | undefined, body: string, status: number]>([
    ['none', undefined, 'Hello, World!', 401],
    ['an empty one', '', 'Hello, World!', 401],
    ['one of another body', VECTOR, 'Hello, World', 403],
    ['one of another body', VECTOR, '', 403],
    ['one without its prefix', VECTOR.slice(7), 'Hello, World!', 403],
    ['one with another prefix', VECTOR.replace('sha256', 'sha1'), 'Hello, World!', 403],
    ['only a prefix', 'sha256=', 'Hello, World!', 403],
    ['one cut short', VECTOR.slice(0, -1), 'Hello, World!', 403],
    ['one cut to half', VECTOR.slice(0, -32), 'Hello, World!', 403],
    ['one too long', `${VECTOR}0`, 'Hello, World!', 403],
    ['one with another first digit', VECTOR.replace('=7', '=6'), 'Hello, World!', 403],
    ['one with another last digit', VECTOR.replace(/7$/, '6'), 'Hello, World!', 403],
    ['no digits', `sha256=${'z'.repeat(64)}`, 'Hello, World!', 403],
    ['two', `${VECTOR}, ${VECTOR}`, 'Hello, World!', 403],
  ])('%s (%s) is refused', ([, signature, body, status]) => {
    expect(statusFor(signature, body)).toBe(status)
  })

  test('is over bytes, whatever they are', () => {
    const body = Buffer.from([0, 0xff, 0x0a, 0xc3, 0x28])
    const right = createHmac('sha256', github.secret).update(body).digest('hex')
    expect(statusFor(`sha256=${right}`, body)).toBe(0)
    expect(statusFor(`sha256=${right}`, Buffer.from(body.toString('utf8')))).toBe(403)
  })

  test('is in a header that nobody else sees', () => {
    expect(authentication({ hmac: github }).hiddenHeaders).toEqual(new Set(['x-hub-signature-256']))
  })
})

describe('a token', () => {
  test.for<[authorization: string | undefined, status: number]>([
    ['Bearer s3cret', 0],
    ['bearer  s3cret ', 0],
    [undefined, 401],
    ['', 401],
    ['Bearer', 401],
    ['Bearer ', 401],
    ['Basic s3cret', 401],
    ['s3cret', 401],
    ['Bearer s3cre', 403],
    ['Bearer s3cret1', 403],
    ['Bearer S3cret', 403],
    ['Bearer t3cret', 403],
  ])('authorization: %s gives %i', ([authorization, status]) => {
    const headers = authorization === undefined ? {} : { authorization }
    expect(statusOf(() => authentication({ token: 's3cret' }).checkHeaders(headers))).toBe(status)
  })

  test.for<[token: string | undefined, status: number]>([
    ['s3cret', 0],
    [undefined, 401],
    ['Bearer s3cret', 403],
    ['s3cret ', 403],
  ])('in a header of its own, %s gives %i', ([token, status]) => {
    const check = authentication({ token: 's3cret', header: 'X-Gitlab-Token' })
    expect(statusOf(() => check.checkHeaders(token === undefined ? {} : { 'x-gitlab-token': token }))).toBe(status)
  })

  test('may hold any character: headers come as Latin-1', () => {
    const check = authentication({ token: 'pä🦫', header: 'x-token' })
    const sent = Buffer.from('pä🦫', 'utf8').toString('latin1')
    expect(statusOf(() => check.checkHeaders({ 'x-token': sent }))).toBe(0)
  })
})

test('without authentication, only web pages are refused', () => {
  const check = authentication(undefined)
  expect(statusOf(() => check.checkHeaders({}))).toBe(0)
  expect(statusOf(() => check.checkHeaders({ origin: 'https://evil.example' }))).toBe(403)
  expect(statusOf(() => check.checkHeaders({ origin: 'null' }))).toBe(403)
})
