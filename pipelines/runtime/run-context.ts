import type { Cluster } from '../../broker/client/cluster.ts'
import type { Clock, Expressions, Logger, Metrics } from '../../schemas/runtime.ts'
import type { Plan } from '../graph/plan.ts'
import type { BrokerTrouble } from './broker-trouble.ts'
import type { NodeStatus } from './node-status.ts'
import type { TopicShapes } from './topic-setup.ts'

/** What all nodes of one pipeline share while it runs. */
export interface RunContext {
  readonly plan: Plan
  readonly cluster: Cluster
  readonly clock: Clock
  readonly logger: Logger
  readonly metrics: Metrics
  readonly expressions: Expressions
  readonly trouble: BrokerTrouble
  /** Aborts when the run stops: nodes finish what is in flight, commit and end. */
  readonly stopping: AbortSignal
  readonly topics: TopicShapes
  statusOf(node: string): NodeStatus
  /** True while sources must take no more, because the disk is full. */
  isHeldBack(): boolean
  /** Resolves as soon as that is over, or the signal aborts. */
  untilAdmitted(signal: AbortSignal): Promise<void>
}
