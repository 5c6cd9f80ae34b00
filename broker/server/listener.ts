import { createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { StoplogError } from '../../schemas/stoplog-error.ts'
import type { Clock, Logger } from '../../schemas/runtime.ts'
import { BROKER_LIMITS } from '../limits.ts'
import { Connection, type Intake } from './connection.ts'
import type { FrameMemory } from '../protocol/frame-memory.ts'
import type { Dispatcher } from './dispatch.ts'
import { HeldBytes } from './held-bytes.ts'

export interface ListenerOptions {
  readonly host: string
  /** 0: any free one. */
  readonly port: number
  readonly clock: Clock
  readonly logger: Logger
  /** Where requests are read into. */
  readonly memory: FrameMemory
  readonly maxConnections: number
  readonly maxRequestBytes: number
  readonly maxQueuedRequestBytes: number
  readonly maxHeldBytes: number
  isBehind(): boolean
}

/** Accepts connections and keeps them within their limits. */
export class Listener {
  /** What all connections keep for their clients. */
  readonly held: HeldBytes
  readonly #options: ListenerOptions
  readonly #connections = new Set<Connection>()
  readonly #server: Server
  readonly #intake: Intake
  readonly #closed = new AbortController()
  #dispatcher: Dispatcher | null = null

  constructor(options: ListenerOptions) {
    this.#options = options
    this.held = new HeldBytes(options.maxHeldBytes, () => this.#closeLargest())
    this.#intake = {
      held: this.held,
      queuedBytes: 0,
      maxQueuedBytes: options.maxQueuedRequestBytes,
      holdsBack: false,
      isBehind: () => options.isBehind(),
      released: () => this.#pumpHeldBack(),
    }
    this.#server = createServer({ noDelay: true }, (socket) => this.#accept(socket))
    this.#server.on('error', (error) => options.logger.error('the listener failed', { reason: error.message }))
  }

  /** Takes the port, so that it can be told to clients, but accepts nobody until `serve`. */
  async bind(): Promise<number> {
    const { host, port } = this.#options
    await new Promise<void>((resolve, reject) => {
      const failed = (error: Error): void => reject(toListenError(error, host, port))
      this.#server.once('error', failed)
      this.#server.listen({ host, port }, () => {
        this.#server.off('error', failed)
        resolve()
      })
    })
    return (this.#server.address() as AddressInfo).port
  }

  serve(dispatcher: Dispatcher): void {
    this.#dispatcher = dispatcher
    for (const connection of this.#connections) connection.pump()
    void this.#watch()
  }

  async close(): Promise<void> {
    this.#closed.abort()
    for (const connection of this.#connections) connection.close()
    await new Promise<void>((resolve) => this.#server.close(() => resolve()))
  }

  #accept(socket: Socket): void {
    const { clock, logger, memory, maxConnections, maxRequestBytes } = this.#options
    if (this.#dispatcher === null || this.#connections.size >= maxConnections) {
      if (this.#dispatcher !== null)
        logger.warn('a connection was refused', { reason: 'max connections', maxConnections })
      socket.destroy()
      return
    }
    const parts = { dispatcher: this.#dispatcher, intake: this.#intake, memory, logger, clock, maxRequestBytes }
    const connection = new Connection(socket, parts)
    this.#connections.add(connection)
    socket.on('close', () => this.#connections.delete(connection))
  }

  #pumpHeldBack(): void {
    const intake = this.#intake
    if (!intake.holdsBack || intake.queuedBytes >= intake.maxQueuedBytes / 2 || intake.isBehind()) return
    intake.holdsBack = false
    for (const connection of this.#connections) connection.pump()
  }

  /** Somebody holds more than all together may: whoever it is ends, the others go on. */
  #closeLargest(): void {
    let largest: Connection | undefined
    for (const connection of this.#connections) {
      if (connection.heldBytes > (largest?.heldBytes ?? 0)) largest = connection
    }
    largest?.refuse(
      `held-too-much: ${largest.heldBytes} of the ${this.held.maxBytes} bytes that unfinished requests and answers ` +
        'not taken may be in all',
    )
  }

  /** Closes idle connections, and wakes those that were held back for a disk that has caught up since. */
  async #watch(): Promise<void> {
    const { clock } = this.#options
    const idleMs = BROKER_LIMITS.connectionIdleMs.default
    while (!this.#closed.signal.aborted) {
      await clock.sleep(250, this.#closed.signal).catch(() => undefined)
      this.#pumpHeldBack()
      for (const connection of this.#connections) {
        if (!connection.isWaiting && clock.now() - connection.lastUsedMs > idleMs) connection.close()
      }
    }
  }
}

function toListenError(error: Error, host: string, port: number): StoplogError {
  const code = 'code' in error ? error.code : undefined
  const where = `${host}:${port}`
  if (code === 'EADDRINUSE') {
    return new StoplogError('E_PORT_IN_USE', `port ${port} of ${host} is taken by another program`, {
      where,
      cause: error,
    })
  }
  return new StoplogError('E_LISTEN', `cannot listen on ${where}: ${error.message}`, { where, cause: error })
}
