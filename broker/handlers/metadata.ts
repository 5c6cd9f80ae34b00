import type { BrokerContext } from '../broker-context.ts'
import type { ResponseDraftOf } from '../protocol/api.ts'
import { wireErrorCode, type WireErrorName } from '../protocol/error-codes.ts'
import { ZERO_UUID } from '../protocol/field.ts'
import { metadata } from '../protocol/messages/metadata.ts'
import type { Topic } from '../topics/topic-catalog.ts'
import { refuseTopicName } from '../topics/topic-name.ts'
import { defineHandler, type Handler } from './handler.ts'

type TopicAnswer = NonNullable<ResponseDraftOf<typeof metadata>['topics']>[number]

/**
 * Metadata 0-13: this broker leads every partition. Topics that do not exist are created when the client allows it
 * and `auto.create.topics.enable` is on. Not implemented: authorised operations (there are no ACLs yet).
 */
export function createMetadataHandler(context: BrokerContext): Handler {
  const { identity, topics, settings } = context
  return defineHandler(metadata, async (request, { header }) => {
    const wantsAll = request.topics === null || (header.apiVersion === 0 && request.topics.length === 0)
    const mayCreate = request.allowAutoTopicCreation && settings.autoCreateTopics
    const asked = wantsAll ? [] : (request.topics ?? [])
    const answers = wantsAll ? topics.all().map((topic) => describe(topic, identity.nodeId)) : []
    for (const { name, topicId } of asked) answers.push(await answerFor(context, name, topicId, mayCreate))
    return {
      brokers: [{ nodeId: identity.nodeId, host: identity.host, port: identity.port }],
      clusterId: identity.clusterId,
      controllerId: identity.nodeId,
      topics: answers,
    }
  })
}

async function answerFor(
  { identity, topics, settings }: BrokerContext,
  name: string | null,
  topicId: string,
  mayCreate: boolean,
): Promise<TopicAnswer> {
  if (name === null) {
    const topic = topics.getById(topicId)
    return topic === undefined
      ? { name: null, topicId, errorCode: wireErrorCode('UNKNOWN_TOPIC_ID') }
      : describe(topic, identity.nodeId)
  }
  const topic = topics.get(name)
  if (topic !== undefined) return describe(topic, identity.nodeId)
  if (refuseTopicName(name) !== null) return refuse(name, 'INVALID_TOPIC_EXCEPTION')
  const hasRoom = topics.partitionCount + settings.defaultPartitions <= settings.maxPartitions
  if (!mayCreate || !hasRoom) return refuse(name, 'UNKNOWN_TOPIC_OR_PARTITION')
  return describe(await topics.create(name, settings.defaultPartitions, {}), identity.nodeId)
}

function refuse(name: string, error: WireErrorName): TopicAnswer {
  return { name, topicId: ZERO_UUID, errorCode: wireErrorCode(error) }
}

function describe(topic: Topic, nodeId: number): TopicAnswer {
  return {
    name: topic.name,
    topicId: topic.id,
    partitions: topic.partitions.map((_, partitionIndex) => ({
      partitionIndex,
      leaderId: nodeId,
      leaderEpoch: 0,
      replicaNodes: [nodeId],
      isrNodes: [nodeId],
    })),
  }
}
