import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import type { HttpConfig } from './config.ts'
import { Refusal } from './refusal.ts'

/** Decides who may send. Compares in constant time, and a signature before anybody looks into the body. */
export interface Authentication {
  /** Headers that carry credentials: no expression and no record ever sees them. */
  readonly hiddenHeaders: ReadonlySet<string>
  /** True when the body is needed to know who sends. */
  readonly signsBody: boolean
  /** Throws a Refusal with 401 or 403. */
  checkHeaders(headers: IncomingHttpHeaders): void
  /** `body` is what came over the wire, still compressed if it was. Throws a Refusal with 403. */
  checkBody(headers: IncomingHttpHeaders, body: Uint8Array): void
}

export function createAuthentication(auth: HttpConfig['auth']): Authentication {
  if (auth?.hmac !== undefined) return createSignatureCheck(auth.hmac)
  if (auth?.token !== undefined) return createTokenCheck(auth.header ?? 'authorization', auth.token)
  return WITHOUT
}

/** Whoever reaches the address may send, except for web pages that the user of this machine happens to look at. */
const WITHOUT: Authentication = {
  hiddenHeaders: new Set(),
  signsBody: false,
  checkHeaders(headers) {
    if (headers.origin === undefined) return
    throw new Refusal(403, 'E_HTTP_ORIGIN', 'requests from web pages are not taken without authentication')
  },
  checkBody() {},
}

function createTokenCheck(header: string, token: { reveal(): string }): Authentication {
  const isBearer = header === 'authorization'
  const challenge = isBearer ? { 'www-authenticate': 'Bearer' } : {}
  const expected = digest(Buffer.from(token.reveal(), 'utf8'))
  return {
    hiddenHeaders: new Set([header]),
    signsBody: false,
    checkHeaders(headers) {
      const given = textOf(headers, header)
      const offered = isBearer ? /^Bearer +(\S+) *$/i.exec(given ?? '')?.[1] : given
      if (offered === undefined) throw missing(header, challenge)
      // Node reads headers as Latin-1, whatever was sent. Digests are of one length, so the comparison tells nothing about the length of the token either.
      if (!timingSafeEqual(digest(Buffer.from(offered, 'latin1')), expected)) {
        throw new Refusal(403, 'E_HTTP_CREDENTIALS', 'the token is wrong', challenge)
      }
    },
    checkBody() {},
  }
}

function createSignatureCheck(hmac: NonNullable<NonNullable<HttpConfig['auth']>['hmac']>): Authentication {
  const { secret, header, prefix, algorithm } = hmac
  return {
    hiddenHeaders: new Set([header]),
    signsBody: true,
    checkHeaders(headers) {
      if (textOf(headers, header) === undefined) throw missing(header, {})
    },
    checkBody(headers, body) {
      const given = textOf(headers, header) ?? ''
      const expected = createHmac(algorithm, secret.reveal()).update(body).digest()
      const offered = given.startsWith(prefix) ? given.slice(prefix.length) : ''
      const isHex = offered.length === expected.length * 2 && /^[0-9a-f]+$/i.test(offered)
      if (!isHex || !timingSafeEqual(Buffer.from(offered, 'hex'), expected)) {
        throw new Refusal(403, 'E_HTTP_CREDENTIALS', `the signature in ${header} does not fit the body`)
      }
    },
  }
}

function missing(header: string, challenge: Readonly<Record<string, string>>): Refusal {
  return new Refusal(401, 'E_HTTP_CREDENTIALS', `the header ${header} is missing`, challenge)
}

function textOf(headers: IncomingHttpHeaders, name: string): string | undefined {
  const value = headers[name]
  return typeof value === 'string' && value !== '' ? value : undefined
}

function digest(bytes: Buffer): Buffer {
  return createHash('sha256').update(bytes).digest()
}
