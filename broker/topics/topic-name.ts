const MAX_LENGTH = 249

/** Why a text cannot be the name of a topic, in Kafka's words, or null when it can (apache/kafka `Topic.validate`). */
export function refuseTopicName(name: string): string | null {
  if (name === '') return 'Topic name is invalid: the empty string is not allowed'
  if (name === '.' || name === '..') return "Topic name is invalid: '.' or '..' is not allowed"
  if (name.length > MAX_LENGTH) return `Topic name is invalid: the length of '${name}' is longer than ${MAX_LENGTH}`
  if (!/^[a-zA-Z0-9._-]+$/.test(name)) {
    return `Topic name is invalid: '${name}' contains one or more characters other than ASCII alphanumerics, '.', '_' and '-'`
  }
  return null
}
