import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { Wakeup } from '../../broker/client/wakeup.ts'
import { BROKER_LIMITS } from '../../broker/limits.ts'
import { FrameReader } from '../../broker/protocol/frame-reader.ts'

export interface RawConnectionOptions {
  /** False: nothing is ever taken from the socket. */
  readonly reads?: boolean
}

/** A client that sends bytes as it likes, and cuts what comes back into frames. */
export class RawConnection {
  readonly socket: Socket
  /** Frames that have come, without their sizes. */
  readonly frames: Buffer[] = []
  isClosed = false
  readonly #reader = new FrameReader(BROKER_LIMITS.maxResponseBytes.default)
  readonly #changed = new Wakeup()

  private constructor(socket: Socket) {
    this.socket = socket
    socket.setNoDelay(true)
    socket.on('error', () => socket.destroy())
    // A reset leaves no port in TIME_WAIT behind, of which tens of thousands would be all.
    socket.on('end', () => socket.resetAndDestroy())
    socket.once('close', () => {
      this.isClosed = true
      this.#changed.notify()
    })
  }

  static async open(port: number, { reads = true }: RawConnectionOptions = {}): Promise<RawConnection> {
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true })
    await once(socket, 'connect')
    const connection = new RawConnection(socket)
    if (reads) socket.on('data', (chunk: Buffer) => connection.#receive(chunk))
    return connection
  }

  /** Resolves when so many frames have come in all, or the connection has ended. */
  async received(count: number): Promise<void> {
    while (this.frames.length < count && !this.isClosed) await this.#changed.wait()
  }

  /** Resolves when the connection has ended, by whomever. */
  async closed(): Promise<void> {
    while (!this.isClosed) await this.#changed.wait()
  }

  /** Sends one frame, and gives what is answered next; null when the connection ends instead. */
  async ask(frame: Uint8Array): Promise<Buffer | null> {
    const index = this.frames.length
    this.socket.write(withSize(frame))
    await this.received(index + 1)
    return this.frames[index] ?? null
  }

  /** Ends the connection at once. */
  destroy(): void {
    this.socket.resetAndDestroy()
  }

  #receive(chunk: Buffer): void {
    this.#reader.push(chunk)
    for (let frame = this.#reader.next(); frame !== null; frame = this.#reader.next()) this.frames.push(frame)
    this.#changed.notify()
  }
}

/** The frame with its size in front. */
export function withSize(frame: Uint8Array): Buffer {
  const sized = Buffer.allocUnsafe(4 + frame.length)
  sized.writeInt32BE(frame.length, 0)
  sized.set(frame, 4)
  return sized
}
