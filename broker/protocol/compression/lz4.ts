import type * as Lz4 from 'lz4-napi'
import { createRequire } from 'node:module'
import { lz4BlockSize, unpackLz4Block } from './lz4-block.ts'
import { checkSize, malformed } from './malformed.ts'

/** Values of the header of a frame. Source: LZ4 Frame Format Description 1.6. */
const FRAME_MAGIC = 0x184d_2204
const SKIPPABLE_MAGIC = 0x184d_2a50
const SKIPPABLE_MASK = 0xffff_fff0
const VERSION_MASK = 0xc0
const VERSION_1 = 0x40
const HAS_BLOCK_CHECKSUMS = 0x10
const HAS_CONTENT_SIZE = 0x08
const HAS_CONTENT_CHECKSUM = 0x04
const HAS_DICTIONARY = 0x01

/** Highest bit of a block's size. */
const IS_RAW = 0x8000_0000

interface Lz4Block {
  readonly at: number
  readonly end: number
  readonly isRaw: boolean
}

const load = createRequire(import.meta.url)

/** One frame of blocks that do not refer to each other: what Java clients can read. */
export function compressLz4(data: Uint8Array): Buffer {
  // Loaded with the first batch that needs it: every command would pay for it else.
  const { compressFrameSync } = load('lz4-napi') as typeof Lz4
  return compressFrameSync(asBuffer(data))
}

/**
 * Reads frames as all clients write them; their sizes are counted before any memory is taken. Not lz4-napi: that one
 * knows no bound, drops all frames but the first, takes a cut one for whole, and is no faster. The checksums of a frame
 * are passed over: a batch has one over all of it, and some clients computed that of the header wrongly (KAFKA-3160).
 */
export function decompressLz4(data: Uint8Array, maxBytes: number): Buffer {
  const source = asBuffer(data)
  let size = 0
  for (const { at, end, isRaw } of blocksOf(source)) {
    size += isRaw ? end - at : lz4BlockSize(source, at, end)
    checkSize(size, maxBytes)
  }
  const target = Buffer.allocUnsafeSlow(size)
  let to = 0
  for (const { at, end, isRaw } of blocksOf(source)) {
    to = isRaw ? to + source.copy(target, to, at, end) : unpackLz4Block(source, at, end, target, to)
  }
  return target
}

/** The blocks of all frames. Throws where the frames do not end with the data. */
function* blocksOf(source: Buffer): Generator<Lz4Block> {
  let at = 0
  do {
    const magic = uint32(source, at)
    if ((magic & SKIPPABLE_MASK) >>> 0 === SKIPPABLE_MAGIC) at += 8 + uint32(source, at + 4)
    else if (magic === FRAME_MAGIC) at = yield* blocksOfFrame(source, at + 4)
    else throw malformed('not an LZ4 frame')
    if (at > source.length) throw malformed('an LZ4 frame is cut')
  } while (at < source.length)
}

/** Returns where the frame ends. */
function* blocksOfFrame(source: Buffer, descriptorAt: number): Generator<Lz4Block, number> {
  const flags = source[descriptorAt] ?? 0
  if ((flags & VERSION_MASK) !== VERSION_1) throw malformed('unknown version of LZ4 frames')
  if ((flags & HAS_DICTIONARY) !== 0) throw malformed('an LZ4 frame needs a dictionary')
  // Flags, largest block, the size of the content if it is told, and a checksum of these.
  let at = descriptorAt + 3 + ((flags & HAS_CONTENT_SIZE) === 0 ? 0 : 8)
  for (;;) {
    const word = uint32(source, at)
    at += 4
    if (word === 0) break
    const end = at + (word & ~IS_RAW)
    if (end > source.length) throw malformed('an LZ4 frame is cut')
    yield { at, end, isRaw: word >= IS_RAW }
    at = end + ((flags & HAS_BLOCK_CHECKSUMS) === 0 ? 0 : 4)
  }
  return at + ((flags & HAS_CONTENT_CHECKSUM) === 0 ? 0 : 4)
}

function uint32(source: Buffer, at: number): number {
  if (source.length - at < 4) throw malformed('an LZ4 frame is cut')
  return source.readUInt32LE(at)
}

function asBuffer(data: Uint8Array): Buffer {
  return Buffer.from(data.buffer, data.byteOffset, data.byteLength)
}
