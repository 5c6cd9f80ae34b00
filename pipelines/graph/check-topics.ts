import type { CheckedDocument, CheckedSource, CheckedStream } from '../config/checked-document.ts'
import { toDiagnostic, type Finding } from '../config/findings.ts'
import { entryOf } from '../config/document-tree.ts'
import type { Diagnostic } from '../config/diagnostic.ts'
import type { Range } from '../config/source-text.ts'
import { PIPELINE_LIMITS } from '../limits.ts'
import { nodeTopic, topicNameFault } from './topic-names.ts'

/** The topic a node writes, and the place in the document that decides its name. */
interface OwnTopic {
  readonly topic: string
  readonly node: string
  readonly range: Range
  readonly path: readonly (string | number)[]
}

/** Looks at the topics that nodes write: names that are taken, and two nodes that would share one. */
export function checkTopics(document: CheckedDocument): readonly Finding[] {
  const pipeline = document.settings?.pipeline
  if (pipeline === undefined) return []
  const findings: Finding[] = []
  const owners = new Map<string, string>()
  for (const { topic, node, range, path } of ownTopics(document, pipeline)) {
    const fault = topicNameFault(topic, pipeline, PIPELINE_LIMITS.topicNameLength.default)
    const owner = owners.get(topic)
    if (fault !== undefined) findings.push({ code: 'E_TOPIC_NAME', range, path, message: fault })
    else if (owner !== undefined) {
      findings.push({ code: 'E_TOPIC_CLASH', range, path, message: `\`${owner}\` writes the topic ${topic} already` })
    }
    owners.set(topic, owner ?? node)
  }
  return [...findings, ...checkPartitionsMatch(document)]
}

/**
 * Looks at what several documents of one run have in common: their names must differ, and no topic may be written by
 * two of them.
 */
export function checkTogether(documents: readonly CheckedDocument[]): readonly Diagnostic[] {
  const diagnostics: Diagnostic[] = []
  const files = new Map<string, string>()
  const owners = new Map<string, { readonly file: string; readonly node: string }>()
  for (const document of documents) {
    const { source, settings, nameRange } = document
    if (settings === undefined) continue
    const other = files.get(settings.pipeline)
    if (other !== undefined) {
      const message = `${other} calls its pipeline \`${settings.pipeline}\`, too`
      diagnostics.push(
        toDiagnostic({ code: 'E_PIPELINE_CLASH', range: nameRange, path: ['pipeline'], message }, source),
      )
      continue
    }
    files.set(settings.pipeline, source.file)
    for (const { topic, node, range, path } of ownTopics(document, settings.pipeline)) {
      const owner = owners.get(topic)
      if (owner !== undefined && owner.file !== source.file) {
        const message = `\`${owner.node}\` of ${owner.file} writes the topic ${topic} already`
        diagnostics.push(toDiagnostic({ code: 'E_TOPIC_CLASH', range, path, message }, source))
      }
      owners.set(topic, owner ?? { file: source.file, node })
    }
  }
  return diagnostics
}

/** The number of partitions of a node's topic: its own, else the document's. */
export function partitionsOf(node: CheckedSource | CheckedStream, document: CheckedDocument): number {
  return node.settings?.partitions ?? document.settings?.partitions ?? 1
}

/** State is kept per partition, so all inputs of a stream must spread their keys over the same number of them. */
function checkPartitionsMatch(document: CheckedDocument): readonly Finding[] {
  const nodes = new Map([...document.sources, ...document.streams].map((node) => [node.name, node]))
  return document.streams.flatMap((stream) => {
    const stateful = stream.steps.find(({ plugin }) => plugin?.definition.stateful === true)
    const counts = stream.from.flatMap(({ name }) => {
      const node = nodes.get(name)
      return node === undefined ? [] : [{ name, partitions: partitionsOf(node, document) }]
    })
    const [first] = counts
    const other = counts.find(({ partitions }) => partitions !== first?.partitions)
    if (stateful === undefined || first === undefined || other === undefined) return []
    const range = stream.from[0]?.range ?? stream.range
    const message =
      `\`${stateful.name}\` needs inputs with equal partitions: ` +
      `\`${first.name}\` has ${first.partitions}, \`${other.name}\` ${other.partitions}`
    return [{ code: 'E_PARTITIONS' as const, range, path: [...stream.path, 'from'], message }]
  })
}

function ownTopics(document: CheckedDocument, pipeline: string): readonly OwnTopic[] {
  return [...document.sources, ...document.streams].map((node) => {
    const topic = node.settings?.topic
    if (topic === undefined) {
      return { topic: nodeTopic(pipeline, node.name), node: node.name, range: node.range, path: node.path }
    }
    const range = entryOf(node.tree, 'topic')?.value.range ?? node.range
    return { topic, node: node.name, range, path: [...node.path, 'topic'] }
  })
}
