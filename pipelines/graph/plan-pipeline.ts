import type {
  CheckedDocument,
  CheckedSink,
  CheckedSource,
  CheckedStep,
  CheckedStream,
} from '../config/checked-document.ts'
import { formatPath, type Diagnostic } from '../config/diagnostic.ts'
import { Findings } from '../config/findings.ts'
import type { OnErrorConfig, PipelineSettings } from '../../schemas/pipeline.ts'
import { checkReferences, toGraphNode } from './check-references.ts'
import { checkStepRules } from './check-step-rules.ts'
import { checkTopics, partitionsOf } from './check-topics.ts'
import { resolveOnError } from './on-error.ts'
import type { Plan, SinkPlan, SourcePlan, StepPlan, StreamPlan } from './plan.ts'
import { planGuarantees } from './plan-guarantees.ts'
import { planGroups, planTopics } from './plan-topics.ts'
import { topologicalOrder } from './topology.ts'
import {
  changelogTopic,
  deadLetterTopic,
  decisionsTopic,
  nodeTopic,
  positionsTopic,
  sinkGroup,
  streamsGroup,
} from './topic-names.ts'

export interface PlannedPipeline {
  /** Null when a part of the document is missing that every plan needs. Only to be run when nothing is wrong. */
  readonly plan: Plan | null
  readonly diagnostics: readonly Diagnostic[]
}

/** Turns a checked document into a plan and reports what does not fit together, whatever else is wrong with it. */
export function planPipeline(document: CheckedDocument): PlannedPipeline {
  const findings = new Findings(document.source)
  for (const range of document.explained) findings.silence(range)
  for (const finding of [...checkReferences(document), ...checkStepRules(document), ...checkTopics(document)]) {
    findings.add(finding)
  }
  return { plan: toPlan(document), diagnostics: findings.toDiagnostics() }
}

function toPlan(document: CheckedDocument): Plan | null {
  const { settings } = document
  if (settings === undefined) return null
  const planning = new Planning(document, settings)
  const sources = complete(document.sources.map((node) => planning.source(node)))
  const streams = complete(document.streams.map((node) => planning.stream(node)))
  const sinks = complete(document.sinks.map((node) => planning.sink(node)))
  if (sources === null || streams === null || sinks === null) return null
  const order = topologicalOrder([...document.sources, ...document.streams, ...document.sinks].map(toGraphNode))
  const { broker, max_disk: maxDisk, pipeline } = settings
  const nodes = { pipeline, sources, streams, sinks }
  return {
    ...nodes,
    description: settings.description,
    file: document.source.file,
    baseDir: document.baseDir,
    broker:
      broker === 'embedded' ? { kind: 'embedded' } : { kind: 'cluster', bootstrapServers: broker.bootstrap_servers },
    maxDisk: typeof maxDisk === 'number' ? { bytes: maxDisk } : maxDisk,
    commitIntervalMs: settings.commit_interval,
    shutdownTimeoutMs: settings.shutdown_timeout,
    order,
    topics: planTopics(nodes, settings.partitions, retentionMs(settings.retention)),
    groups: planGroups(nodes),
    decisionsTopic: decisionsTopic(pipeline),
    positionsTopic: positionsTopic(pipeline),
    guarantees: planGuarantees(nodes, order),
  }
}

/** Turns single nodes into their plans; null for a node that is not whole. */
class Planning {
  readonly #document: CheckedDocument
  readonly #settings: PipelineSettings
  readonly #topics: ReadonlyMap<string, { readonly topic: string; readonly partitions: number }>

  constructor(document: CheckedDocument, settings: PipelineSettings) {
    this.#document = document
    this.#settings = settings
    this.#topics = new Map(
      [...document.sources, ...document.streams].map((node) => [
        node.name,
        {
          topic: node.settings?.topic ?? nodeTopic(settings.pipeline, node.name),
          partitions: partitionsOf(node, document),
        },
      ]),
    )
  }

  source(node: CheckedSource): SourcePlan | null {
    const { settings, plugin } = node
    const common = this.#common(node, settings?.on_error)
    if (settings === undefined || plugin === undefined || common === null) return null
    const { config } = node
    const { uses, key, on_future: onFuture } = settings
    return { kind: 'source', ...common, ...this.#topic(node), uses, plugin, config, key, onFuture }
  }

  stream(node: CheckedStream): StreamPlan | null {
    const { settings } = node
    const common = this.#common(node, settings?.on_error)
    if (settings === undefined || common === null) return null
    const { pipeline } = this.#settings
    const isStateful = common.steps.some(({ plugin }) => plugin.definition.stateful)
    return {
      kind: 'stream',
      ...common,
      ...this.#topic(node),
      ...this.#inputs(settings.from),
      group: streamsGroup(pipeline),
      tasks: Math.max(1, ...settings.from.map((name) => this.#topics.get(name)?.partitions ?? 1)),
      changelogTopic: isStateful ? changelogTopic(pipeline, node.name) : null,
    }
  }

  sink(node: CheckedSink): SinkPlan | null {
    const { settings, plugin, config } = node
    const common = this.#common(node, settings?.on_error)
    if (settings === undefined || plugin === undefined || common === null) return null
    const { uses, start, from } = settings
    const group = sinkGroup(this.#settings.pipeline, node.name)
    return { kind: 'sink', ...common, ...this.#inputs(from), group, uses, plugin, config, start }
  }

  #common(
    { name, path, steps }: CheckedSource | CheckedStream | CheckedSink,
    onError: OnErrorConfig | undefined,
  ): Pick<StreamPlan, 'name' | 'path' | 'steps' | 'onError' | 'deadLetterTopic'> | null {
    const levels = [this.#settings.on_error, onError]
    const planned = complete(steps.map((step, index) => planStep(step, index, levels)))
    if (planned === null) return null
    return {
      name,
      path: formatPath(path),
      steps: planned,
      onError: resolveOnError(levels),
      deadLetterTopic: deadLetterTopic(this.#settings.pipeline, name),
    }
  }

  #topic(node: CheckedSource | CheckedStream): Pick<StreamPlan, 'topic' | 'partitions' | 'retentionMs'> {
    return {
      topic: this.#topics.get(node.name)?.topic ?? '',
      partitions: partitionsOf(node, this.#document),
      retentionMs: retentionMs(node.settings?.retention ?? this.#settings.retention),
    }
  }

  #inputs(from: readonly string[]): Pick<StreamPlan, 'from' | 'inputTopics'> {
    return { from, inputTopics: from.flatMap((name) => this.#topics.get(name)?.topic ?? []) }
  }
}

function planStep(
  { plugin, config, onError, path }: CheckedStep,
  index: number,
  levels: readonly (OnErrorConfig | undefined)[],
): StepPlan | null {
  if (plugin === undefined) return null
  const { type } = plugin.definition
  return { type, index, path: formatPath(path), plugin, config, onError: resolveOnError([...levels, onError]) }
}

function retentionMs(retention: number | 'forever'): number | null {
  return retention === 'forever' ? null : retention
}

/** The list when no item of it is missing. */
function complete<T>(items: readonly (T | null)[]): readonly T[] | null {
  const whole = items.filter((item) => item !== null)
  return whole.length === items.length ? whole : null
}
