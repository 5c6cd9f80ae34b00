import type { SinkCapabilities, SourceCapabilities } from '../../connectors/connector.ts'

/** What is promised for every event on its way from one source to one sink. */
export interface PathGuarantee {
  readonly source: string
  readonly sink: string
  /** Nodes from source to sink. */
  readonly path: readonly string[]
  readonly level: 'at_least_once' | 'best_effort'
  /** One sentence for people: what is promised, why, and what lets events go on purpose. */
  readonly words: string
}

/** A way to let events go that the document asks for. */
export interface Leak {
  readonly node: string
  readonly setting: 'on_error: drop' | 'on_future: drop'
}

/**
 * Derives the guarantee of a path from what its two ends declare. Between the topics nothing is lost and, after a crash,
 * some of it is processed again; what that means outside is up to the sink.
 */
export function describeGuarantee(
  source: SourceCapabilities,
  sink: SinkCapabilities,
  leaks: readonly Leak[],
): Pick<PathGuarantee, 'level' | 'words'> {
  const level = source.replayable || source.acknowledged ? 'at_least_once' : 'best_effort'
  const sentences = [`${arrival(source)}; ${departure(sink)}`]
  for (const { node, setting } of leaks) sentences.push(`${node} lets events go (${setting})`)
  return { level, words: sentences.join('. ') }
}

function arrival({ replayable, acknowledged }: SourceCapabilities): string {
  if (replayable) return 'at least once'
  if (acknowledged) return 'at least once, if the sender repeats what was not acknowledged'
  return 'best effort: what the source sends while this does not run is lost'
}

function departure({ idempotent }: SinkCapabilities): string {
  if (idempotent) return 'repeated events leave one copy (the sink is idempotent)'
  return 'after a crash some events arrive twice (the sink is not idempotent)'
}
