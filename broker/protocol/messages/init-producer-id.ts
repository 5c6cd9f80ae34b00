import { defineApi } from '../api.ts'
import { int16, int32, int64, nullableString } from '../field.ts'
import { struct } from '../struct.ts'

/**
 * Gives a producer its id and epoch. Since 3 a producer may ask to go on with its own. Version 6, which prepares for
 * two-phase commit, is not stable yet.
 */
export const initProducerId = defineApi({
  key: 22,
  name: 'InitProducerId',
  versions: [0, 5],
  flexibleSince: 2,
  request: struct({
    transactionalId: nullableString(),
    transactionTimeoutMs: int32(),
    producerId: int64({ since: 3, default: -1 }),
    producerEpoch: int16({ since: 3, default: -1 }),
  }),
  response: struct({
    throttleTimeMs: int32({ default: 0 }),
    errorCode: int16({ default: 0 }),
    producerId: int64({ default: -1 }),
    producerEpoch: int16(),
  }),
})
