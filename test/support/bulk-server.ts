import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { gunzipSync } from 'node:zlib'
import { onTestFinished } from 'vitest'
import { isJsonObject, type Json } from '../../schemas/json.ts'

export interface ServerAction {
  readonly verb: 'create' | 'index' | 'delete'
  readonly index: string
  readonly id: string
  readonly source: string | null
}

export interface ServerResult {
  readonly status: number
  readonly result?: string
  readonly error?: Json
}

/** What the server does with one request instead of serving it. */
export type Fault =
  /** Answers with this. With `after`, the documents are written all the same. */
  | {
      readonly kind: 'answer'
      readonly status: number
      readonly headers?: object
      readonly body?: string
      readonly after?: true
    }
  /** Closes the connection; with `after`, when the documents are written. */
  | { readonly kind: 'drop'; readonly after?: true }
  /** Never answers. */
  | { readonly kind: 'hang'; readonly after?: true }
  /** Begins to answer and stops in the middle. */
  | { readonly kind: 'stall'; readonly after?: true }
  /** Writes nothing and changes what it would have answered. */
  | { readonly kind: 'lie'; readonly change: (answer: { items: Json[]; errors: boolean }) => unknown }

export interface ServedRequest {
  readonly url: string
  readonly headers: IncomingMessage['headers']
  readonly bytes: number
  readonly actions: readonly ServerAction[]
}

export interface BulkServerOptions {
  /** Larger requests are answered with 413. */
  readonly maxBytes?: number
  /** Larger requests are answered with 429, however often they come. */
  readonly maxAdmittedBytes?: number
  /** Key and certificate in PEM: then it speaks https. */
  readonly tls?: { readonly key: string; readonly cert: string }
  /** What a document meets; null: it is written. Asked once for each action. */
  readonly refuse?: (action: ServerAction) => ServerResult | null
}

/**
 * A server of our own that speaks the documented part of Elasticsearch's bulk API: create, index and delete, results
 * per item, `filter_path`, 406 for another content type, 413, 429. It has no mappings and keeps nothing; its faults are
 * those that a test asks for. How real servers behave is tested in test/peers.
 */
export class BulkServer {
  readonly requests: ServedRequest[] = []
  /** How many were answered with 413. */
  tooLarge = 0
  /** How many were answered with 429 for their size. */
  notAdmitted = 0
  /** Used up by the next requests, in order. */
  readonly faults: Fault[] = []
  /** Documents by index and id. */
  readonly documents = new Map<string, Map<string, string>>()
  options: BulkServerOptions
  #url = ''
  readonly #server: Server

  private constructor(options: BulkServerOptions) {
    this.options = options
    const serve = (request: IncomingMessage, response: ServerResponse): void => void this.#serve(request, response)
    this.#server = options.tls === undefined ? createServer(serve) : createTlsServer(options.tls, serve)
  }

  /** Listens on a free port; ends with the test. */
  static async start(options: BulkServerOptions = {}): Promise<BulkServer> {
    const server = new BulkServer(options)
    await new Promise<void>((resolve) => server.#server.listen(0, '127.0.0.1', resolve))
    server.#url = `${options.tls === undefined ? 'http' : 'https'}://127.0.0.1:${(server.#server.address() as AddressInfo).port}`
    onTestFinished(() => server.close())
    return server
  }

  get url(): string {
    return this.#url
  }

  /** Open connections. */
  async connections(): Promise<number> {
    return new Promise((resolve) => this.#server.getConnections((_, count) => resolve(count)))
  }

  /** Resolves when nobody is connected any more. */
  async untilLeft(): Promise<void> {
    while ((await this.connections()) > 0) await new Promise((resolve) => setImmediate(resolve))
  }

  /** Ids in the order in which they were written. */
  ids(index = 'findings'): string[] {
    return [...(this.documents.get(index)?.keys() ?? [])]
  }

  close(): Promise<void> {
    this.#server.closeAllConnections()
    return new Promise((resolve) => this.#server.close(() => resolve()))
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const sent = Buffer.concat(chunks)
    const body = request.headers['content-encoding'] === 'gzip' ? gunzipSync(sent) : sent
    if (request.headers['content-type'] !== 'application/x-ndjson') {
      const error = `Content-Type header [${request.headers['content-type']}] is not supported`
      answer(response, 406, JSON.stringify({ error, status: 406 }))
      return
    }
    if (body.length > (this.options.maxBytes ?? Infinity)) {
      this.tooLarge += 1
      answer(response, 413, '')
      return
    }
    if (body.length > (this.options.maxAdmittedBytes ?? Infinity)) {
      this.notAdmitted += 1
      answer(response, 429, JSON.stringify({ error: { type: 'es_rejected_execution_exception', reason: 'rejected' } }))
      return
    }
    const actions = readActions(body.toString('utf8'))
    this.requests.push({ url: request.url ?? '', headers: request.headers, bytes: body.length, actions })
    this.#answer(actions, this.faults.shift(), response)
  }

  #answer(actions: readonly ServerAction[], fault: Fault | undefined, response: ServerResponse): void {
    const written = fault === undefined || ('after' in fault && fault.after)
    const items = actions.map((action) => toItem(action, written ? this.#apply(action) : { status: 201 }))
    const errors = items.some((item) => JSON.stringify(item).includes('"error"'))
    if (fault === undefined) {
      answer(response, 200, JSON.stringify({ errors, items }))
    } else if (fault.kind === 'answer') {
      answer(response, fault.status, fault.body ?? '', fault.headers)
    } else if (fault.kind === 'drop') {
      response.destroy()
    } else if (fault.kind === 'stall') {
      response.writeHead(200, { 'content-type': 'application/json' })
      response.write('{"errors":false,"items":[')
    } else if (fault.kind === 'lie') {
      const lie = fault.change({ errors, items })
      answer(response, 200, typeof lie === 'string' ? lie : JSON.stringify(lie))
    }
  }

  #apply(action: ServerAction): ServerResult {
    const refusal = this.options.refuse?.(action) ?? null
    if (refusal !== null) return refusal
    const { verb, index, id, source } = action
    const documents = this.documents.get(index) ?? new Map<string, string>()
    this.documents.set(index, documents)
    const isThere = documents.has(id)
    if (verb === 'delete') {
      documents.delete(id)
      return isThere ? { status: 200, result: 'deleted' } : { status: 404, result: 'not_found' }
    }
    if (verb === 'create' && isThere) {
      return { status: 409, error: { type: 'version_conflict_engine_exception', reason: 'document already exists' } }
    }
    documents.set(id, source ?? '')
    return { status: isThere ? 200 : 201, result: isThere ? 'updated' : 'created' }
  }
}

/** The answer as `filter_path` leaves it: `result` is not asked for. */
function toItem({ verb, id }: ServerAction, { status, error }: ServerResult): Json {
  return { [verb]: { _id: id, status, ...(error === undefined ? {} : { error }) } }
}

function answer(response: ServerResponse, status: number, body: string, headers: object = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers })
  response.end(body)
}

function readActions(text: string): ServerAction[] {
  const lines = text.split('\n')
  if (lines.pop() !== '') throw new Error('a bulk request ends with a line end')
  const actions: ServerAction[] = []
  for (let at = 0; at < lines.length; at += 1) {
    const head: Json = JSON.parse(lines[at] ?? '')
    const [[verb, place] = []] = isJsonObject(head) ? Object.entries(head) : []
    if (!isJsonObject(place) || (verb !== 'create' && verb !== 'index' && verb !== 'delete')) {
      throw new Error(`no action: ${lines[at]}`)
    }
    if (verb !== 'delete') at += 1
    const source = verb === 'delete' ? null : (lines[at] ?? '')
    const { _index: index, _id: id } = place
    if (typeof index !== 'string' || typeof id !== 'string') throw new Error(`no place: ${lines[at]}`)
    actions.push({ verb, index, id, source })
  }
  return actions
}
