import { ProtocolError } from '../protocol/protocol-error.ts'
import { Reader } from '../protocol/reader.ts'
import type { Group } from './group.ts'
import { metadataFor } from './protocol-vote.ts'

const CONSUMER = 'consumer'

/**
 * Topics that the members of a consumer group subscribe to, by Kafka's ConsumerProtocolSubscription: its first version
 * is the beginning of all later ones. Null when they cannot be known: another protocol type, no protocol chosen yet, or
 * bytes that are no subscription.
 */
export function subscribedTopics(group: Group): ReadonlySet<string> | null {
  if (group.protocolType !== CONSUMER) return null
  if (group.members.size === 0) return new Set()
  if (group.protocolName === null) return null
  const topics = new Set<string>()
  try {
    for (const member of group.members.values()) {
      for (const topic of readTopics(new Reader(metadataFor(member, group.protocolName)))) topics.add(topic)
    }
  } catch (error) {
    if (error instanceof ProtocolError) return null
    throw error
  }
  return topics
}

function* readTopics(reader: Reader): Iterable<string> {
  const version = reader.int16()
  if (version < 0) throw new ProtocolError('bad-value', `subscription version ${version}`)
  const count = reader.int32()
  for (let i = 0; i < count; i += 1) yield reader.text(reader.int16())
}
