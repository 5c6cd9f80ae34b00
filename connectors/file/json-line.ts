import { isUtf8 } from 'node:buffer'
import type { Event } from '../../schemas/event.ts'
import { StoplogError } from '../../schemas/stoplog-error.ts'
import { compactJson } from './json-document.ts'

const LINE_FEED = 0x0a
const CARRIAGE_RETURN = 0x0d
const NULL = Buffer.from('null')

/**
 * The event's value as one line of JSON, without the line end. The bytes stay as they are; only a document that is
 * spread over several lines loses its spaces. A tombstone is `null`. Throws E_VALUE_JSON for what is not JSON, so that
 * a reader never meets a line that it cannot parse.
 */
export function toJsonLine(event: Event): Uint8Array {
  const { bytes } = event
  if (bytes === null) return NULL
  // A map needs no parser to be seen as JSON; what else there is may have been parsed already.
  if (event.isMap?.() !== true) void event.value
  if (!isUtf8(bytes)) {
    throw new StoplogError('E_VALUE_JSON', `the value of ${event.id} is not UTF-8 text`, {
      where: `${event.topic}-${event.partition}@${event.offset}`,
    })
  }
  return bytes.includes(LINE_FEED) || bytes.includes(CARRIAGE_RETURN) ? compactJson(bytes) : bytes
}
