import { setMaxListeners } from 'node:events'
import type { Socket } from 'node:net'
import type { Clock, Logger } from '../../schemas/runtime.ts'
import { BROKER_LIMITS } from '../limits.ts'
import { FrameReader } from '../protocol/frame-reader.ts'
import { ProtocolError } from '../protocol/protocol-error.ts'
import type { FrameMemory } from '../protocol/frame-memory.ts'
import type { Connected, Dispatcher } from './dispatch.ts'
import type { HeldBytes } from './held-bytes.ts'

/** Up to so many bytes of answers are copied together. */
const JOINED_BYTES = 16_384

/** Shared by all connections: whether requests may be read now. */
export interface Intake {
  /** Bytes of requests that are being handled. */
  queuedBytes: number
  readonly maxQueuedBytes: number
  /** What all connections keep for their clients. */
  readonly held: HeldBytes
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
  bytes: number
  readonly whenSent: readonly (() => void)[]
}

/**
 * One client. Its requests are handled in the order they come, side by side, and answered in that order. A client that
 * sends what is no frame, or does not take its answers, is not read any more; nobody else notices. Invariant 9.
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
  /** Bytes of answers that wait for one before them. */
  #readyBytes = 0
  #heldBytes = 0
  #isParked = false
  #isSending = false
  lastUsedMs: number

  constructor(
    socket: Socket,
    parts: {
      dispatcher: Dispatcher
      intake: Intake
      memory: FrameMemory
      logger: Logger
      clock: Clock
      maxRequestBytes: number
    },
  ) {
    this.#socket = socket
    this.#dispatcher = parts.dispatcher
    this.#intake = parts.intake
    this.#logger = parts.logger
    this.#frames = new FrameReader(parts.maxRequestBytes, parts.memory)
    this.#clock = parts.clock
    this.lastUsedMs = parts.clock.now()
    this.#connected = {
      host: socket.remoteAddress ?? '',
      signal: this.#abort.signal,
      disconnect: (reason) => this.refuse(reason),
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
    socket.on('close', () => this.close())
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
      this.refuse(`${error.reason}: ${error.message}`)
      return
    }
    this.#account()
    if (this.#mayRead()) this.#socket.resume()
    else this.#socket.pause()
  }

  /** While a request is parked its connection is read until there is a next one: only so its end is noticed. */
  #mayRead(): boolean {
    return this.#mayHandle() || (this.#isParked && this.#frames.pendingBytes === 0)
  }

  #mayHandle(): boolean {
    const intake = this.#intake
    if (intake.queuedBytes >= intake.maxQueuedBytes || intake.isBehind()) {
      intake.holdsBack = true
      return false
    }
    return (
      !this.#isParked &&
      !this.#abort.signal.aborted &&
      this.#answers.length < BROKER_LIMITS.maxInFlightPerConnection.default &&
      this.#socket.writableLength < BROKER_LIMITS.maxUnsentBytes.default
    )
  }

  #handle(frame: Buffer): void {
    const dispatched = this.#dispatcher.dispatch(frame, this.#connected)
    const answer: QueuedAnswer = { frame: undefined, bytes: 0, whenSent: dispatched.whenSent }
    const queuedBytes = dispatched.parks ? 0 : frame.length
    this.#isParked = dispatched.parks
    this.#answers.push(answer)
    this.#intake.queuedBytes += queuedBytes
    void dispatched.answer.then((chunks) => {
      answer.frame = chunks
      answer.bytes = (chunks ?? []).reduce((sum, chunk) => sum + chunk.length, 0)
      this.#readyBytes += answer.bytes
      if (dispatched.parks) this.#isParked = false
      this.#intake.queuedBytes -= queuedBytes
      this.#sendSoon()
    })
  }

  /** Answers that become ready together, such as all that have waited for one sync, go out by one call. */
  #sendSoon(): void {
    if (this.#isSending) return
    this.#isSending = true
    queueMicrotask(() => {
      this.#isSending = false
      this.#send()
      this.#intake.released()
    })
  }

  /** Sends the answers that are due: those before which none is missing. */
  #send(): void {
    const due: Buffer[] = []
    const whenSent: (() => void)[] = []
    for (let answer = this.#answers[0]; answer?.frame !== undefined; answer = this.#answers[0]) {
      this.#answers.shift()
      this.#readyBytes -= answer.bytes
      if (answer.frame !== null) due.push(...answer.frame)
      whenSent.push(...answer.whenSent)
    }
    if (this.#socket.destroyed) return
    this.#write(due, whenSent)
    this.pump()
  }

  #write(due: readonly Buffer[], whenSent: readonly (() => void)[]): void {
    const bytes = due.reduce((sum, { length }) => sum + length, 0)
    // One call for a copy of small answers costs less than one for a list of them.
    const chunks = due.length > 1 && bytes <= JOINED_BYTES ? [Buffer.concat(due, bytes)] : [...due]
    const last = chunks.pop()
    if (bytes === 0 || last === undefined) return
    if (chunks.length > 0) this.#socket.cork()
    for (const chunk of chunks) this.#socket.write(chunk)
    this.#socket.write(last, (error) => {
      if (error === undefined || error === null) for (const callback of whenSent) callback()
    })
    if (chunks.length > 0) this.#socket.uncork()
  }

  /** Tells what is kept for this client. */
  #account(): void {
    const { held } = this.#intake
    const bytes = this.#socket.destroyed
      ? 0
      : this.#frames.pendingBytes + this.#readyBytes + this.#socket.writableLength
    const delta = bytes - this.#heldBytes
    this.#heldBytes = bytes
    held.change(delta)
  }

  get heldBytes(): number {
    return this.#heldBytes
  }

  /** Closes the connection and says why in the log. */
  refuse(reason: string): void {
    if (this.#abort.signal.aborted) return
    this.#logger.warn('a connection was closed', { client: this.#connected.host, reason })
    this.close()
  }

  get isWaiting(): boolean {
    return this.#answers.length > 0
  }

  close(): void {
    this.#abort.abort()
    this.#socket.destroy()
    this.#account()
  }
}
