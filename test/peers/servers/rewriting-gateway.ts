import { createServer, request as sendRequest, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { pipeline } from 'node:stream'

/**
 * A gateway before an HTTP server: passes requests and answers on as they are, but for the headers of requests that
 * stand in `rewritten`, which get the values given there.
 */
export class RewritingGateway {
  rewritten: Readonly<Record<string, string>> = {}
  readonly #target: string
  readonly #server: Server

  private constructor(target: string) {
    this.#target = target
    this.#server = createServer((request, response) => this.#pass(request, response))
  }

  /** Listens on a free port of the loopback. */
  static async start(target: string): Promise<RewritingGateway> {
    const gateway = new RewritingGateway(target)
    await new Promise<void>((resolve) => gateway.#server.listen(0, '127.0.0.1', resolve))
    return gateway
  }

  get url(): string {
    const address = this.#server.address()
    if (address === null || typeof address === 'string') throw new Error('the gateway does not listen')
    return `http://127.0.0.1:${address.port}`
  }

  async stop(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve))
    this.#server.closeAllConnections()
    await closed
  }

  #pass(request: IncomingMessage, response: ServerResponse): void {
    const { method, url = '/' } = request
    const passed = sendRequest(new URL(url, this.#target), {
      ...(method === undefined ? {} : { method }),
      headers: { ...request.headers, ...this.rewritten },
    })
    passed.once('response', (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers)
      pipeline(answer, response, () => undefined)
    })
    passed.once('error', (error) => response.destroy(error))
    pipeline(request, passed, () => undefined)
  }
}
