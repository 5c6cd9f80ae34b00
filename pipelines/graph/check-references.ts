import { nearestName } from '../../schemas/nearest-name.ts'
import type { CheckedDocument, CheckedSink, CheckedStream, NodeReference } from '../config/checked-document.ts'
import type { Finding } from '../config/findings.ts'
import { findCycles } from './topology.ts'

/** Looks at every name that one node says of another: unknown, twice, a sink, in a circle, missing, unused. */
export function checkReferences(document: CheckedDocument): readonly Finding[] {
  const { sources, streams, sinks } = document
  const topics = new Set([...sources, ...streams].map((node) => node.name))
  const known = new Set([...topics, ...document.otherNames])
  const sinkNames = new Set(sinks.map((sink) => sink.name))
  const fromFindings = [...streams, ...sinks].flatMap((node) => checkFrom(node, known, sinkNames))
  const nodes = new Set([...known, ...sinkNames])
  // What is wrong elsewhere may be the very thing that would read a source.
  const isClear = document.isSound && fromFindings.length === 0
  return [
    ...fromFindings,
    ...findCycles(streams.map(toGraphNode)).map((cycle) => cycleFinding(cycle, streams)),
    ...(isClear ? unusedSources(document) : []),
    ...document.testedNodes.filter(({ name }) => !nodes.has(name)).map((each) => unknownNode(each, [...nodes])),
  ]
}

function checkFrom(
  node: CheckedStream | CheckedSink,
  known: ReadonlySet<string>,
  sinks: ReadonlySet<string>,
): Finding[] {
  const findings: Finding[] = []
  const seen = new Set<string>()
  for (const reference of node.from) {
    const { name, range, path } = reference
    if (seen.has(name)) {
      findings.push({ code: 'E_FROM_TWICE', range, path, message: `\`${name}\` is named twice` })
    } else if (sinks.has(name)) {
      const message = `\`${name}\` is a sink; it has no topic that could be read`
      findings.push({ code: 'E_UNKNOWN_NODE', range, path, message, fix: 'read what the sink reads' })
    } else if (!known.has(name)) findings.push(unknownNode(reference, [...known]))
    seen.add(name)
  }
  if (node.settings !== undefined && node.settings.from.length === 0) {
    const message = `nothing feeds the ${node.kind} \`${node.name}\``
    findings.push({ code: 'E_UNFED', range: node.range, path: node.path, message })
  }
  return findings
}

function unknownNode({ name, range, path }: NodeReference, known: readonly string[]): Finding {
  const near = nearestName(name, known)
  const names = known.length === 0 ? 'there is none yet' : `there are ${known.join(', ')}`
  return {
    code: 'E_UNKNOWN_NODE',
    range,
    path,
    message: `there is no source or stream \`${name}\``,
    fix: near === undefined ? names : `did you mean \`${near}\`?`,
  }
}

function cycleFinding(cycle: readonly string[], streams: readonly CheckedStream[]): Finding {
  const [first = ''] = cycle
  const last = cycle.at(-1)
  const stream = streams.find(({ name }) => name === first)
  const reference = stream?.from.find(({ name }) => name === last)
  return {
    code: 'E_CYCLE',
    range: reference?.range ?? stream?.range ?? { start: 0, end: 0 },
    path: reference?.path ?? [],
    message: `these streams feed each other: ${[...cycle, first].join(' → ')}`,
  }
}

function unusedSources({ sources, streams, sinks }: CheckedDocument): Finding[] {
  const read = new Set([...streams, ...sinks].flatMap((node) => node.from.map(({ name }) => name)))
  return sources
    .filter(({ name }) => !read.has(name))
    .map(({ name, range, path }) => ({
      code: 'E_UNUSED_SOURCE',
      range,
      path,
      message: `nothing reads \`${name}\`; its topic is filled all the same`,
      severity: 'warning',
    }))
}

export function toGraphNode(node: { readonly name: string; readonly from?: readonly NodeReference[] }): {
  readonly name: string
  readonly from: readonly string[]
} {
  return { name: node.name, from: node.from?.map(({ name }) => name) ?? [] }
}
