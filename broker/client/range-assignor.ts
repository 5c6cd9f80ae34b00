import type { TopicPartition } from './consumer-protocol.ts'

/** A member and what it wants to read. */
export interface Subscriber {
  readonly memberId: string
  readonly topics: readonly string[]
}

/**
 * Kafka's range assignment: each topic's partitions, in order, in as even stretches as can be over its subscribers,
 * who are ordered by id. Topics with the same number of partitions and the same subscribers are shared out alike, so
 * partition n of each goes to one member: what joins and stateful steps need.
 */
export function assignRange(
  subscribers: readonly Subscriber[],
  partitionsOf: ReadonlyMap<string, number>,
): ReadonlyMap<string, readonly TopicPartition[]> {
  const assigned = new Map<string, TopicPartition[]>(subscribers.map(({ memberId }) => [memberId, []]))
  for (const topic of [...partitionsOf.keys()].sort()) {
    const members = subscribers
      .filter(({ topics }) => topics.includes(topic))
      .map(({ memberId }) => memberId)
      .sort()
    const count = partitionsOf.get(topic) ?? 0
    const share = Math.floor(count / Math.max(members.length, 1))
    const extra = count % Math.max(members.length, 1)
    let next = 0
    for (const [index, memberId] of members.entries()) {
      const end = next + share + (index < extra ? 1 : 0)
      for (; next < end; next += 1) assigned.get(memberId)?.push({ topic, partition: next })
    }
  }
  return assigned
}
