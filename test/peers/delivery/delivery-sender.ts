import { createHmac } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import { send } from '../../support/http-client.ts'

/** Requests under way at a time. */
const WORKERS = 8
/** One delivery of so many is sent once more after its 2xx, as by a sender that has lost the answer. */
const REPEATED = 10
const RETRY_MS = 50
const PADDING = 'x'.repeat(1_500)

/** Sends signed webhooks, each with an id of its own, and repeats each until it is answered with 2xx. */
export class DeliverySender {
  readonly #url: string
  readonly #secret: string
  /** What was sent under each id. */
  readonly bodies = new Map<string, string>()
  /** How often each status came; `none` where the connection failed. */
  readonly answers = new Map<string, number>()
  /** Deliveries that were answered with 2xx. */
  acknowledged = 0

  constructor(url: string, secret: string) {
    this.#url = url
    this.#secret = secret
  }

  /** Resolves when so many more deliveries are acknowledged. */
  async send(count: number): Promise<void> {
    const first = this.bodies.size
    const ids = Array.from({ length: count }, (_, n) => `delivery-${first + n}`)
    for (const [n, id] of ids.entries()) this.bodies.set(id, bodyOf(id, first + n))
    const worker = async (): Promise<void> => {
      for (let id = ids.shift(); id !== undefined; id = ids.shift()) await this.#deliver(id)
    }
    await Promise.all(Array.from({ length: WORKERS }, worker))
  }

  async #deliver(id: string): Promise<void> {
    await this.#untilAccepted(id)
    this.acknowledged += 1
    if (this.acknowledged % REPEATED === 0) await this.#untilAccepted(id)
  }

  async #untilAccepted(id: string): Promise<void> {
    const body = this.bodies.get(id) ?? ''
    const signature = createHmac('sha256', this.#secret).update(body).digest('hex')
    const headers = { 'x-delivery': id, 'x-signature': `sha256=${signature}` }
    for (;;) {
      const status = await send(this.#url, { headers, body }).then(
        (answer) => String(answer.status),
        () => 'none',
      )
      this.answers.set(status, (this.answers.get(status) ?? 0) + 1)
      if (status.startsWith('2')) return
      await wait(RETRY_MS)
    }
  }
}

/** A body in which a parser that rounds, reorders or decodes would show. */
function bodyOf(id: string, n: number): string {
  return `{ "delivery": "${id}", "n":${n}, "big":9007199254740993, "exact":1.0, "text":"é🦫\\u00e9\\n", "10":1, "2":[ ],"padding":"${PADDING}" }`
}
