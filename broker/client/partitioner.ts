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

/** Where every Kafka client puts a record with this key. */
export function partitionOf(key: Uint8Array, partitions: number): number {
  return (murmur2(key) & 0x7fff_ffff) % partitions
}
