import type { SinkPlugin, SourcePlugin } from '../../connectors/connector.ts'
import type { ProcessorPlugin } from '../../processors/processor.ts'
import type { ExpressionSource } from '../../schemas/expression.ts'
import type { PathGuarantee } from './guarantee.ts'
import type { OnErrorPlan } from './on-error.ts'

/**
 * All that a run needs to know about one document: nodes, topics, groups, with every default filled in and every name
 * decided. Plain data but for the plugins; two loads of the same document give equal plans.
 */
export interface Plan {
  readonly pipeline: string
  readonly description: string | undefined
  /** The document, as the user named it. */
  readonly file: string
  /** Absolute path of its folder. */
  readonly baseDir: string
  readonly broker: BrokerPlan
  readonly maxDisk: DiskBound
  readonly commitIntervalMs: number
  readonly shutdownTimeoutMs: number
  readonly sources: readonly SourcePlan[]
  readonly streams: readonly StreamPlan[]
  readonly sinks: readonly SinkPlan[]
  /** Names of all nodes; each stands after those it reads from. */
  readonly order: readonly string[]
  /** Every topic of the pipeline; they are created with exactly this. */
  readonly topics: readonly TopicPlan[]
  readonly groups: readonly GroupPlan[]
  readonly decisionsTopic: string
  readonly positionsTopic: string
  /** One entry for each source and each sink that it reaches. */
  readonly guarantees: readonly PathGuarantee[]
}

export type BrokerPlan =
  { readonly kind: 'embedded' } | { readonly kind: 'cluster'; readonly bootstrapServers: readonly string[] }

/** At which size of the data sources are held back. */
export type DiskBound = { readonly bytes: number } | { readonly ratio: number }

interface NodePlan {
  readonly name: string
  /** Place in the document, such as `streams.findings`. */
  readonly path: string
  readonly steps: readonly StepPlan[]
  readonly onError: OnErrorPlan
  readonly deadLetterTopic: string
}

interface TopicNodePlan extends NodePlan {
  /** The topic that the node writes. */
  readonly topic: string
  readonly partitions: number
  /** How long settled events are kept; null: for ever. */
  readonly retentionMs: number | null
}

export interface SourcePlan extends TopicNodePlan {
  readonly kind: 'source'
  /** What stands behind `uses:`. */
  readonly uses: string
  readonly plugin: SourcePlugin
  /** As the plugin's schema gives it. */
  readonly config: unknown
  readonly key: ExpressionSource | undefined
  readonly onFuture: 'dead_letter' | 'drop'
}

export interface StreamPlan extends TopicNodePlan {
  readonly kind: 'stream'
  readonly from: readonly string[]
  /** The topics of the nodes in `from`, in the same order. */
  readonly inputTopics: readonly string[]
  readonly group: string
  /** One task for each partition of the widest input. */
  readonly tasks: number
  /** Null when no step keeps state. */
  readonly changelogTopic: string | null
}

export interface SinkPlan extends NodePlan {
  readonly kind: 'sink'
  readonly from: readonly string[]
  readonly inputTopics: readonly string[]
  readonly group: string
  readonly uses: string
  readonly plugin: SinkPlugin
  readonly config: unknown
  /** Where a new group begins: `earliest`, `latest`, a date or a time; undefined when the document does not say. */
  readonly start: string | undefined
}

export interface StepPlan {
  readonly type: string
  readonly index: number
  /** Place in the document, such as `streams.findings.steps[2]`. */
  readonly path: string
  readonly plugin: ProcessorPlugin
  readonly config: unknown
  readonly onError: OnErrorPlan
}

export interface TopicPlan {
  readonly name: string
  readonly purpose: 'node' | 'dead_letters' | 'changelog' | 'decisions' | 'positions'
  /** The node it belongs to; null for the pipeline's own. */
  readonly node: string | null
  readonly partitions: number
  readonly cleanupPolicy: 'delete' | 'compact'
  readonly retentionMs: number | null
  /** Nodes that read it; what all of their groups have settled may be deleted once it is older than the retention. */
  readonly readers: readonly { readonly node: string; readonly group: string }[]
}

export interface GroupPlan {
  readonly name: string
  readonly nodes: readonly string[]
  readonly topics: readonly string[]
}
