import { malformed } from './malformed.ts'

/**
 * LZ4 blocks: a row of sequences. Each has a token with two short lengths, literals to take over, and a match: how far
 * back to go in what was already unpacked, and how many bytes to repeat from there. The last one is literals only.
 * Source: LZ4 Block Format Description.
 */
const SHORT_LENGTH_MAX = 15
const MIN_MATCH = 4

/** From here on a call of the runtime's own copy is worth it. */
const SHORT_COPY_BYTES = 24

/** What the block between `at` and `end` will give, counted without unpacking. Throws where its sequences do not end at `end`. */
export function lz4BlockSize(source: Uint8Array, at: number, end: number): number {
  let from = at
  let size = 0
  while (from < end) {
    const token = source[from++] ?? 0
    let literals = token >>> 4
    if (literals === SHORT_LENGTH_MAX) {
      let more: number
      do {
        more = source[from++] ?? 0
        literals += more
      } while (more === 0xff)
    }
    from += literals
    size += literals
    if (from >= end) break
    from += 2
    let match = token & SHORT_LENGTH_MAX
    if (match === SHORT_LENGTH_MAX) {
      let more: number
      do {
        more = source[from++] ?? 0
        match += more
      } while (more === 0xff)
    }
    size += match + MIN_MATCH
  }
  if (from !== end) throw malformed('an LZ4 sequence goes beyond its block')
  return size
}

/**
 * Unpacks a block whose size was counted by `lz4BlockSize` and fits into the target from `to` on; returns where it
 * ends there. Matches may reach back to the beginning of the target.
 */
export function unpackLz4Block(source: Buffer, at: number, end: number, target: Buffer, to: number): number {
  let from = at
  let next = to
  while (from < end) {
    const token = source[from++] ?? 0
    let literals = token >>> 4
    if (literals === SHORT_LENGTH_MAX) {
      let more: number
      do {
        more = source[from++] ?? 0
        literals += more
      } while (more === 0xff)
    }
    if (literals < SHORT_COPY_BYTES) for (let i = 0; i < literals; i += 1) target[next + i] = source[from + i] ?? 0
    else source.copy(target, next, from, from + literals)
    from += literals
    next += literals
    if (from >= end) break
    const distance = (source[from] ?? 0) | ((source[from + 1] ?? 0) << 8)
    from += 2
    let match = token & SHORT_LENGTH_MAX
    if (match === SHORT_LENGTH_MAX) {
      let more: number
      do {
        more = source[from++] ?? 0
        match += more
      } while (more === 0xff)
    }
    match += MIN_MATCH
    if (distance === 0 || distance > next) throw malformed(`an LZ4 match ${distance} bytes back, ${next} are there`)
    next = repeat(target, next, distance, match)
  }
  return next
}

/** A match may overlap what it makes: then it repeats itself, byte by byte. */
function repeat(target: Buffer, at: number, distance: number, size: number): number {
  if (size >= SHORT_COPY_BYTES && distance >= size) {
    target.copyWithin(at, at - distance, at - distance + size)
    return at + size
  }
  const end = at + size
  for (let to = at, from = at - distance; to < end; to += 1, from += 1) target[to] = target[from] ?? 0
  return end
}
