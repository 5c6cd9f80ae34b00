import { createRequire } from 'node:module'

/** CRC-32C of bytes, or of those from `start` to `end`, as an unsigned number. */
export type Crc32c = (data: Uint8Array, start?: number, end?: number) => number

/** The polynomial of Castagnoli, its bits reversed (RFC 3720, section 12.1). */
const POLYNOMIAL = 0x82f6_3b78

/** Below this size the tables are done before a call of the native library is; measured on x86-64. */
const NATIVE_FROM_BYTES = 256

/** Eight tables of 256 entries in a row: table `n` tells what a byte does that `n` others follow. */
const TABLES = createTables()

function createTables(): Int32Array {
  const tables = new Int32Array(8 * 256)
  for (let byte = 0; byte < 256; byte += 1) {
    let crc = byte
    for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ ((crc & 1) * POLYNOMIAL)
    tables[byte] = crc
  }
  for (let at = 256; at < tables.length; at += 1) {
    const before = tables[at - 256] ?? 0
    tables[at] = (before >>> 8) ^ (tables[before & 0xff] ?? 0)
  }
  return tables
}

/** CRC-32C in JavaScript, eight bytes a step by eight tables ("slicing-by-8", Kounavis and Berry, 2005). */
export const tableCrc32c: Crc32c = (data, start = 0, end = data.length) => {
  // The indices are within bounds: `?? 0` only tells the types so, and costs nothing.
  const t = TABLES
  let crc = -1
  let at = start
  for (; at + 8 <= end; at += 8) {
    crc ^= (data[at] ?? 0) | ((data[at + 1] ?? 0) << 8) | ((data[at + 2] ?? 0) << 16) | ((data[at + 3] ?? 0) << 24)
    crc =
      (t[0x700 + (crc & 0xff)] ?? 0) ^
      (t[0x600 + ((crc >>> 8) & 0xff)] ?? 0) ^
      (t[0x500 + ((crc >>> 16) & 0xff)] ?? 0) ^
      (t[0x400 + (crc >>> 24)] ?? 0) ^
      (t[0x300 + (data[at + 4] ?? 0)] ?? 0) ^
      (t[0x200 + (data[at + 5] ?? 0)] ?? 0) ^
      (t[0x100 + (data[at + 6] ?? 0)] ?? 0) ^
      (t[data[at + 7] ?? 0] ?? 0)
  }
  for (; at < end; at += 1) crc = (crc >>> 8) ^ (t[(crc ^ (data[at] ?? 0)) & 0xff] ?? 0)
  return (crc ^ -1) >>> 0
}

/** CRC-32C by the processor's own instruction; null where the optional package has no build for this platform. */
export const nativeCrc32c: Crc32c | null = loadNative()

function loadNative(): Crc32c | null {
  try {
    const native = createRequire(import.meta.url)('@node-rs/crc32') as { crc32c(data: Uint8Array): number }
    return (data, start = 0, end = data.length) => native.crc32c(data.subarray(start, end))
  } catch {
    return null
  }
}

/** CRC-32C by whatever is fastest here for so many bytes. */
export const crc32c: Crc32c =
  nativeCrc32c === null
    ? tableCrc32c
    : (data, start = 0, end = data.length) =>
        end - start < NATIVE_FROM_BYTES ? tableCrc32c(data, start, end) : nativeCrc32c(data, start, end)
