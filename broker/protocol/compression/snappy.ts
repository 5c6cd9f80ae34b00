import { createRequire } from 'node:module'
import type * as Snappy from 'snappy'
import { checkSize, malformed, unpackWith } from './malformed.ts'

/** Begins a stream as snappy-java writes it ("xerial"): then its version and the oldest compatible one, and blocks. */
const XERIAL_MAGIC = Buffer.from('82534e4150505900', 'hex')
const XERIAL_HEADER_BYTES = 16

/** A copy of three bytes makes 64; nothing in the format makes more of less. */
const MAX_RATIO = 22

const load = createRequire(import.meta.url)

/** Loaded with the first batch that needs it: every command would pay for it else. */
function snappy(): typeof Snappy {
  return load('snappy') as typeof Snappy
}

/** One raw block, as librdkafka writes it: every client reads that. */
export function compressSnappy(data: Uint8Array): Buffer {
  return snappy().compressSync(data)
}

/** Reads a raw block, or the blocks of xerial streams. The sizes that they announce are checked before any is unpacked. */
export function decompressSnappy(data: Uint8Array, maxBytes: number): Buffer {
  const source = Buffer.from(data.buffer, data.byteOffset, data.byteLength)
  if (!isXerial(source, 0)) {
    checkSize(announcedSize(source), maxBytes)
    return unpack(source)
  }
  let size = 0
  for (const block of xerialBlocks(source)) {
    size += announcedSize(block)
    checkSize(size, maxBytes)
  }
  const target = Buffer.allocUnsafeSlow(size)
  let to = 0
  for (const block of xerialBlocks(source)) to += unpack(block).copy(target, to)
  return target
}

function isXerial(source: Buffer, at: number): boolean {
  return source.length - at >= XERIAL_HEADER_BYTES && XERIAL_MAGIC.equals(source.subarray(at, at + XERIAL_MAGIC.length))
}

/** Each block has its size in front. A stream may follow another. */
function* xerialBlocks(source: Buffer): Generator<Buffer> {
  let at = 0
  while (at < source.length) {
    if (isXerial(source, at)) {
      at += XERIAL_HEADER_BYTES
      continue
    }
    if (source.length - at < 4) throw malformed('a snappy stream ends within the size of a block')
    const end = at + 4 + source.readInt32BE(at)
    if (end < at + 4 || end > source.length) throw malformed(`a snappy block ends at ${end} of ${source.length} bytes`)
    yield source.subarray(at + 4, end)
    at = end
  }
}

/** A block begins with its unpacked size, a varint. */
function announcedSize(block: Buffer): number {
  let size = 0
  for (let i = 0; i < 5; i += 1) {
    const byte = block[i] ?? 0x80
    size += (byte & 0x7f) * 2 ** (7 * i)
    if (byte >= 0x80) continue
    if (size > block.length * MAX_RATIO) throw malformed(`${block.length} bytes of snappy cannot give ${size}`)
    return size
  }
  throw malformed('a snappy block does not begin with its size')
}

function unpack(block: Buffer): Buffer {
  const { uncompressSync } = snappy()
  // With `asBuffer` it is never a text, which the types of the library do not tell.
  return unpackWith('snappy', () => uncompressSync(block, { asBuffer: true }) as Buffer)
}
