import { defineApi } from '../api.ts'
import { boolean, int16, int32, int64, string } from '../field.ts'
import { struct } from '../struct.ts'

/** Commits or aborts a transaction. Since 5 the producer gets a new epoch with every transaction (KIP-890). */
export const endTxn = defineApi({
  key: 26,
  name: 'EndTxn',
  versions: [0, 5],
  flexibleSince: 3,
  request: struct({
    transactionalId: string(),
    producerId: int64(),
    producerEpoch: int16(),
    committed: boolean(),
  }),
  response: struct({
    throttleTimeMs: int32({ default: 0 }),
    errorCode: int16({ default: 0 }),
    producerId: int64({ since: 5, default: -1 }),
    producerEpoch: int16({ since: 5, default: -1 }),
  }),
})
