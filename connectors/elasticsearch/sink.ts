import { X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { StoplogError } from '../../schemas/stoplog-error.ts'
import { defineSink, type ConnectorContext } from '../connector.ts'
import type { BulkActionOptions } from './bulk-action.ts'
import type { BulkClient, BulkClientOptions } from './bulk-client.ts'
import { BulkSink } from './bulk-sink.ts'
import { elasticsearchConfig, type ElasticsearchConfig } from './config.ts'

/**
 * Writes events as documents to Elasticsearch (7, 8, 9) or OpenSearch with its bulk API.
 *
 * - Exactly one document per event: `create` with an `_id` that is the same on every attempt; "is there already" counts
 *   as written. In a data stream that holds only within one backing index: after a rollover a repeated event is written
 *   again. With an `id` of your own, one event of each id is kept, as a rule the first (`op: index`: the last).
 * - A document that the cluster will never take (mapping conflict) fails alone and for good. What a later attempt may
 *   cure (429, 5xx, no answer) is tried again. What would meet every event (credentials, rights, missing or closed
 *   index, shard limit) stops the sink; nothing is given up.
 * - Values are sent as they are written: numbers are not rounded. A value has to be a JSON map.
 * - An answer that does not name each document that was sent, in order, counts as no answer.
 */
export const elasticsearchSink = defineSink({
  type: 'elasticsearch',
  summary: 'Writes events as documents to Elasticsearch or OpenSearch, each exactly once.',
  config: elasticsearchConfig,
  place: ({ url, urls = [], index }) => `${index.text} at ${url ?? urls.join(', ')}`,
  capabilities: { idempotent: true },
  batch: ({ batch }) => ({ records: batch.records, bytes: batch.bytes, ageMs: batch.age }),
  async create(config, context) {
    const ca = config.tls === undefined ? undefined : await readCertificates(resolve(context.baseDir, config.tls.ca))
    return new BulkSink(await createClient(config, ca, context), toActionOptions(config, context), context)
  },
})

async function createClient(
  config: ElasticsearchConfig,
  ca: string | undefined,
  context: ConnectorContext,
): Promise<BulkClient> {
  // Loading its transport takes longer than loading all other connectors, and most runs have no such sink.
  const { BulkClient } = await import('./bulk-client.ts')
  const { url, urls = [], auth, pipeline, compression, request_timeout: requestTimeoutMs } = config
  const addresses = url === undefined ? urls : [url]
  if (auth !== undefined && addresses.some(isInTheClear)) {
    const fields = { addresses, fix: 'use https://' }
    context.logger.warn('credentials are sent without encryption', fields)
  }
  return new BulkClient({
    urls: addresses,
    auth: toClientAuth(auth),
    ca,
    pipeline,
    compress: compression === 'gzip',
    requestTimeoutMs,
    clock: context.clock,
  })
}

function toActionOptions(config: ElasticsearchConfig, { expressions }: ConnectorContext): BulkActionOptions {
  return {
    verb: config.op,
    target: expressions.template(config.index),
    id: config.id === undefined ? undefined : expressions.compile(config.id),
    timeField: config.timestamp_field,
  }
}

function toClientAuth(auth: ElasticsearchConfig['auth']): BulkClientOptions['auth'] {
  if (auth?.api_key !== undefined) return { apiKey: auth.api_key }
  if (auth?.username === undefined || auth.password === undefined) return undefined
  return { username: auth.username, password: auth.password }
}

async function readCertificates(path: string): Promise<string> {
  try {
    const text = await readFile(path, 'utf8')
    // Said now rather than at the first connection.
    void new X509Certificate(text)
    return text
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new StoplogError('E_TLS_FILE', `${path} holds no certificates: ${reason}`, { where: path, cause: error })
  }
}

function isInTheClear(url: string): boolean {
  const { protocol, hostname } = new URL(url)
  return protocol === 'http:' && !/^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname)
}
