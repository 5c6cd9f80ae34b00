import { isUtf8 } from 'node:buffer'
import { StoplogError } from '../../schemas/stoplog-error.ts'
import { checkJson, withoutByteOrderMark } from '../file/json-document.ts'
import { scanJson } from '../file/json-scan.ts'
import { CONNECTOR_LIMITS } from '../limits.ts'
import type { BodyFormat } from './media-type.ts'
import { Refusal } from './refusal.ts'

const LINE_FEED = 0x0a
const MAX_NAMED_LINES = 10

/** One document of a body, as it was sent. */
export interface BodyPart {
  readonly bytes: Uint8Array
  /** Counts from 1; 0 for a body that is one document. */
  readonly line: number
}

/**
 * The documents of a body. Throws a Refusal with 400 when any of it is not JSON: a body is taken whole or not at all.
 * Messages name places and never quote the body.
 */
export function readJsonBody(body: Uint8Array, format: BodyFormat): readonly BodyPart[] {
  const text = withoutByteOrderMark(body)
  return format === 'json' ? [readDocument(text)] : readLines(text)
}

function readDocument(bytes: Uint8Array): BodyPart {
  try {
    checkJson(bytes, 'the body')
    return { bytes, line: 0 }
  } catch (error) {
    if (error instanceof StoplogError) throw new Refusal(400, error.code, error.message)
    throw error
  }
}

function readLines(body: Uint8Array): readonly BodyPart[] {
  if (!isUtf8(body)) throw new Refusal(400, 'E_INPUT_BINARY', 'the body is not UTF-8 text')
  const parts: BodyPart[] = []
  const faults: string[] = []
  let faultCount = 0
  for (const part of linesOf(body)) {
    const { fault } = scanJson(part.bytes, CONNECTOR_LIMITS.maxJsonDepth.default)
    if (fault === null) {
      parts.push(part)
    } else {
      faultCount += 1
      if (faults.length < MAX_NAMED_LINES) faults.push(`line ${part.line}, byte ${fault.offset + 1}: ${fault.reason}`)
    }
    if (parts.length > CONNECTOR_LIMITS.httpMaxLines.default) {
      throw new Refusal(
        413,
        'E_HTTP_TOO_LARGE',
        `the body has more than ${CONNECTOR_LIMITS.httpMaxLines.default} lines`,
      )
    }
  }
  if (faultCount > 0) {
    const others = faultCount > faults.length ? `; and ${faultCount - faults.length} more` : ''
    throw new Refusal(400, 'E_INPUT_JSON', `nothing was taken: ${faults.join('; ')}${others}`)
  }
  if (parts.length === 0) throw new Refusal(400, 'E_INPUT_JSON', 'the body has no lines')
  return parts
}

/** Lines that are not blank. */
function* linesOf(body: Uint8Array): Generator<BodyPart> {
  let line = 0
  for (let start = 0; start < body.length;) {
    const found = body.indexOf(LINE_FEED, start)
    const end = found < 0 ? body.length : found
    line += 1
    const bytes = body.subarray(start, end)
    if (!isBlank(bytes)) yield { bytes, line }
    start = end + 1
  }
}

function isBlank(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte === 0x20 || byte === 0x09 || byte === 0x0d)
}
