import { gunzipSync, gzipSync } from 'node:zlib'
import { checkSize, unpackWith } from './malformed.ts'

export function compressGzip(data: Uint8Array): Buffer {
  return gzipSync(data)
}

/** The format says its size only at the end, where nobody can trust it: zlib is stopped when it gives too much. */
export function decompressGzip(data: Uint8Array, maxBytes: number): Buffer {
  const unpacked = unpackWith('gzip', () => gunzipSync(data, { maxOutputLength: maxBytes + 1 }))
  checkSize(unpacked.length, maxBytes)
  return unpacked
}
