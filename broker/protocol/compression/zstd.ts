import * as zlib from 'node:zlib'
import { checkSize, unpackWith } from './malformed.ts'
import { type ZstdFrame, zstdFrames } from './zstd-frame.ts'

/** Zstd's own default, and Kafka's. */
const LEVEL = 3

interface ZstdLibrary {
  readonly compress: (data: Uint8Array) => Uint8Array
  /** Unpacks one frame, of which it is known that it gives at most `maxSize`; otherwise it throws. */
  readonly decompress: (frame: Buffer, maxSize: number) => Uint8Array
}

/** Node has it since 22.15; its types for Node 20 do not. */
interface NodeZstd {
  readonly zstdCompressSync?: (data: Uint8Array) => Buffer
  readonly zstdDecompressSync?: (data: Uint8Array, options: { maxOutputLength: number }) => Buffer
}

let library: ZstdLibrary | null = fromNode(zlib as NodeZstd)

function fromNode({ zstdCompressSync, zstdDecompressSync }: NodeZstd): ZstdLibrary | null {
  if (zstdCompressSync === undefined || zstdDecompressSync === undefined) return null
  return {
    compress: (data) => zstdCompressSync(data),
    decompress: (frame, maxSize) => zstdDecompressSync(frame, { maxOutputLength: Math.max(maxSize, 1) }),
  }
}

let loading: Promise<ZstdLibrary> | null = null

/** Loads zstd as WebAssembly where Node has none; once, whoever asks. */
export async function prepareZstd(): Promise<void> {
  if (library !== null) return
  loading ??= fromWasm()
  library = await loading
}

async function fromWasm(): Promise<ZstdLibrary> {
  const { compress, decompress, init } = await import('@bokuweb/zstd-wasm')
  await init()
  return {
    compress: (data) => compress(data, LEVEL),
    // It takes the size from the frame, or where there is none, this one.
    decompress: (frame, maxSize) => decompress(frame, { defaultHeapSize: maxSize }),
  }
}

function loaded(): ZstdLibrary {
  if (library === null) throw new Error('zstd is not loaded: prepareCompression() was not awaited')
  return library
}

export function compressZstd(data: Uint8Array): Buffer {
  return asBuffer(loaded().compress(data))
}

/**
 * Reads frames with or without a size: what they say is added up first, and each is unpacked into no more than it can
 * give and the reader still allows.
 */
export function decompressZstd(data: Uint8Array, maxBytes: number): Buffer {
  const zstd = loaded()
  const decompress = (frame: Buffer, maxSize: number): Uint8Array =>
    unpackWith('zstd', () => zstd.decompress(frame, maxSize))
  const source = asBuffer(data)
  let only: ZstdFrame | null = null
  let frames = 0
  let certain = 0
  let capacity = 0
  for (const frame of zstdFrames(source)) {
    only = frames === 0 ? frame : null
    frames += 1
    if (frame.isCertain) certain += frame.maxSize
    checkSize(certain, maxBytes)
    capacity = Math.min(capacity + frame.maxSize, maxBytes)
  }
  if (only !== null) return asBuffer(decompress(only.bytes, capacity))
  const target = Buffer.allocUnsafeSlow(capacity)
  let to = 0
  for (const { bytes, maxSize } of zstdFrames(source)) {
    const part = decompress(bytes, Math.min(maxSize, capacity - to))
    checkSize(to + part.length, capacity)
    target.set(part, to)
    to += part.length
  }
  return target.subarray(0, to)
}

function asBuffer(data: Uint8Array): Buffer {
  return Buffer.from(data.buffer, data.byteOffset, data.byteLength)
}
