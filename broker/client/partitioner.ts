const SEED = 0x9747_b28c
const M = 0x5bd1_e995

/** Java's murmur2, as Kafka's default partitioner uses it (apache/kafka `Utils.murmur2`). */
export function murmur2(data: Uint8Array): number {
  const length = data.length
  let h = SEED ^ length
  let at = 0
  for (; at + 4 <= length; at += 4) {
    let k = (data[at] ?? 0) | ((data[at + 1] ?? 0) << 8) | ((data[at + 2] ?? 0) << 16) | ((data[at + 3] ?? 0) << 24)
    k = Math.imul(k, M)
    k ^= k >>> 24
    k = Math.imul(k, M)
    h = Math.imul(h, M) ^ k
  }
  const rest = length - at
  if (rest === 3) h ^= (data[at + 2] ?? 0) << 16
  if (rest >= 2) h ^= (data[at + 1] ?? 0) << 8
  if (rest >= 1) h = Math.imul(h ^ (data[at] ?? 0), M)
  h ^= h >>> 13
  h = Math.imul(h, M)
  return h ^ (h >>> 15)
}

/** As `partitionOf`, for a key that is a text; texts of ASCII are hashed without being encoded first. */
export function partitionOfText(key: string, partitions: number): number {
  return (murmur2OfText(key) & 0x7fff_ffff) % partitions
}

function murmur2OfText(text: string): number {
  const length = text.length
  let h = SEED ^ length
  let at = 0
  let seen = 0
  for (; at + 4 <= length; at += 4) {
    const a = text.charCodeAt(at)
    const b = text.charCodeAt(at + 1)
    const c = text.charCodeAt(at + 2)
    const d = text.charCodeAt(at + 3)
    seen |= a | b | c | d
    let k = a | (b << 8) | (c << 16) | (d << 24)
    k = Math.imul(k, M)
    k ^= k >>> 24
    k = Math.imul(k, M)
    h = Math.imul(h, M) ^ k
  }
  for (let i = at; i < length; i += 1) seen |= text.charCodeAt(i)
  if (seen > 0x7f) return murmur2(Buffer.from(text))
  const rest = length - at
  if (rest === 3) h ^= text.charCodeAt(at + 2) << 16
  if (rest >= 2) h ^= text.charCodeAt(at + 1) << 8
  if (rest >= 1) h = Math.imul(h ^ text.charCodeAt(at), M)
  h ^= h >>> 13
  h = Math.imul(h, M)
  return h ^ (h >>> 15)
}

/** Where every Kafka client puts a record with this key. */
export function partitionOf(key: Uint8Array, partitions: number): number {
  return (murmur2(key) & 0x7fff_ffff) % partitions
}
