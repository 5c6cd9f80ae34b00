import { createServer, type Server } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import type { Clock } from '../../schemas/runtime.ts'
import { StoplogError } from '../../schemas/stoplog-error.ts'
import { CONNECTOR_LIMITS } from '../limits.ts'
import { formatAddress, type ListenAddress } from './listen-address.ts'
import type { RequestHandler } from './request-handler.ts'

export interface ListenerOptions {
  readonly address: ListenAddress
  readonly tls: { readonly cert: string; readonly key: string } | undefined
  readonly requestTimeoutMs: number
  readonly clock: Clock
  /** A connection more than there may be was closed. */
  onDrop(): void
}

/** Speaks HTTP on an address: accepts connections, keeps them within their limits, and closes in order. */
export class Listener {
  readonly #options: ListenerOptions
  readonly #handler: RequestHandler
  readonly #server: Server
  /** Open connections and the number of requests under way on each. */
  readonly #connections = new Map<Socket, number>()
  #isClosing = false

  constructor(handler: RequestHandler, options: ListenerOptions) {
    this.#options = options
    this.#handler = handler
    this.#server = createLimitedServer(options)
    this.#server.on('connection', (socket: Socket) => this.#welcome(socket))
    this.#server.on('drop', () => options.onDrop())
    // Without these two events Node would ask for every body by itself.
    this.#server.on('request', (request, response) => void this.#serve(request, response, false))
    this.#server.on('checkContinue', (request, response) => void this.#serve(request, response, true))
  }

  /** Gives the URL without the path. Rejects with E_PORT_IN_USE or E_LISTEN. */
  async start(): Promise<string> {
    const { address, tls } = this.#options
    await new Promise<void>((resolve, reject) => {
      const failed = (error: Error): void => reject(toListenError(error, address))
      this.#server.once('error', failed)
      this.#server.listen(address, () => {
        this.#server.off('error', failed)
        resolve()
      })
    })
    const { port } = this.#server.address() as AddressInfo
    return `${tls === undefined ? 'http' : 'https'}://${formatAddress({ ...address, port })}`
  }

  /** Accepts nobody more and waits for requests under way, up to a limit. */
  async close(): Promise<void> {
    if (!this.#server.listening) return
    this.#isClosing = true
    this.#handler.stop()
    const closed = new Promise((resolve) => {
      this.#server.close(resolve)
    })
    for (const [socket, requests] of this.#connections) if (requests === 0) socket.destroy()
    const inTime = new AbortController()
    this.#options.clock.sleep(CONNECTOR_LIMITS.httpCloseGraceMs.default, inTime.signal).then(
      () => this.#server.closeAllConnections(),
      () => undefined,
    )
    await closed
    inTime.abort()
  }

  #welcome(socket: Socket): void {
    this.#connections.set(socket, 0)
    socket.once('close', () => this.#connections.delete(socket))
  }

  async #serve(...[request, response, awaitsContinue]: Parameters<RequestHandler['handle']>): Promise<void> {
    const { socket } = request
    this.#connections.set(socket, (this.#connections.get(socket) ?? 0) + 1)
    response.once('close', () => {
      const requests = (this.#connections.get(socket) ?? 1) - 1
      if (this.#connections.has(socket)) this.#connections.set(socket, requests)
      if (this.#isClosing && requests === 0) socket.destroySoon()
    })
    await this.#handler.handle(request, response, awaitsContinue)
  }
}

function createLimitedServer({ tls, requestTimeoutMs }: ListenerOptions): Server {
  const headersTimeout = Math.min(CONNECTOR_LIMITS.httpHeadersTimeoutMs.default, requestTimeoutMs)
  const limits = {
    maxHeaderSize: CONNECTOR_LIMITS.httpMaxHeaderBytes.default,
    requestTimeout: requestTimeoutMs,
    headersTimeout,
    keepAliveTimeout: CONNECTOR_LIMITS.httpKeepAliveMs.default,
    connectionsCheckingInterval: CONNECTOR_LIMITS.httpTimeoutCheckMs.default,
  }
  const server =
    tls === undefined
      ? createServer(limits)
      : createTlsServer({ ...limits, ...tls, handshakeTimeout: headersTimeout, minVersion: 'TLSv1.2' })
  server.maxConnections = CONNECTOR_LIMITS.httpMaxConnections.default
  // Counted by the handler: Node would leave those beyond the limit out, in silence.
  server.maxHeadersCount = 0
  return server
}

function toListenError(error: Error, { host, port }: ListenAddress): StoplogError {
  const where = formatAddress({ host, port })
  if ('code' in error && error.code === 'EADDRINUSE') {
    return new StoplogError('E_PORT_IN_USE', `port ${port} of ${host} is taken by another program`, { where })
  }
  return new StoplogError('E_LISTEN', `cannot listen on ${where}: ${error.message}`, { where, cause: error })
}
