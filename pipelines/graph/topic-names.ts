/** Names that the runtime gives to topics and groups. Node names hold no "." and no "_", so none of them clash. */

export function nodeTopic(pipeline: string, node: string): string {
  return `${pipeline}.${node}`
}

export function deadLetterTopic(pipeline: string, node: string): string {
  return `${pipeline}._${node}-dead-letters`
}

export function changelogTopic(pipeline: string, node: string): string {
  return `${pipeline}._${node}-changelog`
}

/** Decisions of all policies of a pipeline. */
export function decisionsTopic(pipeline: string): string {
  return `${pipeline}._decisions`
}

/** Positions of all pull sources of a pipeline. */
export function positionsTopic(pipeline: string): string {
  return `${pipeline}._positions`
}

/** All streams of a pipeline read as one group. */
export function streamsGroup(pipeline: string): string {
  return pipeline
}

/** Each sink reads at its own pace. */
export function sinkGroup(pipeline: string, sink: string): string {
  return `${pipeline}.${sink}`
}

/** Why a name cannot be the topic of a node; undefined when it can. */
export function topicNameFault(name: string, pipeline: string, maxLength: number): string | undefined {
  if (name.length > maxLength) return `a topic name has at most ${maxLength} characters`
  if (name.startsWith('__')) return 'names that begin with "__" are for Kafka itself'
  if (name.startsWith(`${pipeline}._`)) return `names that begin with "${pipeline}._" are for Stoplog itself`
  return undefined
}
