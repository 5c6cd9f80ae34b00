import { gunzipSync, gzipSync } from 'node:zlib'
import { unpackWith } from './malformed.ts'

export function compressGzip(data: Uint8Array): Buffer {
  return gzipSync(data)
}

/** The format says its size only at the end, where nobody can trust it: zlib stops when it has given `maxBytes`. */
export function decompressGzip(data: Uint8Array, maxBytes: number): Buffer {
  return unpackWith('gzip', () => gunzipSync(data, { maxOutputLength: maxBytes }))
}
