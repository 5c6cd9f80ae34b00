import { connect, createServer, type Server, type Socket } from 'node:net'
import { FrameReader } from '../../broker/protocol/frame-reader.ts'

/** Real brokers and clients send no more. */
const MAX_FRAME_BYTES = 104_857_600

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
    const takeRequest = (bytes: Buffer): void => {
      const request = readRequest(bytes)
      pending.set(bytes.readInt32BE(4), request)
      frames.push({ direction: 'request', ...request, bytes })
    }
    const takeResponse = (bytes: Buffer): void => {
      const correlationId = bytes.readInt32BE(0)
      const request = pending.get(correlationId)
      // No request: bare SASL tokens have no header.
      if (request === undefined) return
      pending.delete(correlationId)
      frames.push({ direction: 'response', ...request, bytes })
    }
    join(client, broker, takeRequest, sockets)
    join(broker, client, takeResponse, sockets)
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

function join(from: Socket, to: Socket, take: (frame: Buffer) => void, sockets: Set<Socket>): void {
  const reader = new FrameReader(MAX_FRAME_BYTES)
  sockets.add(from)
  from.on('data', (chunk) => {
    reader.push(chunk)
    for (let frame = reader.next(); frame !== null; frame = reader.next()) take(Buffer.from(frame))
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
