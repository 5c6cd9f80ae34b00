import { setMaxListeners } from 'node:events'
import type { Socket } from 'node:net'
import type { Clock, Logger } from '../../schemas/runtime.ts'
import { BROKER_LIMITS } from '../limits.ts'
import { ProtocolError } from '../protocol/protocol-error.ts'
import type { Connected, Dispatcher } from './dispatch.ts'
import { FrameReader } from '../protocol/frame-reader.ts'

/** Shared by all connections: whether requests may be read now. */
export interface Intake {
  /** Bytes of requests that are being handled. */
  queuedBytes: number
  readonly maxQueuedBytes: number
  /** Some connection was not read because of the two; `released` is for it. */
  holdsBack: boolean
  /** True while the disk does not keep up. */
  isBehind(): boolean
  /** Called when `queuedBytes` has fallen: those that were held back may go on. */
  released(): void
}

interface QueuedAnswer {
  /** Undefined until it is known; null: nothing is sent. */
  frame: readonly Buffer[] | null | undefined
}

/**
 * One client. Its requests are handled in the order they come, side by side, and answered in that order. A client that
 * sends what is no frame, or does not take its answers, is not read any more; nobody else notices.
 */
export class Connection {
  readonly #socket: Socket
  readonly #dispatcher: Dispatcher
  readonly #intake: Intake
  readonly #logger: Logger
  readonly #clock: Clock
  readonly #frames: FrameReader
  readonly #abort = new AbortController()
  readonly #connected: Connected
  readonly #answers: QueuedAnswer[] = []
  lastUsedMs: number

  constructor(
    socket: Socket,
    parts: { dispatcher: Dispatcher; intake: Intake; logger: Logger; clock: Clock; maxRequestBytes: number },
  ) {
    this.#socket = socket
    this.#dispatcher = parts.dispatcher
    this.#intake = parts.intake
    this.#logger = parts.logger
    this.#frames = new FrameReader(parts.maxRequestBytes)
    this.#clock = parts.clock
    this.lastUsedMs = parts.clock.now()
    this.#connected = {
      host: socket.remoteAddress ?? '',
      signal: this.#abort.signal,
      disconnect: (reason) => this.#refuse(reason),
    }
    // Every request that waits listens for the end of the connection; their number has a limit of its own.
    setMaxListeners(0, this.#abort.signal)
    socket.setNoDelay(true)
    socket.on('data', (chunk: Buffer) => {
      this.#frames.push(chunk)
      this.lastUsedMs = this.#clock.now()
      this.pump()
    })
    socket.on('drain', () => this.pump())
    socket.on('error', () => socket.destroy())
    socket.on('close', () => this.#abort.abort())
  }

  /** Handles what has arrived, as far as that may be done now, and reads on or waits. */
  pump(): void {
    try {
      while (this.#mayHandle()) {
        const frame = this.#frames.next()
        if (frame === null) break
        this.#handle(frame)
      }
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error
      this.#refuse(`${error.reason}: ${error.message}`)
      return
    }
    if (this.#mayHandle()) this.#socket.resume()
    else this.#socket.pause()
  }

  #mayHandle(): boolean {
    const intake = this.#intake
    if (intake.queuedBytes >= intake.maxQueuedBytes || intake.isBehind()) {
      intake.holdsBack = true
      return false
    }
    return (
      !this.#abort.signal.aborted &&
      this.#answers.length < BROKER_LIMITS.maxInFlightPerConnection.default &&
      this.#socket.writableLength < BROKER_LIMITS.maxUnsentBytes.default
    )
  }

  #handle(frame: Buffer): void {
    const answer: QueuedAnswer = { frame: undefined }
    const answered = this.#dispatcher.dispatch(frame, this.#connected)
    this.#answers.push(answer)
    this.#intake.queuedBytes += frame.length
    void answered.then((bytes) => {
      answer.frame = bytes
      this.#intake.queuedBytes -= frame.length
      this.#send()
      this.#intake.released()
    })
  }

  /** Sends the answers that are due: those before which none is missing. */
  #send(): void {
    const due: Buffer[] = []
    while (this.#answers[0]?.frame !== undefined) due.push(...(this.#answers.shift()?.frame ?? []))
    if (this.#socket.destroyed) return
    this.#socket.cork()
    for (const chunk of due) this.#socket.write(chunk)
    this.#socket.uncork()
    this.pump()
  }

  /** Closes the connection and says why in the log. */
  #refuse(reason: string): void {
    if (this.#abort.signal.aborted) return
    this.#logger.warn('a connection was closed', { client: this.#connected.host, reason })
    this.#abort.abort()
    this.#socket.destroy()
  }

  get isWaiting(): boolean {
    return this.#answers.length > 0
  }

  close(): void {
    this.#abort.abort()
    this.#socket.destroy()
  }
}
