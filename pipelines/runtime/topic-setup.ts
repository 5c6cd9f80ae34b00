import { Admin, type TopicSpec } from '../../broker/client/admin.ts'
import type { Cluster } from '../../broker/client/cluster.ts'
import { StoplogError } from '../../schemas/stoplog-error.ts'
import type { Plan, TopicPlan } from '../graph/plan.ts'
import { PIPELINE_LIMITS } from '../limits.ts'

/** What has to be known of a topic to write to it. */
export interface TopicShape {
  readonly partitions: number
  /** `max.message.bytes` */
  readonly maxBytes: number
}

/** Shapes of all topics of a pipeline. */
export class TopicShapes {
  readonly #shapes: ReadonlyMap<string, TopicShape>

  constructor(shapes: ReadonlyMap<string, TopicShape>) {
    this.#shapes = shapes
  }

  of(topic: string): TopicShape {
    const shape = this.#shapes.get(topic)
    if (shape === undefined) throw new StoplogError('E_BUG', `the plan has no topic ${topic}`)
    return shape
  }
}

/** A batch around an event of the size that is allowed. */
const BATCH_OVERHEAD_BYTES = 65_536

/**
 * Creates the topics of a pipeline that do not exist: kept for ever as far as the broker is concerned, because what is
 * settled is deleted by the runtime. Throws E_TOPIC_MISMATCH where one is there with another number of partitions.
 */
export async function setUpTopics(cluster: Cluster, plan: Plan): Promise<TopicShapes> {
  const admin = new Admin(cluster)
  const replicationFactor = plan.broker.kind === 'embedded' ? 1 : -1
  await admin.ensureTopics(plan.topics.map((topic) => toSpec(topic, replicationFactor)))
  const existing = new Map((await admin.topics()).map(({ name, partitions }) => [name, partitions]))
  const shapes = new Map<string, TopicShape>()
  for (const topic of plan.topics) {
    const partitions = existing.get(topic.name) ?? topic.partitions
    if (partitions !== topic.partitions) {
      const message = `${topic.name} has ${partitions} partitions, the document wants ${topic.partitions}`
      throw new StoplogError('E_TOPIC_MISMATCH', message, { where: topic.node ?? plan.pipeline })
    }
    const { 'max.message.bytes': maxBytes } = await admin.topicConfig(topic.name)
    shapes.set(topic.name, { partitions, maxBytes: Number(maxBytes ?? 1_000_000) })
  }
  return new TopicShapes(shapes)
}

function toSpec({ name, partitions, cleanupPolicy }: TopicPlan, replicationFactor: number): TopicSpec {
  return {
    name,
    partitions,
    replicationFactor,
    configs: {
      'cleanup.policy': cleanupPolicy,
      'retention.ms': '-1',
      'retention.bytes': '-1',
      'message.timestamp.type': 'CreateTime',
      'max.message.bytes': String(PIPELINE_LIMITS.eventBytes.default + BATCH_OVERHEAD_BYTES),
    },
  }
}
