import { HEADER } from '../../schemas/event-header-names.ts'
import { ERRORS, type ErrorCode } from '../../schemas/error-codes.ts'
import type { JsonObject } from '../../schemas/json.ts'
import type { TopicRecord } from '../runtime/topic-reading.ts'
import { isoTime } from './event-line.ts'
import { printable } from '../config/printable.ts'
import { fit, wrapIndented } from './text-layout.ts'

/** A dead letter as it is shown. Texts in it come from events and are not to be trusted. */
export interface DeadLetterReport {
  readonly topic: string
  readonly partition: number
  readonly offset: number
  readonly time: string | null
  readonly code: string
  /** Place in the document, such as `streams.findings.steps[0].filter`. */
  readonly path: string
  readonly message: string
  readonly fix: string
  /** `topic-partition-offset` of the event, or where the input of a source was; empty where nobody knows. */
  readonly from: string
  readonly key: string | null
  /** Null where there is no value, or it was withheld. */
  readonly value: string | null
  /** Only a part of the value, or nothing of it, was kept; its whole length in bytes and its digest. */
  readonly kept: 'all' | 'part' | 'none'
  readonly valueBytes: number
  readonly valueSha256: string | null
}

export function reportDeadLetter({ topic, partition, record }: TopicRecord): DeadLetterReport {
  const headers = new Map(
    record.headers.map(({ name, value }) => [name, value === null ? '' : Buffer.from(value).toString('utf8')]),
  )
  const text = (...names: readonly string[]): string =>
    names.map((name) => headers.get(name)).find((value) => value !== undefined) ?? ''
  const fullBytes = headers.get(HEADER.valueBytes)
  const value = record.valueText
  const code = text(HEADER.errorCode)
  return {
    topic,
    partition,
    offset: record.offset,
    time: isoTime(record.timestamp),
    code,
    path: text(HEADER.errorPath),
    message: text('__streams.errors.message', '__connect.errors.exception.message'),
    fix: headers.get(HEADER.errorFix) ?? (Object.hasOwn(ERRORS, code) ? ERRORS[code as ErrorCode].fix : ''),
    from: positionOf(headers, '__streams.errors') ?? positionOf(headers, '__connect.errors') ?? originOf(headers),
    key: record.keyText,
    value,
    kept: fullBytes === undefined ? 'all' : value === null ? 'none' : 'part',
    valueBytes: fullBytes === undefined ? (record.value?.length ?? 0) : Number(fullBytes),
    valueSha256: headers.get(HEADER.valueSha256) ?? null,
  }
}

export function deadLetterToJson(report: DeadLetterReport): JsonObject {
  return { ...report }
}

/** A few lines: where it lies, why, where it came from, and the beginning of what it was. */
export function formatDeadLetter(report: DeadLetterReport, width: number): string {
  const { topic, partition, offset, time, code, path, message, fix, from, key } = report
  const lines = [
    printable(`${topic}-${partition} offset ${offset}  ${time ?? 'no time'}`),
    wrapIndented(printable(`${code} ${path}`), width, 3),
    ...(message === '' || message === code ? [] : [wrapIndented(printable(message), width, 3)]),
    ...(fix === '' ? [] : [wrapIndented(printable(`fix: ${fix}`), width, 3)]),
    ...(from === '' ? [] : [`   from   ${fit(printable(from), width - 10)}`]),
    ...(key === null ? [] : [`   key    ${fit(printable(key), width - 10)}`]),
    `   value  ${fit(describeValue(report), width - 10)}`,
  ]
  return `${lines.join('\n')}\n`
}

function describeValue({ kept, value, valueBytes, valueSha256 }: DeadLetterReport): string {
  if (kept === 'none') return `withheld: it failed before it was redacted (${valueBytes} bytes, sha256 ${valueSha256})`
  if (value === null) return 'none (a tombstone)'
  const whole = kept === 'part' ? `${valueBytes} bytes, of which the beginning was kept: ` : ''
  return `${whole}${printable(value.replace(/\s+/g, ' '))}`
}

/** Input of a source has no position yet: where it lay outside, or the event's id. */
function originOf(headers: ReadonlyMap<string, string>): string {
  const origin = headers.get(HEADER.origin)
  if (origin !== undefined) return origin
  return [headers.get(HEADER.subject), headers.get(HEADER.id)].filter((part) => part !== undefined).join('  ')
}

function positionOf(headers: ReadonlyMap<string, string>, prefix: string): string | undefined {
  const topic = headers.get(`${prefix}.topic`)
  if (topic === undefined) return undefined
  return `${topic}-${headers.get(`${prefix}.partition`)} offset ${headers.get(`${prefix}.offset`)}`
}
