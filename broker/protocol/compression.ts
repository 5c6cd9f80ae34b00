import { compressGzip, decompressGzip } from './compression/gzip.ts'
import { compressLz4, decompressLz4 } from './compression/lz4.ts'
import { compressSnappy, decompressSnappy } from './compression/snappy.ts'
import { compressZstd, decompressZstd, prepareZstd } from './compression/zstd.ts'
import type { Compression } from './record-batch.ts'

/** The codecs of record batches, as their attributes number them from 1 on. */
export type Codec = Exclude<Compression, 'none'>

interface Compressor {
  compress(data: Uint8Array): Buffer
  decompress(data: Uint8Array, maxBytes: number): Buffer
}

const COMPRESSORS: Readonly<Record<Codec, Compressor>> = {
  gzip: { compress: compressGzip, decompress: decompressGzip },
  snappy: { compress: compressSnappy, decompress: decompressSnappy },
  lz4: { compress: compressLz4, decompress: decompressLz4 },
  zstd: { compress: compressZstd, decompress: decompressZstd },
}

/** Loads what cannot be loaded on the spot. To be awaited once, before the first batch that may be zstd. */
export function prepareCompression(): Promise<void> {
  return prepareZstd()
}

/** Compresses with the codec's usual level, in a form that all clients read. */
export function compress(codec: Codec, data: Uint8Array): Buffer {
  return COMPRESSORS[codec].compress(data)
}

/**
 * Gives back what was compressed. Throws ProtocolError `bad-compression` where the data is not intact or would give
 * more than `maxBytes`: never is more memory taken than that, and where the data says its size, none at all.
 */
export function decompress(codec: Codec, data: Uint8Array, maxBytes: number): Buffer {
  return COMPRESSORS[codec].decompress(data, maxBytes)
}
