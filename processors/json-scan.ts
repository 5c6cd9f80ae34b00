import { JSON_SCAN_MODULE } from './json-scan-module.ts'
import { webAssembly, type WasmMemory } from '../schemas/web-assembly.ts'

/** What `json-scan.wat` exports. */
interface JsonScan {
  readonly memory: WasmMemory
  readonly scan: (start: number, end: number) => number
}

/** Longer texts are left to JSON.parse: the module's memory has room for this one and its tape. */
const MAX_TEXT_BYTES = 1_048_576
/** Copied at a time where texts have neighbours: whoever asks about one mostly goes on to those behind it. */
const COPIED_BYTES = 32_768
/** Where the module says that a number is long, and where the tape begins, in numbers of four bytes. */
const IS_LONG = 0x10_fffc / 4
export const TAPE_START = 0x11_0000 / 4

/** The text is no JSON map, or one that only JSON.parse can tell about. */
export const NONE = -1

/** Numbers that a field takes on the tape, and what each of them says. */
export const FIELD_SIZE = 5
export const NAME_START = 0
/** Negative for a name with an escape, which only a parser can read. */
export const NAME_END = 1
export const VALUE_START = 2
export const VALUE_END = 3
/** Place on the tape of the field that follows in the same map, or where its fields end. */
export const NEXT = 4

const bytes = Buffer.from(JSON_SCAN_MODULE, 'base64')
// A module has no types; these are the ones that its text declares.
const { memory, scan } = new webAssembly.Instance(new webAssembly.Module(bytes), {}).exports as unknown as JsonScan

/** Holds the text that was scanned last: a copy, so nobody else writes there. */
export const TEXT = Buffer.from(memory.buffer)
/** The fields of the map in the order in which they are written, those of a map within it right behind its own. */
export const TAPE = new Int32Array(memory.buffer)

/** What TEXT is a copy of: a part of `source`, from `start` to `end`. */
const copied: { source: Uint8Array | null; start: number; end: number } = { source: null, start: 0, end: 0 }

/**
 * Checks that the bytes from `start` to `end` are a JSON map, as JSON.parse does, and notes on the tape where its fields
 * stand in TEXT; those of maps that stand in lists are only checked. Gives the place where the tape ends, or NONE. With
 * `hasNeighbours`, no byte of `source` changes as long as somebody asks about texts in it.
 */
export function scanJson(source: Uint8Array, start: number, end: number, hasNeighbours: boolean): number {
  if (end - start > MAX_TEXT_BYTES) return NONE
  if (!hasNeighbours || source !== copied.source || start < copied.start || end > copied.end) {
    copy(source, start, hasNeighbours ? Math.max(end, Math.min(start + COPIED_BYTES, source.length)) : end)
  }
  const from = start - copied.start
  const to = end - copied.start
  const behind = TEXT[to] ?? 0
  const tapeEnd = scan(from, to)
  // The module has put a zero there, where another text may stand.
  TEXT[to] = behind
  return tapeEnd
}

function copy(source: Uint8Array, start: number, end: number): void {
  copied.source = source
  copied.start = start
  copied.end = end
  // A view of the plainest class is the cheapest to make.
  TEXT.set(new Uint8Array(source.buffer, source.byteOffset + start, end - start))
}

/** Whether some number of the text scanned last may be one that a double cannot carry. */
export function hasLongNumber(): boolean {
  return TAPE[IS_LONG] !== 0
}
