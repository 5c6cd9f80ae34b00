import type { BrokerContext } from '../broker-context.ts'
import type { RequestOf, ResponseDraftOf } from '../protocol/api.ts'
import { wireErrorCode, type WireErrorName } from '../protocol/error-codes.ts'
import { createTopics } from '../protocol/messages/create-topics.ts'
import { isTopicConfigName, refuseTopicConfig, TOPIC_CONFIGS, type TopicOverrides } from '../topics/topic-config.ts'
import { refuseTopicName } from '../topics/topic-name.ts'
import { configSource } from './config-entry.ts'
import { defineHandler, type Handler } from './handler.ts'

type WantedTopic = RequestOf<typeof createTopics>['topics'][number]
type TopicAnswer = NonNullable<ResponseDraftOf<typeof createTopics>['topics']>[number]

/** CreateTopics 2-7: there is one broker, so one replica; more are refused with the hint to use a cluster. */
export function createCreateTopicsHandler(context: BrokerContext): Handler {
  return defineHandler(createTopics, async (request) => {
    const repeated = repeatedNames(request.topics)
    const topics: TopicAnswer[] = []
    for (const wanted of request.topics) {
      topics.push(
        repeated.has(wanted.name)
          ? refuse(wanted.name, 'INVALID_REQUEST', 'the topic stands in the request more than once')
          : await create(context, wanted, request.validateOnly),
      )
    }
    return { topics }
  })
}

function repeatedNames(topics: readonly WantedTopic[]): ReadonlySet<string> {
  const seen = new Set<string>()
  return new Set(topics.map(({ name }) => name).filter((name) => seen.has(name) || !seen.add(name)))
}

async function create(context: BrokerContext, wanted: WantedTopic, validateOnly: boolean): Promise<TopicAnswer> {
  const { topics, settings } = context
  const refused = refusal(context, wanted)
  if (refused !== null) return refuse(wanted.name, ...refused)
  const partitionCount =
    wanted.assignments.length > 0
      ? wanted.assignments.length
      : wanted.numPartitions < 0
        ? settings.defaultPartitions
        : wanted.numPartitions
  const overrides: TopicOverrides = Object.fromEntries(wanted.configs.map(({ name, value }) => [name, value]))
  const created = validateOnly ? null : await topics.create(wanted.name, partitionCount, overrides)
  return {
    name: wanted.name,
    ...(created === null ? {} : { topicId: created.id }),
    numPartitions: partitionCount,
    replicationFactor: 1,
    configs: Object.keys(TOPIC_CONFIGS)
      .filter(isTopicConfigName)
      .map((name) => ({
        name,
        value: overrides[name] ?? TOPIC_CONFIGS[name].default,
        readOnly: false,
        configSource: configSource(overrides[name] !== undefined),
        isSensitive: false,
      })),
  }
}

/** The first thing that is wrong, in Kafka's order, or null. */
function refusal({ topics, settings }: BrokerContext, wanted: WantedTopic): [WireErrorName, string] | null {
  const { name, numPartitions, replicationFactor, assignments } = wanted
  const badName = refuseTopicName(name)
  if (badName !== null) return ['INVALID_TOPIC_EXCEPTION', badName]
  if (topics.get(name) !== undefined) return ['TOPIC_ALREADY_EXISTS', `Topic '${name}' already exists.`]
  if (assignments.length > 0) {
    if (numPartitions !== -1 || replicationFactor !== -1) {
      return ['INVALID_REQUEST', 'partitions and replication factor must be -1 beside an explicit assignment']
    }
    const isOurs = assignments.every(({ partitionIndex, brokerIds }, index) => {
      return partitionIndex === index && brokerIds.length === 1 && brokerIds[0] === 0
    })
    if (!isOurs) return ['INVALID_REPLICA_ASSIGNMENT', 'there is one broker: each partition, in order, on broker 0']
  } else {
    if (numPartitions !== -1 && numPartitions < 1) return ['INVALID_PARTITIONS', 'at least one partition is needed']
    if (replicationFactor !== -1 && replicationFactor !== 1) {
      return [
        'INVALID_REPLICATION_FACTOR',
        `Replication factor ${replicationFactor}: this broker keeps one copy; use a Kafka cluster for more`,
      ]
    }
  }
  const total = topics.partitionCount + Math.max(numPartitions, assignments.length, 1)
  if (total > settings.maxPartitions) {
    return ['POLICY_VIOLATION', `${total} partitions in all would be more than the limit of ${settings.maxPartitions}`]
  }
  for (const { name: config, value } of wanted.configs) {
    const badConfig = refuseTopicConfig(config, value)
    if (badConfig !== null) return ['INVALID_CONFIG', badConfig]
  }
  return null
}

function refuse(name: string, error: WireErrorName, errorMessage: string): TopicAnswer {
  return { name, errorCode: wireErrorCode(error), errorMessage, numPartitions: -1, replicationFactor: -1, configs: [] }
}
