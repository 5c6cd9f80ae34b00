import { z } from 'zod'
import { byteSize } from '../../schemas/byte-size.ts'
import { duration } from '../../schemas/duration.ts'
import { expression, template } from '../../schemas/expression.ts'
import { secret } from '../../schemas/secret.ts'
import { isLoopback, listenAddress } from './listen-address.ts'
import { isHiddenHeader } from './request-headers.ts'

const MAX_BODY = 67_108_864
const MAX_PATH_LENGTH = 512
const MAX_HEADERS = 20

const headerName = z
  .string()
  .regex(/^[A-Za-z0-9-]{1,100}$/, 'expected the name of a header')
  .transform((name) => name.toLowerCase())

const hmac = z.strictObject({
  secret: secret.describe('What both sides know.'),
  header: headerName.describe("Header with the signature: 'x-hub-signature-256'."),
  prefix: z.string().max(50).default('').describe("What stands before the signature: 'sha256='."),
  algorithm: z.enum(['sha256']).default('sha256').describe('HMAC-SHA256 over the body as it was sent, in hexadecimal.'),
})

const auth = z
  .strictObject({
    token: secret.optional().describe("What each request has to carry: '${env:HOOK_TOKEN}'."),
    header: headerName
      .optional()
      .describe('Header with the token. Left out: `authorization`, where it stands behind the word Bearer.'),
    hmac: hmac.optional().describe('Signed requests, in place of `token`.'),
  })
  .refine(({ token, hmac }) => (token === undefined) !== (hmac === undefined), {
    error: 'expected either `token` or `hmac`',
  })
  .refine(({ header, hmac }) => header === undefined || hmac === undefined, {
    path: ['header'],
    error: 'belongs to `token`; the header of a signature stands under `hmac`',
  })

const tls = z.strictObject({
  cert: z.string().min(1).max(1_024).describe('File with the certificate and its chain (PEM).'),
  key: z.string().min(1).max(1_024).describe('File with the private key (PEM).'),
})

const recordHeaders = z
  .array(headerName)
  .max(MAX_HEADERS)
  .refine((names) => names.every((name) => name !== 'content-type' && !isHiddenHeader(name)), {
    error: 'headers with credentials, and content-type, are not kept',
  })

export const httpConfig = z
  .strictObject({
    listen: listenAddress.describe("Address and port: '127.0.0.1:8080'; port 0 takes any free one."),
    path: z
      .string()
      .max(MAX_PATH_LENGTH)
      .regex(/^\/[^\s?#]*$/, 'expected a path such as "/hooks"')
      .default('/')
      .describe('The one path that takes requests.'),
    auth: auth.optional().describe('Who may send; left out: any program that reaches the address.'),
    tls: tls.optional().describe('Speaks https; the files are relative to the document.'),
    insecure: z
      .boolean()
      .default(false)
      .describe('Allows an address that others reach, without `tls` or without `auth`. Warns on every start.'),
    format: z
      .enum(['json', 'ndjson'])
      .optional()
      .describe('json: the body is one event. ndjson: each line is one. Left out: the content type says it.'),
    id: expression
      .optional()
      .describe(
        "Id of a delivery, the same when it is sent again: headers['x-github-delivery']. Left out: a new UUID.",
      ),
    type: template.prefault('http.request').describe('CloudEvents type: \'com.github.{headers["x-github-event"]}\'.'),
    subject: template
      .optional()
      .describe("CloudEvents subject, what the event is about: '{value.repository.full_name}'."),
    time: expression
      .optional()
      .describe('Event time, as RFC 3339 or milliseconds; where it gives none, the time of arrival.'),
    headers: recordHeaders
      .prefault(['traceparent', 'tracestate'])
      .describe('Headers of the request that become headers of the record.'),
    max_body: byteSize
      .refine((bytes) => bytes >= 1 && bytes <= MAX_BODY, 'expected at most 64MiB')
      .prefault('32MiB')
      .describe('Larger bodies, also after decompression, are refused with 413.'),
    max_rate: z
      .int()
      .min(1)
      .max(1_000_000)
      .default(1_000)
      .describe('Requests per second; more are refused with 429. A second of them may come at once.'),
    max_concurrent: z
      .int()
      .min(1)
      .max(10_000)
      .default(64)
      .describe('Requests that are read or made durable at a time; more are refused with 503.'),
    request_timeout: duration
      .refine((ms) => ms >= 1, 'expected more than 0ms')
      .prefault('30s')
      .describe('A request that has not arrived by then is given up with 408.'),
  })
  .refine(
    ({ listen, tls, auth, insecure }) =>
      isLoopback(listen.host) || insecure || (tls !== undefined && auth !== undefined),
    {
      path: ['listen'],
      error: 'others can reach this address: add `tls` and `auth`, or `insecure: true` if something in front does both',
    },
  )
  .refine(({ headers, auth }) => !headers.some((name) => name === auth?.hmac?.header || name === auth?.header), {
    path: ['headers'],
    error: 'headers with credentials are not kept',
  })

export type HttpConfig = z.output<typeof httpConfig>
