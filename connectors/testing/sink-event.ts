import type { Event } from '../../schemas/event.ts'
import type { Json } from '../../schemas/json.ts'
import { StoplogError } from '../../schemas/stoplog-error.ts'

/** An event as a sink gets it from the runtime: the value is parsed when it is first read. */
export function createSinkEvent(fields: { readonly bytes: string | null; readonly offset: number }): Event {
  const { bytes, offset } = fields
  return {
    topic: 'pipeline.contract',
    partition: 0,
    offset,
    key: `key-${offset}`,
    bytes: bytes === null ? null : Buffer.from(bytes),
    headers: {},
    time: Date.UTC(2026, 0, 1) + offset,
    id: `contract-${offset}`,
    get value(): Json {
      return bytes === null ? null : parse(bytes)
    },
  }
}

function parse(text: string): Json {
  try {
    const value: Json = JSON.parse(text)
    return value
  } catch (error) {
    throw new StoplogError('E_VALUE_JSON', 'the value is not JSON', { cause: error })
  }
}
