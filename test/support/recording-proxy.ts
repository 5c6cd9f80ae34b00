import { connect, createServer, type Server, type Socket } from 'node:net'

/** One frame without its size, with what is needed to read it. */
export interface RecordedFrame {
  readonly direction: 'request' | 'response'
  readonly apiKey: number
  readonly apiVersion: number
  readonly clientId: string
  readonly bytes: Buffer
}

export interface RecordingProxy {
  /** Frames so far, in the order in which they passed. */
  readonly frames: readonly RecordedFrame[]
  close(): Promise<void>
}

interface Pending {
  readonly apiKey: number
  readonly apiVersion: number
  readonly clientId: string
}

/** Passes bytes between clients on one port and a broker on another, both on 127.0.0.1, and keeps all frames. */
export async function startRecordingProxy(listenPort: number, brokerPort: number): Promise<RecordingProxy> {
  const frames: RecordedFrame[] = []
  const sockets = new Set<Socket>()
  const server = createServer((client) => {
    const broker = connect(brokerPort, '127.0.0.1')
    const pending = new Map<number, Pending>()
    const requests = new FrameSplitter((bytes) => {
      const request = readRequest(bytes)
      pending.set(bytes.readInt32BE(4), request)
      frames.push({ direction: 'request', ...request, bytes })
    })
    const responses = new FrameSplitter((bytes) => {
      const correlationId = bytes.readInt32BE(0)
      const request = pending.get(correlationId)
      // No request: bare SASL tokens have no header.
      if (request === undefined) return
      pending.delete(correlationId)
      frames.push({ direction: 'response', ...request, bytes })
    })
    join(client, broker, requests, sockets)
    join(broker, client, responses, sockets)
  })
  await listen(server, listenPort)
  return {
    frames,
    close: () => {
      for (const socket of sockets) socket.destroy()
      return new Promise((resolve) => {
        server.close(() => resolve())
      })
    },
  }
}

function readRequest(bytes: Buffer): Pending {
  const size = bytes.readInt16BE(8)
  return {
    apiKey: bytes.readInt16BE(0),
    apiVersion: bytes.readInt16BE(2),
    clientId: size < 0 ? '' : bytes.toString('utf8', 10, 10 + size),
  }
}

function join(from: Socket, to: Socket, splitter: FrameSplitter, sockets: Set<Socket>): void {
  sockets.add(from)
  from.on('data', (chunk) => {
    splitter.push(chunk)
    if (!to.write(chunk)) {
      from.pause()
      to.once('drain', () => from.resume())
    }
  })
  from.on('error', () => to.destroy())
  from.on('end', () => to.end())
  from.on('close', () => {
    sockets.delete(from)
    to.destroy()
  })
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', resolve)
  })
}

/** Cuts a stream of bytes into frames, each with its size in front. */
class FrameSplitter {
  readonly #take: (frame: Buffer) => void
  #rest: Buffer = Buffer.alloc(0)

  constructor(take: (frame: Buffer) => void) {
    this.#take = take
  }

  push(chunk: Buffer): void {
    let rest = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk])
    while (rest.length >= 4 && rest.length >= 4 + rest.readInt32BE(0)) {
      const end = 4 + rest.readInt32BE(0)
      this.#take(Buffer.from(rest.subarray(4, end)))
      rest = rest.subarray(end)
    }
    this.#rest = rest
  }
}
