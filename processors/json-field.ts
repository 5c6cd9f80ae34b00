import type { Json } from '../schemas/json.ts'
import {
  endOfNumberOrWord,
  endOfPlainString,
  endOfString,
  isAscii,
  type JsonBytes,
  NONE,
  skipSpace,
} from './json-token.ts'

const QUOTE = 0x22
const COMMA = 0x2c
const COLON = 0x3a
const OPEN_LIST = 0x5b
const CLOSE_LIST = 0x5d
const OPEN_MAP = 0x7b
const CLOSE_MAP = 0x7d

/** As many containers as a number has bits; deeper documents are left to JSON.parse. */
const MAX_DEPTH = 31

/** Of the bytes that were looked at last: the records of one batch share them. */
let latest: JsonBytes & { readonly buffer: Buffer } = viewsOf(new Uint8Array(0))

/**
 * One field of the JSON map that stands in `bytes` from `start` to `end`, without parsing the rest: what
 * `JSON.parse(text)[name]` is. Undefined where there is no such field, where the text is not JSON from beginning to
 * end, and for a few documents that only JSON.parse can tell about (escapes in names, great depth): whoever gets
 * undefined has to parse.
 *
 * One pass without recursion: `maps` holds a bit for each container that is open, the innermost lowest, set for a map.
 */
export function jsonField(bytes: Uint8Array, start: number, end: number, name: string): Json | undefined {
  if (latest.bytes !== bytes) latest = viewsOf(bytes)
  const views = latest
  let at = skipSpace(bytes, start, end)
  if (at >= end || bytes[at] !== OPEN_MAP) return undefined
  at += 1
  let depth = 1
  let maps = 1
  let isWanted = false
  let valueStart = NONE
  let contentStart = NONE
  let contentEnd = NONE
  while (depth > 0) {
    at = skipSpace(bytes, at, end)
    if ((maps & 1) === 1) {
      const nameEnd = depth === 1 ? endOfPlainString(views, at, end) : endOfString(views, at, end)
      if (nameEnd === NONE) return undefined
      if (depth === 1) isWanted = isAscii(bytes, at + 1, nameEnd - 1, name)
      at = skipSpace(bytes, nameEnd, end)
      if (at >= end || bytes[at] !== COLON) return undefined
      at = skipSpace(bytes, at + 1, end)
    }
    if (at >= end) return undefined
    if (depth === 1) valueStart = at
    const first = bytes[at]
    if (first === OPEN_MAP || first === OPEN_LIST) {
      if (depth === MAX_DEPTH) return undefined
      depth += 1
      maps = (maps << 1) | (first === OPEN_MAP ? 1 : 0)
      at = skipSpace(bytes, at + 1, end)
      if (at >= end) return undefined
      if (bytes[at] !== closeOf(maps)) continue
    } else {
      at = first === QUOTE ? endOfString(views, at, end) : endOfNumberOrWord(bytes, at, end)
      if (at === NONE) return undefined
    }
    // Behind a value, or at the end of an empty container: close what ends here.
    for (;;) {
      // As in JSON.parse, the last of several counts.
      if (depth === 1 && isWanted) [contentStart, contentEnd] = [valueStart, at]
      at = skipSpace(bytes, at, end)
      if (at >= end) return undefined
      const byte = bytes[at]
      at += 1
      if (byte === COMMA) break
      if (byte !== closeOf(maps)) return undefined
      depth -= 1
      maps >>>= 1
      if (depth === 0) break
    }
  }
  if (contentStart === NONE || skipSpace(bytes, at, end) !== end) return undefined
  return parse(views.buffer.toString('utf8', contentStart, contentEnd))
}

/** What ends the innermost container. */
function closeOf(maps: number): number {
  return (maps & 1) === 1 ? CLOSE_MAP : CLOSE_LIST
}

/** A text that stands for itself needs no parser. */
function parse(json: string): Json {
  return json.startsWith('"') && !json.includes('\\') ? json.slice(1, -1) : (JSON.parse(json) as Json)
}

function viewsOf(bytes: Uint8Array): typeof latest {
  const { buffer, byteOffset, byteLength } = bytes
  return {
    bytes,
    buffer: Buffer.from(buffer, byteOffset, byteLength),
    view: new DataView(buffer, byteOffset, byteLength),
  }
}
