import type { IncomingMessage, ServerResponse } from 'node:http'
import type { NewEvent } from '../../schemas/event.ts'
import type { ConnectorContext, Deliver } from '../connector.ts'
import { CONNECTOR_LIMITS } from '../limits.ts'
import { answerAccepted, answerRefusal } from './answer.ts'
import { createAuthentication, type Authentication } from './authentication.ts'
import { checkDeclaredLength, contentCodingOf, decodeBody, readBody } from './body.ts'
import type { HttpConfig } from './config.ts'
import { DeliveryReader } from './delivery.ts'
import { Intake, type IntakeSlot } from './intake.ts'
import { readJsonBody } from './json-body.ts'
import { bodyFormatOf } from './media-type.ts'
import { busy, Refusal, toRefusal } from './refusal.ts'
import { visibleHeaders } from './request-headers.ts'
import { TokenBucket } from './token-bucket.ts'

/** Takes requests: checks them, cheapest first, makes events of them and answers when these are durable. Invariant 1. */
export class RequestHandler {
  readonly #config: HttpConfig
  readonly #context: ConnectorContext
  readonly #deliver: Deliver
  readonly #authentication: Authentication
  readonly #intake: Intake
  readonly #rate: TokenBucket
  readonly #reader: DeliveryReader
  /** Codes of refusals that the log has seen: each is told once, and counted. */
  readonly #told = new Set<string>()
  /** Requests whose body is on its way. */
  readonly #arriving = new Set<IncomingMessage>()
  #isClosing = false

  constructor(config: HttpConfig, context: ConnectorContext, deliver: Deliver) {
    this.#config = config
    this.#context = context
    this.#deliver = deliver
    this.#authentication = createAuthentication(config.auth)
    this.#intake = new Intake(config.max_concurrent)
    this.#rate = new TokenBucket(config.max_rate, context.clock)
    this.#reader = new DeliveryReader(config, context.expressions)
  }

  /** From now on requests are refused with 503, and those that have not arrived yet are cut off. */
  stop(): void {
    this.#isClosing = true
    for (const request of this.#arriving) request.destroy()
  }

  /** Answers one request. `awaitsContinue`: the sender waits to be asked for the body. Never rejects. */
  async handle(request: IncomingMessage, response: ServerResponse, awaitsContinue: boolean): Promise<void> {
    let isWaiting = awaitsContinue
    const askForBody = (): void => {
      if (isWaiting) response.writeContinue()
      isWaiting = false
    }
    // A sender that goes away in the middle is its own matter.
    response.on('error', () => {})
    try {
      const events = await this.#take(request, askForBody)
      this.#count(202)
      answerAccepted(response, events, { awaitsContinue: isWaiting, isLast: this.#isClosing })
    } catch (error) {
      if (request.destroyed && !request.complete) return
      const refusal = toRefusal(error)
      this.#count(refusal.status)
      this.#tell(refusal, error)
      answerRefusal(request, response, refusal, { awaitsContinue: isWaiting, isLast: this.#isClosing })
    }
  }

  async #take(request: IncomingMessage, askForBody: () => void): Promise<number> {
    checkTarget(request, this.#config.path)
    this.#checkOpen()
    this.#authentication.checkHeaders(request.headers)
    // Who is not known yet must not use up the rate of those who are.
    if (!this.#authentication.signsBody) this.#checkRate()
    const slot = this.#intake.enter()
    try {
      const events = await this.#read(request, slot, askForBody)
      this.#checkOpen()
      await this.#deliver(events)
      return events.length
    } finally {
      slot.leave()
    }
  }

  async #read(request: IncomingMessage, slot: IntakeSlot, askForBody: () => void): Promise<readonly NewEvent[]> {
    const { max_body: maxBytes } = this.#config
    const { headers } = request
    const format = bodyFormatOf(headers['content-type'], this.#config.format)
    const coding = contentCodingOf(headers['content-encoding'])
    checkDeclaredLength(request, maxBytes)
    askForBody()
    this.#arriving.add(request)
    const sent = await readBody(request, maxBytes, slot).finally(() => this.#arriving.delete(request))
    this.#authentication.checkBody(headers, sent)
    if (this.#authentication.signsBody) this.#checkRate()
    const body = await decodeBody(sent, coding, maxBytes, slot)
    const visible = visibleHeaders(headers, this.#authentication.hiddenHeaders)
    return this.#reader.toEvents(readJsonBody(body, format), visible, this.#context.clock.now())
  }

  #checkOpen(): void {
    if (this.#isClosing) throw busy('this listener is about to close')
  }

  #checkRate(): void {
    const waitMs = this.#rate.take()
    if (waitMs === 0) return
    const seconds = Math.ceil(waitMs / 1_000)
    const message = `more than ${this.#config.max_rate} requests per second`
    throw new Refusal(429, 'E_HTTP_RATE', message, { 'retry-after': String(seconds) })
  }

  #count(status: number): void {
    this.#context.metrics.count('stoplog_http_requests_total', 1, { status: String(status) })
  }

  #tell({ status, code, message }: Refusal, error: unknown): void {
    const cause = error instanceof Refusal ? undefined : error instanceof Error ? error.message : String(error)
    if (this.#told.has(code)) return
    this.#told.add(code)
    const fields = { node: this.#context.name, status, code, reason: cause ?? message }
    const log = status === 500 ? 'error' : 'warn'
    this.#context.logger[log]('requests are refused; further ones of this kind are only counted', fields)
  }
}

function checkTarget(request: IncomingMessage, path: string): void {
  const [target] = (request.url ?? '').split('?', 1)
  if (target !== path) throw new Refusal(404, 'E_HTTP_PATH', 'there is nothing at this path')
  if (request.method !== 'POST') {
    throw new Refusal(405, 'E_HTTP_METHOD', 'events are sent with POST', { allow: 'POST' })
  }
  const limit = CONNECTOR_LIMITS.httpMaxHeaders.default
  if (request.rawHeaders.length / 2 > limit) {
    throw new Refusal(431, 'E_HTTP_HEADERS', `the request has more than ${limit} headers`)
  }
}
