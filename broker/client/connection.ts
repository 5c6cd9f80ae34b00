import { connect as connectSocket, type Socket } from 'node:net'
import type { Clock } from '../../schemas/runtime.ts'
import { BROKER_LIMITS } from '../limits.ts'
import type { Api } from '../protocol/api.ts'
import { prepareCompression } from '../protocol/compression.ts'
import { readResponseHeader, writeRequestHeader } from '../protocol/header.ts'
import { apiVersions } from '../protocol/messages/api-versions.ts'
import { ProtocolError } from '../protocol/protocol-error.ts'
import { Reader } from '../protocol/reader.ts'
import { Writer } from '../protocol/writer.ts'
import type { FrameMemory } from '../protocol/frame-memory.ts'
import { FrameReader } from '../protocol/frame-reader.ts'
import { ApiNotSupported, ConnectionLost } from './client-error.ts'

export interface ConnectionOptions {
  readonly host: string
  readonly port: number
  readonly clientId: string
  readonly clock: Clock
  /** How long a connection and an answer may take; a request may ask for more. */
  readonly requestTimeoutMs: number
  /** Where answers are read into. */
  readonly memory: FrameMemory
}

/** What is read from a connection at once, at most. */
const READ_BYTES = 262_144

interface PendingRequest {
  readonly correlationId: number
  /** Reads the answer. What it throws rejects the request and closes the connection. */
  readonly answer: (frame: Buffer) => void
  readonly reject: (error: Error) => void
  readonly deadlineMs: number
}

/** How a request is sent. */
export interface SendOptions {
  /** Do not use a later version, where ours means something that we do not want. */
  readonly maxVersion?: number
  readonly timeoutMs?: number
}

/**
 * One connection to one broker. Requests are sent at once and answered in order; when the connection breaks, all that
 * wait are rejected with ConnectionLost, and it is not used again.
 */
export class ClientConnection {
  readonly #options: ConnectionOptions
  readonly #socket: Socket
  readonly #frames: FrameReader
  readonly #pending: PendingRequest[] = []
  readonly #versions = new Map<number, { readonly min: number; readonly max: number }>()
  #nextCorrelationId = 0
  readonly #closed = new AbortController()
  #lost: ConnectionLost | null = null
  #watching = false

  private constructor(options: ConnectionOptions, { socket, arriving }: Dialled) {
    this.#options = options
    this.#socket = socket
    this.#frames = arriving.frames
    arriving.notify = () => this.#receive()
    socket.setNoDelay(true)
    socket.on('error', (error) => this.#lose(error.message))
    socket.on('close', () => this.#lose('closed by the broker'))
  }

  /** Connects and learns which versions the broker speaks. */
  static async open(options: ConnectionOptions): Promise<ClientConnection> {
    await prepareCompression()
    const connection = new ClientConnection(options, await dial(options))
    await connection.#negotiate()
    return connection
  }

  get isOpen(): boolean {
    return this.#lost === null
  }

  get address(): string {
    return `${this.#options.host}:${this.#options.port}`
  }

  /** The highest version of the API that both sides speak. Throws ApiNotSupported when there is none. */
  versionOf(api: Pick<Api, 'key' | 'name' | 'minVersion' | 'maxVersion'>, maxVersion = api.maxVersion): number {
    const range = this.#versions.get(api.key)
    const version = Math.min(maxVersion, range?.max ?? -1)
    if (range === undefined || version < api.minVersion || version < range.min) {
      throw new ApiNotSupported(`${this.address} does not support ${api.name} in a version that we speak`)
    }
    return version
  }

  /** Rejects with ConnectionLost, ApiNotSupported, or ProtocolError when the answer cannot be read. */
  async send<Req, Draft, Res>(api: Api<Req, Draft, Res>, request: Draft, options: SendOptions = {}): Promise<Res> {
    return this.#exchange(api, this.versionOf(api, options.maxVersion), request, options.timeoutMs)
  }

  /** Sends a request that gets no answer (Produce with `acks=0`). */
  post<Req, Draft, Res>(api: Api<Req, Draft, Res>, request: Draft, options: SendOptions = {}): void {
    if (this.#lost !== null) throw this.#lost
    this.#write(api, this.versionOf(api, options.maxVersion), request)
  }

  close(): void {
    this.#lose('closed')
  }

  async #negotiate(): Promise<void> {
    const software = { clientSoftwareName: 'stoplog', clientSoftwareVersion: '0.1.0' }
    let answer = await this.#exchange(apiVersions, apiVersions.maxVersion, software)
    // KIP-511: a broker that does not know our version answers in version 0, with what it does know.
    if (answer.apiKeys.length > 0 && answer.errorCode !== 0) {
      const range = answer.apiKeys.find(({ apiKey }) => apiKey === apiVersions.key)
      const version = Math.min(range?.maxVersion ?? 0, apiVersions.maxVersion)
      answer = await this.#exchange(apiVersions, version, software)
    }
    for (const { apiKey, minVersion, maxVersion } of answer.apiKeys) {
      this.#versions.set(apiKey, { min: minVersion, max: maxVersion })
    }
  }

  #exchange<Req, Draft, Res>(
    api: Api<Req, Draft, Res>,
    version: number,
    request: Draft,
    timeoutMs = this.#options.requestTimeoutMs,
  ): Promise<Res> {
    if (this.#lost !== null) return Promise.reject(this.#lost)
    const correlationId = this.#write(api, version, request)
    return new Promise<Res>((resolve, reject) => {
      const deadlineMs = this.#options.clock.now() + timeoutMs
      const answer = (frame: Buffer): void => resolve(readAnswer(api, version, correlationId, frame))
      this.#pending.push({ correlationId, answer, reject, deadlineMs })
      if (!this.#watching) void this.#watch()
    })
  }

  #write<Req, Draft, Res>(api: Api<Req, Draft, Res>, version: number, request: Draft): number {
    const correlationId = this.#nextCorrelationId
    this.#nextCorrelationId = (correlationId + 1) & 0x7fff_ffff
    const writer = Writer.ofFrame()
    writeRequestHeader(writer, api.requestHeaderVersion(version), {
      apiKey: api.key,
      apiVersion: version,
      correlationId,
      clientId: this.#options.clientId,
    })
    api.writeRequest(version, writer, request)
    this.#socket.cork()
    for (const chunk of writer.frame()) this.#socket.write(chunk)
    this.#socket.uncork()
    return correlationId
  }

  #receive(): void {
    try {
      for (let frame = this.#frames.next(); frame !== null; frame = this.#frames.next()) {
        const request = this.#pending.shift()
        if (request === undefined) throw new ProtocolError('bad-value', 'an answer to no question')
        try {
          request.answer(frame)
        } catch (error) {
          request.reject(error instanceof Error ? error : new Error(String(error)))
          throw error
        }
      }
    } catch (error) {
      this.#lose(error instanceof Error ? error.message : String(error))
    }
  }

  /** An answer that does not come in time is never waited for: what follows it could not be told apart. */
  async #watch(): Promise<void> {
    this.#watching = true
    const { clock } = this.#options
    while (this.#pending.length > 0 && this.#lost === null) {
      await clock.sleep(500, this.#closed.signal).catch(() => undefined)
      const overdue = this.#pending.some(({ deadlineMs }) => clock.now() >= deadlineMs)
      if (overdue) this.#lose('no answer in time')
    }
    this.#watching = false
  }

  #lose(reason: string): void {
    if (this.#lost !== null) return
    this.#lost = new ConnectionLost(`connection to ${this.address} lost: ${reason}`)
    this.#closed.abort()
    this.#socket.destroy()
    for (const { reject } of this.#pending.splice(0)) reject(this.#lost)
  }
}

function readAnswer<Req, Draft, Res>(
  api: Api<Req, Draft, Res>,
  version: number,
  correlationId: number,
  frame: Buffer,
): Res {
  const reader = new Reader(frame)
  const answered = readResponseHeader(reader, api.responseHeaderVersion(version))
  if (answered !== correlationId)
    throw new ProtocolError('bad-value', `answer ${answered} to question ${correlationId}`)
  if (api.key !== apiVersions.key) return api.readResponse(version, reader)
  // The error of a version that is too new comes in version 0, whatever was asked.
  const errorCode = frame.readInt16BE(reader.position)
  return api.readResponse(errorCode === 0 ? version : 0, reader)
}

/** What comes from the broker: cut into frames, of which `notify` is told. */
interface Arriving {
  readonly frames: FrameReader
  notify: () => void
}

interface Dialled {
  readonly socket: Socket
  readonly arriving: Arriving
}

/** Connects, or rejects with ConnectionLost. All that is read passes through one buffer. */
function dial({ host, port, clock, requestTimeoutMs, memory }: ConnectionOptions): Promise<Dialled> {
  return new Promise((resolve, reject) => {
    const arriving: Arriving = {
      frames: new FrameReader(BROKER_LIMITS.maxResponseBytes.default, memory),
      notify: () => undefined,
    }
    const receive = (count: number, bytes: Uint8Array): boolean => {
      arriving.frames.push(Buffer.from(bytes.buffer, bytes.byteOffset, count))
      arriving.notify()
      return true
    }
    const socket = connectSocket({
      host,
      port,
      onread: { buffer: Buffer.allocUnsafeSlow(READ_BYTES), callback: receive },
    })
    const done = new AbortController()
    const fail = (reason: string): void => {
      done.abort()
      socket.destroy()
      reject(new ConnectionLost(`cannot connect to ${host}:${port}: ${reason}`))
    }
    const failed = (error: Error): void => fail(error.message)
    socket.once('error', failed)
    socket.once('connect', () => {
      done.abort()
      socket.off('error', failed)
      resolve({ socket, arriving })
    })
    clock.sleep(requestTimeoutMs, done.signal).then(
      () => fail('no answer in time'),
      () => undefined,
    )
  })
}
