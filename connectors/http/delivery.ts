import { createHash, randomUUID } from 'node:crypto'
import type { EventHeaders, NewEvent } from '../../schemas/event.ts'
import type { Json } from '../../schemas/json.ts'
import type { CompiledExpression, Expressions } from '../../schemas/runtime.ts'
import { StoplogError } from '../../schemas/stoplog-error.ts'
import { CONNECTOR_LIMITS } from '../limits.ts'
import type { HttpConfig } from './config.ts'
import { toEventTime } from './event-time.ts'
import type { BodyPart } from './json-body.ts'
import { Refusal } from './refusal.ts'
import { RequestEvent } from './request-event.ts'

/** Characters of a SHA-256 that stand in ids: 128 bits, so that no two events ever share one. */
const ID_DIGEST_LENGTH = 32

/**
 * Makes events of the documents of a request. The same delivery id gives the same event ids, however often it comes:
 * the id itself for one document, a hash of it and the line number for each of several lines.
 */
export class DeliveryReader {
  readonly #id: CompiledExpression | undefined
  readonly #type: CompiledExpression<string>
  readonly #subject: CompiledExpression<string> | undefined
  readonly #time: CompiledExpression<Json | undefined> | undefined
  readonly #kept: readonly string[]

  constructor(config: HttpConfig, expressions: Expressions) {
    this.#id = config.id === undefined ? undefined : expressions.compile(config.id)
    this.#type = expressions.template(config.type)
    this.#subject = config.subject === undefined ? undefined : expressions.template(config.subject)
    this.#time = config.time === undefined ? undefined : expressions.optional(config.time)
    this.#kept = config.headers
  }

  /** Throws a Refusal with 400 for a request that the expressions of the source cannot be computed for. */
  toEvents(parts: readonly BodyPart[], headers: EventHeaders, arrivedMs: number): readonly NewEvent[] {
    const deliveryId = this.#id === undefined ? randomUUID() : undefined
    const kept = this.#kept.filter((name) => headers[name] !== undefined)
    const recordHeaders =
      kept.length === 0 ? {} : { headers: Object.fromEntries(kept.map((name) => [name, headers[name] ?? ''])) }
    try {
      return parts.map((part) => {
        const event = new RequestEvent(part.bytes, headers, arrivedMs)
        const id = deliveryId ?? toIdText(this.#id?.(event) ?? null)
        return { ...this.#toEvent(event), id: part.line === 0 ? id : toLineId(id, part.line), ...recordHeaders }
      })
    } catch (error) {
      if (error instanceof StoplogError) throw new Refusal(400, error.code, error.message)
      throw error
    }
  }

  #toEvent(event: RequestEvent): Omit<NewEvent, 'id'> {
    const subject = this.#subject?.(event)
    const time = this.#timeOf(event)
    return {
      value: event.bytes,
      type: this.#type(event),
      ...(subject === undefined ? {} : { subject }),
      ...(time === undefined ? {} : { time }),
    }
  }

  /** A time that is missing or unreadable is that of arrival; the record says so. */
  #timeOf(event: RequestEvent): number | undefined {
    try {
      return toEventTime(this.#time?.(event))
    } catch (error) {
      if (error instanceof StoplogError) return undefined
      throw error
    }
  }
}

function toIdText(id: Json): string {
  const text = typeof id === 'number' ? String(id) : id
  const limit = CONNECTOR_LIMITS.maxHttpIdLength.default
  if (typeof text === 'string' && text !== '' && text.length <= limit) return text
  throw new Refusal(400, 'E_HTTP_ID', `the delivery has no id: expected a text of 1 to ${limit} characters`)
}

function toLineId(deliveryId: string, line: number): string {
  return createHash('sha256').update(`${deliveryId}\n${line}`).digest('hex').slice(0, ID_DIGEST_LENGTH)
}
