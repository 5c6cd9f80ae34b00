import type { BrokerContext } from '../broker-context.ts'
import { checkBatch } from '../log/batch-check.ts'
import type { PartitionLog } from '../log/partition-log.ts'
import type { ResponseDraftOf } from '../protocol/api.ts'
import { wireErrorCode, type WireErrorName } from '../protocol/error-codes.ts'
import { produce } from '../protocol/messages/produce.ts'
import { stampAppendTime } from '../protocol/record-batch.ts'
import type { Topic } from '../topics/topic-catalog.ts'
import { topicConfig } from '../topics/topic-config.ts'
import { defineHandler, type Handler } from './handler.ts'

type TopicAnswer = NonNullable<ResponseDraftOf<typeof produce>['responses']>[number]
type PartitionAnswer = NonNullable<TopicAnswer['partitionResponses']>[number]

/** What is answered for a partition as soon as `durable` resolves; a refusal waits for nothing. */
interface PendingAnswer {
  readonly answer: PartitionAnswer
  readonly durable: Promise<void> | null
}

const STORAGE_ERROR = wireErrorCode('KAFKA_STORAGE_ERROR')

/**
 * Produce 3-13: appends one batch per partition and answers when all of them are durable; acks 1 and -1 mean the same
 * here, there is one copy. `acks=0` gets no answer, and a closed connection where something was refused. Invariant 1.
 * Not implemented: transactions (a transactional batch is refused with INVALID_TXN_STATE), recompression.
 */
export function createProduceHandler(context: BrokerContext): Handler {
  return defineHandler(produce, async (request, { header, disconnect, releaseRequest }) => {
    const knowsAcks = [-1, 0, 1].includes(request.acks)
    // Everything is appended before the first wait: the order of requests is the order in the log.
    const pending = request.topicData.map(({ name, topicId, partitionData }) => {
      const topic = header.apiVersion >= 13 ? context.topics.getById(topicId) : context.topics.get(name)
      const answers = partitionData.map(({ index, records }) => {
        if (!knowsAcks) return refusal(index, 'INVALID_REQUIRED_ACKS')
        const unknown = header.apiVersion >= 13 ? 'UNKNOWN_TOPIC_ID' : 'UNKNOWN_TOPIC_OR_PARTITION'
        if (topic === undefined) return refusal(index, unknown)
        return append(context, topic, index, records, header.apiVersion)
      })
      return { name, topicId, answers }
    })
    const responses: TopicAnswer[] = []
    for (const { name, topicId, answers } of pending) {
      responses.push({ name, topicId, partitionResponses: await settleAll(answers) })
    }
    // Where the disk has failed it may be at work on the batches still.
    if (!someError(responses, (code) => code === STORAGE_ERROR)) releaseRequest()
    if (request.acks !== 0) return { responses }
    if (someError(responses, (code) => code !== 0)) disconnect('a batch with acks=0 was refused')
    return null
  })
}

function someError(responses: readonly TopicAnswer[], matches: (errorCode: number) => boolean): boolean {
  return responses.some(({ partitionResponses = [] }) =>
    partitionResponses.some(({ errorCode = 0 }) => matches(errorCode)),
  )
}

/** What has become of the batches. They become durable in the order in which they were appended. */
async function settleAll(pending: readonly PendingAnswer[]): Promise<readonly PartitionAnswer[]> {
  const answers: PartitionAnswer[] = []
  for (const { answer, durable } of pending) {
    try {
      if (durable !== null) await durable
      answers.push(answer)
    } catch {
      answers.push(refuse(answer.index ?? 0, 'KAFKA_STORAGE_ERROR'))
    }
  }
  return answers
}

function append(
  context: BrokerContext,
  topic: Topic,
  index: number,
  records: Buffer | null,
  produceVersion: number,
): PendingAnswer {
  const { store, clock, settings } = context
  const log = topic.partitions[index]
  if (log === undefined) return refusal(index, 'UNKNOWN_TOPIC_OR_PARTITION')
  if (log.damage !== null) return refusal(index, 'KAFKA_STORAGE_ERROR', log.damage.reason)
  if (records === null) return refusal(index, 'INVALID_RECORD', 'there are no records')
  const nowMs = clock.now()
  const { maxDecompressedBytes } = settings
  const checked = checkBatch(records, topic.batchRules, { nowMs, produceVersion, maxDecompressedBytes })
  if ('error' in checked) {
    const { error, message, recordIndex } = checked
    const recordErrors = recordIndex === undefined ? [] : [{ batchIndex: recordIndex, batchIndexErrorMessage: message }]
    return { answer: { ...refuse(index, error, message), recordErrors }, durable: null }
  }
  if (checked.producerId >= 0) {
    const sequence = log.producers.check(checked)
    if (sequence.verdict === 'refuse') return refusal(index, sequence.error)
    if (sequence.verdict === 'duplicate') return duplicate(context, log, index, sequence)
  }
  const isStamped = topicConfig(topic.overrides, 'message.timestamp.type') === 'LogAppendTime'
  if (isStamped) stampAppendTime(records, 0, records.length, nowMs)
  const { header, durable } = store.append(log, records)
  const logAppendTimeMs = isStamped ? nowMs : -1
  return { answer: { index, baseOffset: header.baseOffset, logAppendTimeMs, logStartOffset: log.startOffset }, durable }
}

/** The first answer was lost; the batch may even be on its way to the disk still, so this one waits for it too. */
function duplicate(
  { store }: BrokerContext,
  log: PartitionLog,
  index: number,
  written: { readonly baseOffset: number; readonly timestamp: number },
): PendingAnswer {
  const durable = log.highWatermark <= written.baseOffset ? store.barrier() : null
  // It may fail while a batch before it is still waited for.
  durable?.catch(() => undefined)
  const { baseOffset, timestamp: logAppendTimeMs } = written
  return { answer: { index, baseOffset, logAppendTimeMs, logStartOffset: log.startOffset }, durable }
}

function refusal(index: number, error: WireErrorName, message: string | null = null): PendingAnswer {
  return { answer: refuse(index, error, message), durable: null }
}

function refuse(index: number, error: WireErrorName, message: string | null = null): PartitionAnswer {
  return { index, errorCode: wireErrorCode(error), baseOffset: -1, errorMessage: message }
}
