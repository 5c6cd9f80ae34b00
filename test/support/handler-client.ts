import type { Api, RequestDraftOf, ResponseOf } from '../../broker/protocol/api.ts'
import type { Handler } from '../../broker/handlers/handler.ts'
import { Reader } from '../../broker/protocol/reader.ts'
import { Writer } from '../../broker/protocol/writer.ts'
import { never } from './coordinator-driver.ts'

export interface HandlerClientOptions {
  readonly clientId?: string | null
  readonly signal?: AbortSignal
}

/** Asks handlers as over the wire, without one: request and answer are encoded and decoded in the given version. */
export class HandlerClient {
  readonly #handlers: ReadonlyMap<number, Handler>

  constructor(handlers: readonly Handler[]) {
    this.#handlers = new Map(handlers.map((handler) => [handler.api.key, handler]))
  }

  /** Null when the handler gives no answer. */
  async ask<A extends Api>(
    api: A,
    version: number,
    request: RequestDraftOf<A>,
    { clientId = 'test', signal = never() }: HandlerClientOptions = {},
  ): Promise<ResponseOf<A> | null> {
    const handler = this.#handlers.get(api.key)
    if (handler === undefined) throw new Error(`no handler of ${api.name}`)
    const asked = new Writer()
    api.writeRequest(version, asked, request as never)
    const response = await handler.handle(api.readRequest(version, new Reader(asked.toBuffer())), {
      header: { apiKey: api.key, apiVersion: version, correlationId: 1, clientId },
      host: '127.0.0.1',
      signal,
      disconnect: (reason) => {
        throw new Error(reason)
      },
      releaseRequest: () => undefined,
      whenSent: () => undefined,
    })
    if (response === null) return null
    const answered = new Writer()
    api.writeResponse(version, answered, response as never)
    return api.readResponse(version, new Reader(answered.toBuffer())) as ResponseOf<A>
  }
}
