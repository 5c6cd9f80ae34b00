import { defineApi } from '../api.ts'
import { array, boolean, int16, int32, int64, string } from '../field.ts'
import { struct } from '../struct.ts'

const topic = struct({
  name: string(),
  partitions: array(int32()),
})

const transaction = struct({
  transactionalId: string(),
  producerId: int64(),
  producerEpoch: int16(),
  verifyOnly: boolean({ default: false }),
  topics: array(topic),
})

const partitionResult = struct({
  partitionIndex: int32(),
  partitionErrorCode: int16(),
})

const topicResult = struct({
  name: string(),
  resultsByPartition: array(partitionResult),
})

const transactionResult = struct({
  transactionalId: string(),
  topicResults: array(topicResult),
})

/**
 * Adds partitions to a transaction. Clients use the fields of up to version 3; 4 and later are for brokers and carry
 * several transactions.
 */
export const addPartitionsToTxn = defineApi({
  key: 24,
  name: 'AddPartitionsToTxn',
  versions: [0, 5],
  flexibleSince: 3,
  request: struct({
    transactions: array(transaction, { since: 4 }),
    v3AndBelowTransactionalId: string({ until: 3, default: '' }),
    v3AndBelowProducerId: int64({ until: 3, default: 0 }),
    v3AndBelowProducerEpoch: int16({ until: 3, default: 0 }),
    v3AndBelowTopics: array(topic, { until: 3 }),
  }),
  response: struct({
    throttleTimeMs: int32({ default: 0 }),
    errorCode: int16({ since: 4, default: 0 }),
    resultsByTransaction: array(transactionResult, { since: 4 }),
    resultsByTopicV3AndBelow: array(topicResult, { until: 3 }),
  }),
})
