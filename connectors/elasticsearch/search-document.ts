import type { Event } from '../../schemas/event.ts'
import { isJsonObject } from '../../schemas/json.ts'
import { StoplogError } from '../../schemas/stoplog-error.ts'
import { toJsonLine } from '../file/json-line.ts'

const OPEN_MAP = 0x7b

/**
 * The event's value as one line of JSON: its bytes as they are, without line breaks. With `timeField`, the event's time
 * stands first in it where the value has no such field. Throws StoplogError for a value that is no JSON object.
 */
export function toSearchDocument(event: Event, timeField: string | undefined): Uint8Array {
  const { value } = event
  const line = toJsonLine(event)
  if (!isJsonObject(value)) throw shapeError(event)
  if (timeField === undefined || Object.hasOwn(value, timeField)) return line
  const rest = line.subarray(line.indexOf(OPEN_MAP) + 1)
  const comma = Object.keys(value).length === 0 ? '' : ','
  const time = Buffer.from(`{${JSON.stringify(timeField)}:"${new Date(event.time).toISOString()}"${comma}`)
  return Buffer.concat([time, rest])
}

function shapeError({ value, id }: Event): StoplogError {
  const found = value === null ? 'null' : Array.isArray(value) ? 'a list' : `a ${typeof value}`
  return new StoplogError('E_DOCUMENT_SHAPE', `the value of ${id} is ${found}, and a document has to be a map`)
}
