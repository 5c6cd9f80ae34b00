import { createHash } from 'node:crypto'
import type { EncodedRecord } from '../../broker/client/outgoing-batch.ts'
import { decodeHeaders, encodeHeaders, type RecordHeader } from '../../broker/protocol/record-headers.ts'
import { ERRORS } from '../../schemas/error-codes.ts'
import { HEADER } from '../../schemas/event-header-names.ts'
import type { FailedInput } from '../../schemas/event.ts'
import { toStoplogError, type StoplogError } from '../../schemas/stoplog-error.ts'
import { PIPELINE_LIMITS } from '../limits.ts'
import type { RuntimeEvent } from './runtime-event.ts'
import type { FailedEvent } from './step-chain.ts'

/** The node that could not process an event. */
export interface FailedNode {
  readonly name: string
  readonly path: string
  readonly kind: 'source' | 'stream' | 'sink'
  /**
   * Index of the node's last `redact` step; -1 when there is none. What fails before or in it may hold a secret, and a
   * secret never becomes durable by failing: of such an event only length, digest, place and code are kept.
   */
  readonly lastRedactStep: number
}

const SCHEMA_VERSION = '1'
const ENTRY = -1

/**
 * The dead letter of an event: its original bytes, key, headers and time, and why, in Kafka's headers and in ours. Of a
 * node that redacts, the value is the one that `redact` and the steps behind it have left.
 */
export function toDeadLetter(failure: FailedEvent, node: FailedNode): EncodedRecord {
  const { event, error, step } = failure
  const stepIndex = step?.index ?? ENTRY
  const redacted = node.lastRedactStep >= 0 && !failedBeforeRedacted(failure, node) ? redactedBytes(event) : undefined
  const isWithheld = node.lastRedactStep >= 0 && redacted === undefined
  const value = redacted === undefined ? limited(originalBytes(event), isWithheld) : limited(redacted, false)
  const kept = isWithheld
    ? [header(HEADER.id, event.id)]
    : decodeHeaders(Buffer.from(event.origin.encodedHeaders)).filter(({ name }) => !isErrorHeader(name))
  return {
    timestamp: event.time,
    key: isWithheld ? null : event.origin.keyBytes,
    value: value.bytes,
    headers: encodeHeaders([
      ...kept,
      ...value.headers,
      ...errorHeaders(error, node, step?.path ?? node.path, isWithheld),
      ...positionHeaders(node, event),
      header(HEADER.errorStep, String(stepIndex)),
    ]),
  }
}

/** The dead letter of input that a source could not read as events. */
export function toDeadInput(input: FailedInput, node: FailedNode, nowMs: number): EncodedRecord {
  const isWithheld = node.lastRedactStep >= 0
  const value = input.cut === undefined ? limited(input.bytes, isWithheld) : cutBySource(input, isWithheld)
  return {
    timestamp: nowMs,
    key: input.id,
    value: value.bytes,
    headers: encodeHeaders([
      header(HEADER.id, input.id),
      header(HEADER.origin, input.origin),
      ...value.headers,
      ...errorHeaders(toStoplogError(input.error), node, node.path, isWithheld),
      header(HEADER.errorStep, String(ENTRY)),
    ]),
  }
}

/** True when the event, and so the text of its error, may still hold what `redact` would have taken away. */
export function failedBeforeRedacted({ step }: Pick<FailedEvent, 'step'>, { lastRedactStep }: FailedNode): boolean {
  return (step?.index ?? ENTRY) <= lastRedactStep
}

/** What may be said about an error whose text may quote a secret. */
export function withheldMessage(error: StoplogError): string {
  return `${error.code}: ${ERRORS[error.code].summary}`
}

function originalBytes(event: RuntimeEvent): Uint8Array | null {
  return event.isDerived ? bytesOf(event.serialize()) : event.bytes
}

/** Undefined when the value cannot be written any more: then nothing of it is kept. */
function redactedBytes(event: RuntimeEvent): Uint8Array | null | undefined {
  try {
    return bytesOf(event.serialize())
  } catch {
    return undefined
  }
}

interface LimitedValue {
  readonly bytes: Uint8Array | null
  readonly headers: readonly RecordHeader[]
}

function limited(original: Uint8Array | null, isWithheld: boolean): LimitedValue {
  const maxBytes = PIPELINE_LIMITS.deadLetterBytes.default
  if (original === null || (!isWithheld && original.length <= maxBytes)) return { bytes: original, headers: [] }
  const sha256 = createHash('sha256').update(original).digest('hex')
  return { bytes: isWithheld ? null : original.subarray(0, maxBytes), headers: digestHeaders(original.length, sha256) }
}

function cutBySource({ bytes, cut }: FailedInput, isWithheld: boolean): LimitedValue {
  const kept = isWithheld ? null : bytes.subarray(0, PIPELINE_LIMITS.deadLetterBytes.default)
  return { bytes: kept, headers: digestHeaders(cut?.length ?? bytes.length, cut?.sha256 ?? '') }
}

function digestHeaders(length: number, sha256: string): readonly RecordHeader[] {
  return [header(HEADER.valueBytes, String(length)), header(HEADER.valueSha256, sha256)]
}

function errorHeaders(
  error: StoplogError,
  node: FailedNode,
  path: string,
  isWithheld: boolean,
): readonly RecordHeader[] {
  // The text of an error may quote the event.
  const message = isWithheld ? ERRORS[error.code].summary : error.message
  const kafka =
    node.kind === 'stream'
      ? [header('__streams.errors.exception', `${error.code}: ${message}`), header('__streams.errors.message', message)]
      : [
          header('__connect.errors.connector.name', node.name),
          header('__connect.errors.task.id', '0'),
          header('__connect.errors.stage', node.kind === 'source' ? 'TASK_POLL' : 'TASK_PUT'),
          header('__connect.errors.exception.class.name', error.code),
          header('__connect.errors.exception.message', message),
        ]
  return [
    ...kafka,
    header(HEADER.schemaVersion, SCHEMA_VERSION),
    header(HEADER.errorCode, error.code),
    header(HEADER.errorPath, path),
    ...(isWithheld || error.fix === ERRORS[error.code].fix ? [] : [header(HEADER.errorFix, error.fix)]),
  ]
}

function positionHeaders(node: FailedNode, event: FailedEvent['event']): readonly RecordHeader[] {
  if (event.offset < 0) return []
  const prefix = node.kind === 'stream' ? '__streams.errors' : '__connect.errors'
  return [
    header(`${prefix}.topic`, event.topic),
    header(`${prefix}.partition`, String(event.partition)),
    header(`${prefix}.offset`, String(event.offset)),
  ]
}

/** Headers of an earlier failure are replaced by those of this one. */
function isErrorHeader(name: string): boolean {
  return name.startsWith('__streams.errors.') || name.startsWith('__connect.errors.') || ERROR_HEADERS.has(name)
}

const ERROR_HEADERS: ReadonlySet<string> = new Set([
  HEADER.schemaVersion,
  HEADER.errorCode,
  HEADER.errorPath,
  HEADER.errorStep,
  HEADER.errorFix,
  HEADER.origin,
  HEADER.valueBytes,
  HEADER.valueSha256,
])

function header(name: string, text: string): RecordHeader {
  return { name, value: Buffer.from(text) }
}

function bytesOf(value: Uint8Array | string | null): Uint8Array | null {
  return typeof value === 'string' ? Buffer.from(value) : value
}
