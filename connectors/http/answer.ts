import type { IncomingMessage, ServerResponse } from 'node:http'
import { CONNECTOR_LIMITS } from '../limits.ts'
import type { Refusal } from './refusal.ts'

export interface AnswerOptions {
  /** The sender waits for `100 Continue` before it sends the body, and was not given it. */
  readonly awaitsContinue: boolean
  /** The connection is not kept. */
  readonly isLast: boolean
}

export function answerAccepted(response: ServerResponse, events: number, { isLast }: AnswerOptions): void {
  end(response, 202, { accepted: events }, isLast ? { connection: 'close' } : {})
}

/**
 * Says why nothing was taken: `{"code":"E_…","message":"…"}`. A body that is still on its way is read and thrown away
 * up to a limit, because closing at once would make the sender lose the answer.
 */
export function answerRefusal(
  request: IncomingMessage,
  response: ServerResponse,
  refusal: Refusal,
  { awaitsContinue, isLast }: AnswerOptions,
): void {
  const { status, code, message } = refusal
  const isRead = request.complete
  const headers = { ...refusal.headers, ...(isRead && !isLast ? {} : { connection: 'close' }) }
  if (isRead || awaitsContinue) {
    end(response, status, { code, message }, headers)
    return
  }
  const body = encode({ code, message })
  response.writeHead(status, { ...headers, ...describe(body) })
  if (request.method === 'HEAD') response.flushHeaders()
  else response.write(body)
  let bytes = 0
  request.on('data', (chunk: Buffer) => {
    bytes += chunk.length
    if (bytes > CONNECTOR_LIMITS.httpDrainBytes.default) request.destroy()
  })
  request.on('error', () => {})
  request.once('close', () => response.end())
  request.resume()
}

function end(response: ServerResponse, status: number, content: object, headers: object): void {
  const body = encode(content)
  response.writeHead(status, { ...headers, ...describe(body) })
  response.end(body)
}

function encode(content: object): Buffer {
  return Buffer.from(`${JSON.stringify(content)}\n`)
}

function describe(body: Buffer) {
  return { 'content-type': 'application/json', 'content-length': body.length }
}
