import type { BrokerContext } from '../broker-context.ts'
import { wireErrorCode } from '../protocol/error-codes.ts'
import { ZERO_UUID } from '../protocol/field.ts'
import { deleteTopics } from '../protocol/messages/delete-topics.ts'
import { defineHandler, type Handler } from './handler.ts'

/** DeleteTopics 1-6: by name, from version 6 on by id too. The committed offsets of the topic go with it. */
export function createDeleteTopicsHandler({ topics, groups }: BrokerContext): Handler {
  return defineHandler(deleteTopics, async (request, { header }) => {
    const wanted =
      header.apiVersion >= 6 ? request.topics : request.topicNames.map((name) => ({ name, topicId: ZERO_UUID }))
    const responses = []
    for (const { name, topicId } of wanted) {
      const topic = name === null ? topics.getById(topicId) : topics.get(name)
      if (topic === undefined) {
        const error = name === null ? 'UNKNOWN_TOPIC_ID' : 'UNKNOWN_TOPIC_OR_PARTITION'
        responses.push({ name, topicId, errorCode: wireErrorCode(error) })
        continue
      }
      // In one turn, offsets first: a topic of the same name must not lose what is committed for it afterwards.
      await Promise.all([groups.topicDeleted(topic.name), topics.delete(topic)])
      responses.push({ name: topic.name, topicId: topic.id })
    }
    return { responses }
  })
}
