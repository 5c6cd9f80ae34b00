import type { BrokerContext } from '../broker-context.ts'
import { logStartKey } from '../log/log-store.ts'
import { wireErrorCode, type WireErrorName } from '../protocol/error-codes.ts'
import { deleteRecords } from '../protocol/messages/delete-records.ts'
import { isCompacted, topicConfig } from '../topics/topic-config.ts'
import { defineHandler, type Handler } from './handler.ts'

const HIGH_WATERMARK = -1

interface Deleted {
  readonly lowWatermark: number
  readonly error: WireErrorName
}

/** DeleteRecords 0-2: moves the first readable offset up, durably; -1 means everything that can be read. */
export function createDeleteRecordsHandler(context: BrokerContext): Handler {
  return defineHandler(deleteRecords, async (request) => {
    const topics = []
    for (const { name, partitions } of request.topics) {
      const answers = []
      for (const { partitionIndex, offset } of partitions) {
        const { lowWatermark, error } = await deleteBefore(context, name, partitionIndex, offset)
        answers.push({ partitionIndex, lowWatermark, errorCode: wireErrorCode(error) })
      }
      topics.push({ name, partitions: answers })
    }
    return { topics }
  })
}

async function deleteBefore(
  { topics, store }: BrokerContext,
  name: string,
  partitionIndex: number,
  offset: number,
): Promise<Deleted> {
  const topic = topics.get(name)
  const log = topic?.partitions[partitionIndex]
  if (topic === undefined || log === undefined) return { lowWatermark: -1, error: 'UNKNOWN_TOPIC_OR_PARTITION' }
  const mayDelete = topicConfig(topic.overrides, 'cleanup.policy').includes('delete') || !isCompacted(topic.overrides)
  if (!mayDelete) return { lowWatermark: -1, error: 'POLICY_VIOLATION' }
  const target = offset === HIGH_WATERMARK ? log.highWatermark : offset
  if (target < 0 || target > log.highWatermark) return { lowWatermark: -1, error: 'OFFSET_OUT_OF_RANGE' }
  const startOffset = Math.max(target, log.startOffset)
  await store.write([{ key: logStartKey(log.logId), value: startOffset }])
  await log.deleteBefore(startOffset)
  return { lowWatermark: log.startOffset, error: 'NONE' }
}
