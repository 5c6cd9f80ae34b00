import { createPrivateKey, X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { StoplogError } from '../../schemas/stoplog-error.ts'
import { defineSource, type ConnectorContext, type Deliver, type PushSource } from '../connector.ts'
import { httpConfig, type HttpConfig } from './config.ts'
import { formatAddress, isLoopback } from './listen-address.ts'
import { Listener } from './listener.ts'
import { RequestHandler } from './request-handler.ts'

/**
 * Listens for webhooks: any system that sends JSON with POST. 202 is answered when the events are durable, and not
 * before; everything else means that nothing was taken, and the sender has to send again.
 *
 * - With `id:` a delivery that comes twice gives the same event ids, so that sinks and `dedupe` know it.
 * - A body is passed on as it was sent, so numbers are not rounded. One that is not JSON is refused with 400 and never
 *   becomes a dead letter: the sender is told, and unauthenticated input leaves no trace but a count.
 * - Requests that come at the same time have no order among each other.
 * - Senders that do not look at the answer (Trivy Operator) or do not repeat (GitHub) lose what is refused.
 */
export const httpSource = defineSource({
  type: 'http',
  summary: 'Listens for webhooks with JSON or lines of JSON, and acknowledges what is durable.',
  mode: 'push',
  config: httpConfig,
  place: ({ listen, path, tls }) => `${tls === undefined ? 'http' : 'https'}://${formatAddress(listen)}${path}`,
  capabilities: { replayable: false, acknowledged: true },
  async create(config, context) {
    const tls = config.tls === undefined ? undefined : await readTlsFiles(config.tls, context.baseDir)
    return new HttpSource(config, tls, context)
  },
})

class HttpSource implements PushSource {
  readonly #config: HttpConfig
  readonly #tls: TlsFiles | undefined
  readonly #context: ConnectorContext
  #listener: Listener | null = null
  #closed: Promise<void> | null = null

  constructor(config: HttpConfig, tls: TlsFiles | undefined, context: ConnectorContext) {
    this.#config = config
    this.#tls = tls
    this.#context = context
  }

  async start(deliver: Deliver): Promise<void> {
    const { listen, path, request_timeout: requestTimeoutMs } = this.#config
    const { clock, logger, metrics } = this.#context
    this.#listener = new Listener(new RequestHandler(this.#config, this.#context, deliver), {
      address: listen,
      tls: this.#tls,
      requestTimeoutMs,
      clock,
      onDrop: () => metrics.count('stoplog_http_connections_refused_total'),
    })
    const url = `${await this.#listener.start()}${path}`
    logger.info('listens for requests', { node: this.#context.name, url })
    this.#warnIfOpen(url)
  }

  async close(): Promise<void> {
    this.#closed ??= this.#listener?.close() ?? null
    await this.#closed
  }

  #warnIfOpen(url: string): void {
    const { listen, tls, auth } = this.#config
    if (isLoopback(listen.host) || (tls !== undefined && auth !== undefined)) return
    const missing = [...(tls === undefined ? ['tls'] : []), ...(auth === undefined ? ['auth'] : [])]
    const fields = { node: this.#context.name, url, missing: missing.join(' and ') }
    this.#context.logger.warn('others can reach this listener, and it is not protected', fields)
  }
}

interface TlsFiles {
  readonly cert: string
  readonly key: string
}

/** Both files, checked to belong together, so that a mistake shows now rather than at the first connection. */
async function readTlsFiles(paths: TlsFiles, baseDir: string): Promise<TlsFiles> {
  const [certPath, keyPath] = [resolve(baseDir, paths.cert), resolve(baseDir, paths.key)]
  const cert = await readTlsFile(certPath, 'certificate', (text) => new X509Certificate(text))
  const key = await readTlsFile(keyPath, 'private key', (text) => createPrivateKey(text))
  if (!cert.content.checkPrivateKey(key.content)) {
    throw new StoplogError('E_TLS_FILE', `${keyPath} is not the key of ${certPath}`, { where: keyPath })
  }
  return { cert: cert.text, key: key.text }
}

async function readTlsFile<T>(path: string, what: string, parse: (text: string) => T) {
  try {
    const text = await readFile(path, 'utf8')
    return { text, content: parse(text) }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new StoplogError('E_TLS_FILE', `${path} holds no ${what}: ${reason}`, { where: path })
  }
}
