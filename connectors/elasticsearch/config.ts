import { z } from 'zod'
import { byteSize } from '../../schemas/byte-size.ts'
import { duration } from '../../schemas/duration.ts'
import { confinedTemplate, expression } from '../../schemas/expression.ts'
import { secret } from '../../schemas/secret.ts'
import { CONNECTOR_LIMITS } from '../limits.ts'

const MAX_URLS = 32
const MAX_NAME_LENGTH = 255

const url = z
  .string()
  .max(2_048)
  .superRefine((text, context) => {
    const problem = urlProblem(text)
    if (problem !== null) context.addIssue({ code: 'custom', message: problem })
  })

/** What stands before the first brace; the server checks the rest, with the values in it. */
const index = confinedTemplate.refine(
  ({ text }) => !/^[-_+]|[\p{Lu}\\/*?"<>| ,#:]/u.test(text.split('{', 1)[0] ?? ''),
  {
    error:
      'names of indices have lower-case letters only, none of \\ / * ? " < > | , # : or a space, and no - _ + first',
  },
)

const auth = z
  .strictObject({
    username: z.string().min(1).max(MAX_NAME_LENGTH).optional().describe('With `password`.'),
    password: secret.optional().describe("The user's password: '${env:ES_PASSWORD}'."),
    api_key: secret.optional().describe('Instead of both: the key as Elasticsearch gives it out under `encoded`.'),
  })
  .refine(
    ({ username, password, api_key: apiKey }) =>
      apiKey === undefined
        ? username !== undefined && password !== undefined
        : username === undefined && password === undefined,
    { error: 'expected either `username` and `password`, or `api_key`' },
  )

const batch = z.strictObject({
  records: z.int().min(1).max(10_000).default(1_000).describe('Documents in one request, at most.'),
  bytes: byteSize
    .refine((bytes) => bytes >= 1 && bytes <= CONNECTOR_LIMITS.maxBulkBytes.default, 'expected at most 64MiB')
    .prefault('5MiB')
    .describe('Bytes of documents in one request, at most.'),
  age: duration.prefault('200ms').describe('How long a document waits for others.'),
})

export const elasticsearchConfig = z
  .strictObject({
    url: url.optional().describe("Address of a node or proxy: 'https://search.example.com:9200'."),
    urls: z
      .array(url)
      .min(1)
      .max(MAX_URLS)
      .optional()
      .describe('Several addresses of one cluster; each request goes to the next one that works.'),
    index: index.describe("Index, alias or data stream of an event: 'findings', 'findings-{time:yyyy.MM}'."),
    op: z
      .enum(['create', 'index'])
      .default('create')
      .describe('create: what is there stays. index: the last event of an `id` wins, and a tombstone deletes.'),
    id: expression.optional().describe("`_id` of the document: 'key'. Left out: the id of the event."),
    timestamp_field: z
      .string()
      .min(1)
      .max(MAX_NAME_LENGTH)
      .optional()
      .describe("Field that gets the event's time where the value has none: '@timestamp', which data streams need."),
    pipeline: z.string().min(1).max(MAX_NAME_LENGTH).optional().describe('Ingest pipeline of the cluster.'),
    auth: auth.optional().describe('Credentials; left out where the cluster asks for none.'),
    tls: z
      .strictObject({
        ca: z
          .string()
          .min(1)
          .max(1_024)
          .describe("File with the certificates (PEM) to trust instead of the system's, relative to the document."),
      })
      .optional()
      .describe("How to know the server; left out, the system's authorities vouch for it."),
    compression: z.enum(['none', 'gzip']).default('none').describe('Of requests: gzip saves network, costs CPU.'),
    request_timeout: duration.prefault('30s').describe('A request without an answer is sent again after that.'),
    batch: batch.prefault({}).describe('When to send: whichever of the three is reached first.'),
  })
  .refine(({ url, urls }) => (url === undefined) !== (urls === undefined), {
    path: ['url'],
    error: 'expected either `url` or `urls`',
  })
  .refine(({ url, urls, tls }) => tls === undefined || [url ?? [], urls ?? []].flat().every(isHttps), {
    path: ['tls'],
    error: 'stands only with addresses that begin with https://',
  })

export type ElasticsearchConfig = z.output<typeof elasticsearchConfig>

function isHttps(text: string): boolean {
  return text.startsWith('https://')
}

function urlProblem(text: string): string | null {
  if (!/^https?:\/\//.test(text) || !URL.canParse(text)) {
    return 'expected an address that begins with http:// or https://'
  }
  const { username, password, search, hash } = new URL(text)
  if (username !== '' || password !== '') return 'credentials do not belong into an address: write them under `auth`'
  return search === '' && hash === '' ? null : 'expected an address without ? and #'
}
