import { malformed } from './malformed.ts'

/** One frame and the most that it can give. */
export interface ZstdFrame {
  readonly bytes: Buffer
  readonly maxSize: number
  /** Whether it gives exactly that. */
  readonly isCertain: boolean
}

/** Values of the headers of frames and blocks. Source: RFC 8878, section 3.1. */
const FRAME_MAGIC = 0xfd2f_b528
const SKIPPABLE_MAGIC = 0x184d_2a50
const SKIPPABLE_MASK = 0xffff_fff0
const IS_SINGLE_SEGMENT = 0x20
const HAS_CHECKSUM = 0x04
const DICTIONARY_ID_MASK = 0x03

const MAX_BLOCK_BYTES = 131_072
const BLOCK_RLE = 1
const BLOCK_COMPRESSED = 2

/**
 * The frames with content, found by walking over their blocks without unpacking any. What a frame can give is what its
 * header says, or where it says nothing, what its blocks can give. Throws where frames do not end with the data.
 */
export function* zstdFrames(source: Buffer): Generator<ZstdFrame> {
  let at = 0
  do {
    const magic = littleEndian(source, at, 4)
    if ((magic & SKIPPABLE_MASK) >>> 0 === SKIPPABLE_MAGIC) {
      at += 8 + littleEndian(source, at + 4, 4)
      if (at > source.length) throw malformed('a zstd frame is cut')
      continue
    }
    if (magic !== FRAME_MAGIC) throw malformed('not a zstd frame')
    const { end, maxSize, isCertain } = walkFrame(source, at + 4)
    yield { bytes: source.subarray(at, end), maxSize, isCertain }
    at = end
  } while (at < source.length)
}

interface Walked {
  readonly end: number
  readonly maxSize: number
  readonly isCertain: boolean
}

function walkFrame(source: Buffer, descriptorAt: number): Walked {
  const descriptor = littleEndian(source, descriptorAt, 1)
  const isSingleSegment = (descriptor & IS_SINGLE_SEGMENT) !== 0
  if ((descriptor & DICTIONARY_ID_MASK) !== 0) throw malformed('a zstd frame needs a dictionary')
  // A frame of one segment has no window, which is one byte.
  const sizeAt = descriptorAt + (isSingleSegment ? 1 : 2)
  const sizeBytes = [isSingleSegment ? 1 : 0, 2, 4, 8][descriptor >>> 6] ?? 0
  // The two-byte form begins where the one-byte form ends.
  const contentSize = sizeBytes === 0 ? null : littleEndian(source, sizeAt, sizeBytes) + (sizeBytes === 2 ? 256 : 0)
  const blocks = walkBlocks(source, sizeAt + sizeBytes)
  if (contentSize !== null && contentSize > blocks.maxSize)
    throw malformed(`the blocks of a zstd frame cannot give ${contentSize} bytes`)
  const end = blocks.end + ((descriptor & HAS_CHECKSUM) === 0 ? 0 : 4)
  if (end > source.length) throw malformed('a zstd frame is cut')
  return { end, maxSize: contentSize ?? blocks.maxSize, isCertain: contentSize !== null || blocks.isCertain }
}

/** Only what a compressed block gives is not certain. */
function walkBlocks(source: Buffer, firstAt: number): Walked {
  let at = firstAt
  let maxSize = 0
  let isCertain = true
  for (let isLast = false; !isLast;) {
    const header = littleEndian(source, at, 3)
    const type = (header >>> 1) & 3
    const size = header >>> 3
    isLast = (header & 1) !== 0
    if (type > BLOCK_COMPRESSED || size > MAX_BLOCK_BYTES) throw malformed('a zstd block of an unknown type or size')
    if (type === BLOCK_COMPRESSED) isCertain = false
    maxSize += type === BLOCK_COMPRESSED ? MAX_BLOCK_BYTES : size
    at += 3 + (type === BLOCK_RLE ? 1 : size)
  }
  return { end: at, maxSize, isCertain }
}

/** Sizes beyond 2^53 are rounded, and too large all the same. */
function littleEndian(source: Buffer, at: number, bytes: number): number {
  if (source.length - at < bytes) throw malformed('a zstd frame is cut')
  let value = 0
  for (let i = bytes - 1; i >= 0; i -= 1) value = value * 256 + (source[at + i] ?? 0)
  return value
}
