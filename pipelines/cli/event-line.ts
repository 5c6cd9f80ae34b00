import type { TopicRecord } from '../runtime/topic-reading.ts'
import { printableJson } from '../config/printable.ts'

export interface EventLineOptions {
  /** With topic, partition, offset, time, key and headers around the value. */
  readonly headers: boolean
  /** Nothing in the line may act on a terminal. */
  readonly forTerminal: boolean
}

/**
 * One event as one line of JSON. The value stays as it is written, so that no number is rounded; one that is not JSON
 * becomes a text.
 */
export function toEventLine(event: TopicRecord, { headers, forTerminal }: EventLineOptions): string {
  const value = valueLine(event.record.valueText)
  const line = headers ? withHeaders(event, value) : value
  return `${forTerminal ? printableJson(line) : line}\n`
}

/** The time of a record for people; null where it has none. */
export function isoTime(timeMs: number): string | null {
  const time = new Date(timeMs)
  return timeMs < 0 || Number.isNaN(time.getTime()) ? null : time.toISOString()
}

function valueLine(text: string | null): string {
  if (text === null) return 'null'
  try {
    JSON.parse(text)
  } catch {
    return JSON.stringify(text)
  }
  // Within texts JSON has none of these as they are, so what is replaced stands between the parts of the value.
  return text.replace(/[\r\n\t]+/g, ' ').trim()
}

function withHeaders({ topic, partition, record }: TopicRecord, value: string): string {
  const headers = record.headers.map(({ name, value: bytes }) => [
    name,
    bytes === null ? null : Buffer.from(bytes).toString('utf8'),
  ])
  const time = isoTime(record.timestamp)
  const around = { topic, partition, offset: record.offset, time, key: record.keyText }
  const shown = JSON.stringify({ ...around, headers: Object.fromEntries(headers) as unknown })
  return `${shown.slice(0, -1)},"value":${value}}`
}
