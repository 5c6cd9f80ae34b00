import type { Readable } from 'node:stream'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import { ClusterConnectionPool, errors, Transport, UndiciConnection, type Connection } from '@elastic/transport'
import type { Clock } from '../../schemas/runtime.ts'
import type { Secret } from '../../schemas/secret.ts'
import { StoplogError } from '../../schemas/stoplog-error.ts'
import { CONNECTOR_LIMITS } from '../limits.ts'

export interface BulkClientOptions {
  readonly urls: readonly string[]
  readonly auth: { readonly username: string; readonly password: Secret } | { readonly apiKey: Secret } | undefined
  /** Certificates to trust, in PEM, in place of the system's. */
  readonly ca: string | undefined
  /** Name of an ingest pipeline. */
  readonly pipeline: string | undefined
  readonly compress: boolean
  readonly requestTimeoutMs: number
  readonly clock: Clock
}

export interface BulkResponse {
  readonly status: number
  readonly retryAfter: string | undefined
  readonly text: string
}

/** Only what is looked at: the full answer is as large as the request. */
const ANSWER_FIELDS = ['_id', 'status', 'error.type', 'error.reason', 'error.caused_by.reason']
const FILTER_PATH = ['errors', ...ANSWER_FIELDS.map((field) => `items.*.${field}`)].join(',')

/** Statuses of a node, or of a proxy before it, that cannot serve now: the next request goes to another one. */
const FAILING = new Set([502, 503, 504])

const compressGzip = promisify(gzip)

/**
 * Sends bulk requests over the connections of `@elastic/transport`, each to the next node that is alive. It neither
 * retries nor asks what product answers, so it works with OpenSearch, too. Credentials are sent to the given addresses
 * only: redirects are not followed and other nodes are not looked for.
 */
export class BulkClient {
  readonly #options: BulkClientOptions
  readonly #pool: ClusterConnectionPool
  readonly #transport: Transport
  readonly #closed = new AbortController()

  constructor(options: BulkClientOptions) {
    this.#options = options
    this.#pool = new ClusterConnectionPool({
      Connection: UndiciConnection,
      ...(options.ca === undefined ? {} : { tls: { ca: options.ca } }),
      ...(options.auth === undefined ? {} : { auth: toAuth(options.auth) }),
      agent: { connections: 1, keepAliveTimeout: CONNECTOR_LIMITS.elasticsearchKeepAliveMs.default },
    })
    this.#pool.addConnection([...options.urls])
    this.#transport = new Transport({
      connectionPool: this.#pool,
      maxRetries: 0,
      enableMetaHeader: false,
      headers: { 'user-agent': 'stoplog' },
      openTelemetry: { enabled: false },
    })
  }

  /** Where requests go, for messages. */
  get address(): string {
    return this.#options.urls.join(', ')
  }

  /**
   * The server's answer, whatever it is. Rejects with E_UNREACHABLE (retryable) when there is none in time, with E_TLS
   * when the server is not the one that it should be, and with the signal's reason when that aborts.
   */
  async send(body: Buffer, signal: AbortSignal): Promise<BulkResponse> {
    signal.throwIfAborted()
    const attempt = new AbortController()
    const abort = (): void => attempt.abort(signal.reason)
    const close = (): void => attempt.abort(new Error('the sink is closed'))
    signal.addEventListener('abort', abort, { once: true })
    this.#closed.signal.addEventListener('abort', close, { once: true })
    const { clock, requestTimeoutMs } = this.#options
    const late = new StoplogError('E_UNREACHABLE', `no answer within ${requestTimeoutMs} ms`, { retryable: true })
    clock.sleep(requestTimeoutMs, attempt.signal).then(
      () => attempt.abort(late),
      () => undefined,
    )
    try {
      return await this.#exchange(body, attempt.signal)
    } catch (error) {
      if (attempt.signal.aborted) throw attempt.signal.reason
      throw error
    } finally {
      signal.removeEventListener('abort', abort)
      this.#closed.signal.removeEventListener('abort', close)
      // Ends the wait for the time-out.
      attempt.abort()
    }
  }

  async close(): Promise<void> {
    this.#closed.abort()
    await this.#pool.empty()
  }

  async #exchange(body: Buffer, signal: AbortSignal): Promise<BulkResponse> {
    const { pipeline, compress } = this.#options
    const bulkBody = compress ? await compressGzip(body, { level: 1 }) : body
    let connection: Connection | null = null
    try {
      const {
        statusCode,
        headers,
        body: stream,
        meta,
      } = await this.#transport.request<Readable>(
        {
          method: 'POST',
          path: '/_bulk',
          bulkBody,
          querystring: { filter_path: FILTER_PATH, ...(pipeline === undefined ? {} : { pipeline }) },
        },
        {
          meta: true,
          asStream: true,
          signal,
          headers: {
            'content-type': 'application/x-ndjson',
            accept: 'application/json',
            ...(compress ? { 'content-encoding': 'gzip' } : {}),
          },
        },
      )
      connection = meta.connection
      const text = await readText(stream, headers['content-encoding'])
      this.#mark(connection, !FAILING.has(statusCode ?? 0))
      return { status: statusCode ?? 0, retryAfter: headers['retry-after'], text }
    } catch (error) {
      this.#mark(connection, false)
      throw error instanceof StoplogError ? error : toConnectionError(error)
    }
  }

  #mark(connection: Connection | null, isAlive: boolean): void {
    if (connection === null) return
    if (isAlive) this.#pool.markAlive(connection)
    else this.#pool.markDead(connection)
  }
}

async function readText(stream: Readable, encoding: string | undefined): Promise<string> {
  const limit = CONNECTOR_LIMITS.maxBulkAnswerBytes.default
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > limit) throw untrusted(`is larger than ${limit} bytes`)
    chunks.push(chunk)
  }
  if (encoding !== undefined && encoding !== 'identity') throw untrusted(`is compressed (${encoding}), unasked`)
  return Buffer.concat(chunks).toString('utf8')
}

function untrusted(what: string): StoplogError {
  return new StoplogError('E_REMOTE_ANSWER', `the answer of the server ${what}`, { retryable: true })
}

function toAuth(auth: NonNullable<BulkClientOptions['auth']>) {
  if ('apiKey' in auth) return { apiKey: auth.apiKey.reveal() }
  return { username: auth.username, password: auth.password.reveal() }
}

const TLS_FAULT = /certificate|altname|wrong version number|unsupported protocol/i

function toConnectionError(error: unknown): StoplogError {
  const text = error instanceof Error ? error.message : String(error)
  const reason = text === '' ? 'nothing listens there' : text
  // The error of the library holds request and credentials, so it is not passed on as the cause.
  if (error instanceof errors.ConnectionError && TLS_FAULT.test(reason)) return new StoplogError('E_TLS', reason)
  return new StoplogError('E_UNREACHABLE', reason, { retryable: true })
}
