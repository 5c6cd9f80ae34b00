import { createServer, type Server, type Socket, connect } from 'node:net'

/** Where the gate listens: another address of this machine, so that it may have the port of whoever stands behind. */
export const GATE_HOST = '127.0.0.2'

/** Passes connections on to a broker; while it is shut, no answer comes through. */
export class AnswerGate {
  readonly #server: Server
  readonly #port: number
  readonly #sockets = new Set<Socket>()
  #isShut = false

  private constructor(port: number) {
    this.#port = port
    this.#server = createServer((client) => this.#connect(client))
  }

  static async open(port: number): Promise<AnswerGate> {
    const gate = new AnswerGate(port)
    await new Promise<void>((resolve, reject) => {
      gate.#server.once('error', reject).listen(port, GATE_HOST, resolve)
    })
    return gate
  }

  get address(): string {
    return `${GATE_HOST}:${this.#port}`
  }

  /** What the broker answers from now on is lost. */
  shut(): void {
    this.#isShut = true
  }

  /** Ends all connections, and lets answers through again. */
  reopen(): void {
    for (const socket of this.#sockets) socket.destroy()
    this.#isShut = false
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve))
    this.reopen()
    await closed
  }

  #connect(client: Socket): void {
    const broker = connect(this.#port, '127.0.0.1')
    for (const [socket, other] of [
      [client, broker],
      [broker, client],
    ] as const) {
      this.#sockets.add(socket)
      socket.on('error', () => undefined)
      socket.on('close', () => {
        this.#sockets.delete(socket)
        if (!this.#isShut) other.destroy()
      })
    }
    client.on('data', (chunk) => void broker.write(chunk))
    broker.on('data', (chunk) => {
      if (!this.#isShut) client.write(chunk)
    })
  }
}
