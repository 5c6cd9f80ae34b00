import { nearestName } from '../../schemas/nearest-name.ts'
import { StoplogError } from '../../schemas/stoplog-error.ts'
import type { Plan } from '../graph/plan.ts'
import type { TopicExtent } from '../runtime/topic-reading.ts'

/** Names of this form belong to the runtime; `topics` shows them with `--all` only. */
export function isInternal(topic: string): boolean {
  return topic.startsWith('__') || /(?:^|\.)_[^.]+$/.test(topic)
}

/** Where a name is looked for. */
export interface NameScope {
  readonly topics: readonly TopicExtent[]
  /** Of the document that was named; its nodes may have topics of any name. */
  readonly plan: Plan | null
  readonly pipeline: string | undefined
}

/**
 * The topic that a name means: the topic itself, a node of the document, or `<pipeline>.<name>` where only one pipeline
 * has such a node. Throws E_TOPIC_UNKNOWN with what could have been meant.
 */
export function resolveTopic(name: string, { topics, plan, pipeline }: NameScope): TopicExtent {
  const named = (topic: string): TopicExtent | undefined => topics.find((extent) => extent.name === topic)
  const node = plan === null ? undefined : [...plan.sources, ...plan.streams].find((each) => each.name === name)
  if (node !== undefined) {
    const topic = named(node.topic)
    if (topic !== undefined) return topic
    throw unknown(`${node.topic} does not exist yet`, 'run the document first')
  }
  const sink = plan?.sinks.find((each) => each.name === name)
  if (sink !== undefined) {
    throw unknown(`\`${name}\` is a sink, which has no topic`, `it reads: ${sink.from.join(', ')}`)
  }
  const ofPipeline = pipeline ?? plan?.pipeline
  const found = ofPipeline === undefined ? named(name) : (named(`${ofPipeline}.${name}`) ?? named(name))
  if (found !== undefined) return found
  return byEnding(name, `.${name}`, ofPipeline, topics)
}

/** The topic with the dead letters of a node: `findings`, or `security-scan.findings`. */
export function resolveDeadLetters(node: string, { topics, plan, pipeline }: NameScope): TopicExtent {
  const all = topics.filter(({ name }) => DEAD_LETTERS.test(name))
  const [, ofPipeline = pipeline ?? plan?.pipeline, name = node] = /^([^.]+)\.(.+)$/.exec(node) ?? []
  const ending = `._${name}-dead-letters`
  const found = all.filter((topic) => topic.name.endsWith(ending) && isOf(topic, ofPipeline))
  if (found.length === 1 && found[0] !== undefined) return found[0]
  if (found.length > 1)
    throw several(
      node,
      found.map((topic) => nodeOf(topic.name)),
    )
  const nodes = all.map((topic) => nodeOf(topic.name))
  const meant = nearestName(
    name,
    nodes.map((each) => each.slice(each.indexOf('.') + 1)),
  )
  const fix = meant === undefined ? '`dlq ls` lists the nodes that can have dead letters' : `did you mean \`${meant}\`?`
  throw unknown(`there is no node \`${node}\``, fix)
}

const DEAD_LETTERS = /^(.+)\._([^.]+)-dead-letters$/

/** `security-scan.findings` of its topic of dead letters. */
export function nodeOf(deadLetters: string): string {
  const [, pipeline = '', node = ''] = DEAD_LETTERS.exec(deadLetters) ?? []
  return `${pipeline}.${node}`
}

export function isDeadLetters(topic: string): boolean {
  return DEAD_LETTERS.test(topic)
}

function byEnding(
  name: string,
  ending: string,
  pipeline: string | undefined,
  topics: readonly TopicExtent[],
): TopicExtent {
  const found = topics.filter((topic) => topic.name.endsWith(ending) && isOf(topic, pipeline))
  if (found.length === 1 && found[0] !== undefined) return found[0]
  if (found.length > 1)
    throw several(
      name,
      found.map((topic) => topic.name),
    )
  const shown = topics.filter((topic) => !isInternal(topic.name)).map((topic) => topic.name)
  const meant = nearestName(name, [...shown.map((topic) => topic.slice(topic.indexOf('.') + 1)), ...shown])
  if (meant !== undefined) throw unknown(`there is no topic \`${name}\``, `did you mean \`${meant}\`?`)
  const fix = shown.length === 0 ? 'run a document first' : `there are: ${shown.slice(0, MAX_LISTED).join(', ')}`
  throw unknown(`there is no topic \`${name}\``, fix)
}

const MAX_LISTED = 20

function isOf({ name }: TopicExtent, pipeline: string | undefined): boolean {
  return pipeline === undefined || name.startsWith(`${pipeline}.`)
}

function several(name: string, candidates: readonly string[]): StoplogError {
  return unknown(`\`${name}\` is the name of several`, `write one of: ${candidates.join(', ')}`)
}

function unknown(message: string, fix: string): StoplogError {
  return new StoplogError('E_TOPIC_UNKNOWN', message, { fix })
}
