import type { Event, EventHeaders } from '../../schemas/event.ts'
import type { Json } from '../../schemas/json.ts'
import { parseJsonNumbersAsText } from '../file/json-document.ts'

/**
 * The event that a request would become, as the expressions of the source see it: no place in a topic yet. The value is
 * parsed when it is first read; a number that a double would round is its text, so that no two ids become one.
 */
export class RequestEvent implements Event {
  readonly topic = ''
  readonly partition = 0
  readonly offset = 0
  readonly key = null
  readonly id = ''
  readonly bytes: Uint8Array
  readonly headers: EventHeaders
  readonly time: number
  #value: Json | undefined

  constructor(bytes: Uint8Array, headers: EventHeaders, time: number) {
    this.bytes = bytes
    this.headers = headers
    this.time = time
  }

  get value(): Json {
    this.#value ??= parseJsonNumbersAsText(this.bytes, 'the body')
    return this.#value
  }
}
