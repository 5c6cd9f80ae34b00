import { type EncodedHeaders, NO_HEADERS } from '../../broker/protocol/record-batch-builder.ts'
import { encodeHeaders } from '../../broker/protocol/record-headers.ts'
import type { BatchRecord } from '../../broker/protocol/record-reader.ts'
import { isJsonObject, type Json } from '../../schemas/json.ts'

/** Up to where the inputs of a task are processed, by topic: the partition is that of the task. */
export type InputOffsets = ReadonlyMap<string, number>

/** On a record of a changelog: `{ topic: offset }`, the offsets that are committed with it. */
const INPUT_HEADER = 'input'

/** The headers of a record of a changelog. */
export function encodeInputOffsets(input: InputOffsets): EncodedHeaders {
  return encodeHeaders([{ name: INPUT_HEADER, value: Buffer.from(JSON.stringify(Object.fromEntries(input))) }])
}

/** Whether offsets lie beyond others. A topic that only one of them knows was added, or taken away: it says nothing. */
export function isAhead(offsets: InputOffsets, committed: InputOffsets): boolean {
  for (const [topic, offset] of offsets) if (offset > (committed.get(topic) ?? Infinity)) return true
  return false
}

/** Reads the offsets of one record after the other. Those of one commit are alike, and parsed once. */
export class InputOffsetsReader {
  #encoded: Uint8Array = NO_HEADERS
  #offsets: InputOffsets = new Map()

  /** Empty where the record does not say: then it is ahead of nothing. */
  read(record: BatchRecord): InputOffsets {
    const { encodedHeaders } = record
    if (!encodedHeaders.equals(this.#encoded)) {
      this.#encoded = Buffer.from(encodedHeaders)
      this.#offsets = parse(record.headers.find(({ name }) => name === INPUT_HEADER)?.value ?? null)
    }
    return this.#offsets
  }
}

function parse(value: Uint8Array | null): InputOffsets {
  const json = value === null ? null : (JSON.parse(Buffer.from(value).toString('utf8')) as Json)
  const entries = Object.entries(isJsonObject(json) ? json : {})
  return new Map(entries.filter((entry): entry is [string, number] => typeof entry[1] === 'number'))
}
