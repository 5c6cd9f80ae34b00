import { defineApi } from '../api.ts'
import { int16, int32, int64, string } from '../field.ts'
import { struct } from '../struct.ts'

/** Adds the offsets of a group to a transaction. */
export const addOffsetsToTxn = defineApi({
  key: 25,
  name: 'AddOffsetsToTxn',
  versions: [0, 4],
  flexibleSince: 3,
  request: struct({
    transactionalId: string(),
    producerId: int64(),
    producerEpoch: int16(),
    groupId: string(),
  }),
  response: struct({
    throttleTimeMs: int32({ default: 0 }),
    errorCode: int16({ default: 0 }),
  }),
})
