import { isUtf8 } from 'node:buffer'
import { randomUUID } from 'node:crypto'
import type { Json } from '../../schemas/json.ts'
import { StoplogError } from '../../schemas/stoplog-error.ts'
import { CONNECTOR_LIMITS } from '../limits.ts'
import { scanJson, type JsonFault } from './json-scan.ts'

const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf])

/** What `checkJson` says of a document that ends too early: it may still be in the making. */
export class DocumentBreaksOff extends Error {
  override readonly name = 'DocumentBreaksOff'
}

export interface ParsedDocument {
  readonly value: Json
  /**
   * JSON text of a part of `value` with its numbers as they were written, or null when the part holds none that a
   * double would round. Hand over this text then, and not the part.
   */
  exactText(part: Json): Uint8Array | null
}

/** The document without a byte order mark. The mark is no part of JSON, but Windows tools write it. */
export function withoutByteOrderMark(bytes: Uint8Array): Uint8Array {
  const marked = BYTE_ORDER_MARK.equals(bytes.subarray(0, BYTE_ORDER_MARK.length))
  return marked ? bytes.subarray(BYTE_ORDER_MARK.length) : bytes
}

/**
 * Checks that the bytes are one JSON document and gives the places of numbers that a double would round. Throws
 * E_INPUT_BINARY, E_INPUT_JSON, E_INPUT_DEPTH; the cause is `DocumentBreaksOff` when more input might make it right.
 * Messages name line and column, and never quote the document: it may hold secrets.
 */
export function checkJson(bytes: Uint8Array, origin: string): readonly number[] {
  checkText(bytes, origin)
  const { fault, roundedNumbers } = scanJson(bytes, CONNECTOR_LIMITS.maxJsonDepth.default)
  if (fault !== null) throw toError(bytes, origin, fault)
  return roundedNumbers
}

/** Parses a document that may hold numbers which a double would round; see `ParsedDocument.exactText`. */
export function parseJsonExactly(bytes: Uint8Array, origin: string): ParsedDocument {
  const roundedNumbers = checkJson(bytes, origin)
  if (roundedNumbers.length === 0) return { value: parse(toText(bytes)), exactText: () => null }
  // No input can guess the mark, so no text of the document is ever taken for a number.
  const mark = `number:${randomUUID()}:`
  const marked = new RegExp(`"${mark}([^"]+)"`, 'g')
  return {
    value: parse(replaceNumbers(bytes, roundedNumbers, (number) => `"${mark}${number}"`)),
    exactText(part) {
      const text = JSON.stringify(part)
      return text.includes(mark) ? Buffer.from(text.replace(marked, '$1')) : null
    },
  }
}

/** Parses a document; numbers that a double would round become texts: 9007199254740993 is "9007199254740993". */
export function parseJsonNumbersAsText(bytes: Uint8Array, origin: string): Json {
  const roundedNumbers = checkJson(bytes, origin)
  return parse(roundedNumbers.length === 0 ? toText(bytes) : replaceNumbers(bytes, roundedNumbers, JSON.stringify))
}

/** The same document in one line. The bytes must be valid JSON; numbers and texts stay as they are written. */
export function compactJson(bytes: Uint8Array): Uint8Array {
  const compact = Buffer.allocUnsafe(bytes.length)
  let length = 0
  let inText = false
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at] ?? 0
    if (inText) {
      if (byte === 0x5c) {
        compact[length++] = byte
        at += 1
        compact[length++] = bytes[at] ?? 0
        continue
      }
      if (byte === 0x22) inText = false
    } else if (byte === 0x22) {
      inText = true
    } else if (byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09) {
      continue
    }
    compact[length++] = byte
  }
  return compact.subarray(0, length)
}

function checkText(bytes: Uint8Array, origin: string): void {
  const [first, second] = bytes
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)) {
    throw new StoplogError('E_INPUT_BINARY', `${origin} is UTF-16 text`, {
      where: origin,
      fix: 'write it as UTF-8; in PowerShell: trivy … | Out-File -Encoding utf8 report.json',
    })
  }
  const nul = bytes.indexOf(0)
  if (nul >= 0) throw new StoplogError('E_INPUT_BINARY', `${origin} is binary: byte ${nul} is zero`, { where: origin })
  if (!isUtf8(bytes)) throw new StoplogError('E_INPUT_BINARY', `${origin} is not UTF-8 text`, { where: origin })
}

function toError(bytes: Uint8Array, origin: string, fault: JsonFault): StoplogError {
  const where = `${origin}:${placeOf(bytes, fault.offset)}`
  return new StoplogError(fault.kind === 'too-deep' ? 'E_INPUT_DEPTH' : 'E_INPUT_JSON', `${where} ${fault.reason}`, {
    where,
    ...(fault.kind === 'breaks-off' ? { cause: new DocumentBreaksOff(fault.reason) } : {}),
  })
}

/** `line:column` of a byte, both from 1; columns count characters. */
function placeOf(bytes: Uint8Array, offset: number): string {
  let line = 1
  let lineStart = 0
  for (let next = bytes.indexOf(0x0a); next >= 0 && next < offset; next = bytes.indexOf(0x0a, next + 1)) {
    line += 1
    lineStart = next + 1
  }
  return `${line}:${toText(bytes.subarray(lineStart, offset)).length + 1}`
}

function replaceNumbers(bytes: Uint8Array, places: readonly number[], replace: (number: string) => string): string {
  let text = ''
  let end = 0
  for (let index = 0; index < places.length; index += 2) {
    const start = places[index] ?? 0
    text += toText(bytes.subarray(end, start))
    end = places[index + 1] ?? 0
    text += replace(toText(bytes.subarray(start, end)))
  }
  return text + toText(bytes.subarray(end))
}

function toText(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8')
}

function parse(text: string): Json {
  const value: Json = JSON.parse(text)
  return value
}
