import type { BrokerContext } from '../broker-context.ts'
import type { RequestOf, ResponseDraftOf } from '../protocol/api.ts'
import { wireErrorCode, type WireErrorName } from '../protocol/error-codes.ts'
import { describeConfigs } from '../protocol/messages/describe-configs.ts'
import { isTopicConfigName, TOPIC_CONFIGS } from '../topics/topic-config.ts'
import { configSource, configType, STATIC_BROKER_CONFIG } from './config-entry.ts'
import { defineHandler, type Handler } from './handler.ts'

type Resource = RequestOf<typeof describeConfigs>['resources'][number]
type Result = NonNullable<ResponseDraftOf<typeof describeConfigs>['results']>[number]
type Entry = NonNullable<Result['configs']>[number]

const TOPIC = 2
const BROKER = 4

/** DescribeConfigs 1-4: the configs of topics and of this broker. Synonyms are not listed. */
export function createDescribeConfigsHandler(context: BrokerContext): Handler {
  return defineHandler(describeConfigs, async (request) => ({
    results: request.resources.map((resource) => describe(context, resource, request.includeDocumentation)),
  }))
}

function describe(context: BrokerContext, resource: Resource, isDocumented: boolean): Result {
  const { resourceType, resourceName } = resource
  const isAsked = (name: string): boolean => resource.configurationKeys?.includes(name) ?? true
  if (resourceType === TOPIC) {
    const topic = context.topics.get(resourceName)
    if (topic === undefined) return refuse(resource, 'UNKNOWN_TOPIC_OR_PARTITION', 'there is no such topic')
    const configs = Object.keys(TOPIC_CONFIGS)
      .filter(isTopicConfigName)
      .filter(isAsked)
      .map((name): Entry => {
        const { kind, about, default: fallback } = TOPIC_CONFIGS[name]
        return {
          name,
          value: topic.overrides[name] ?? fallback,
          readOnly: false,
          configSource: configSource(topic.overrides[name] !== undefined),
          isSensitive: false,
          configType: configType(kind),
          documentation: isDocumented ? about : null,
        }
      })
    return { resourceType, resourceName, configs }
  }
  if (resourceType === BROKER && ['', String(context.identity.nodeId)].includes(resourceName)) {
    return { resourceType, resourceName, configs: brokerConfigs(context).filter(({ name }) => isAsked(name)) }
  }
  return refuse(resource, 'INVALID_REQUEST', `there is no resource of type ${resourceType} named '${resourceName}'`)
}

function brokerConfigs({ identity, settings }: BrokerContext): readonly Entry[] {
  const values: Readonly<Record<string, string>> = {
    'broker.id': String(identity.nodeId),
    'advertised.listeners': `PLAINTEXT://${identity.host}:${identity.port}`,
    'auto.create.topics.enable': String(settings.autoCreateTopics),
    'num.partitions': String(settings.defaultPartitions),
    'default.replication.factor': '1',
    'offsets.topic.replication.factor': '1',
    'min.insync.replicas': '1',
  }
  return Object.entries(values).map(([name, value]) => ({
    name,
    value,
    readOnly: true,
    configSource: STATIC_BROKER_CONFIG,
    isSensitive: false,
    configType: configType('string'),
  }))
}

function refuse({ resourceType, resourceName }: Resource, error: WireErrorName, errorMessage: string): Result {
  return { resourceType, resourceName, errorCode: wireErrorCode(error), errorMessage, configs: [] }
}
