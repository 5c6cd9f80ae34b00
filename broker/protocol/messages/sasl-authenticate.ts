import { defineApi } from '../api.ts'
import { bytes, int16, int64, nullableString } from '../field.ts'
import { struct } from '../struct.ts'

/** Carries one SASL token each way. Since 1 the answer limits the session's life (KIP-368). */
export const saslAuthenticate = defineApi({
  key: 36,
  name: 'SaslAuthenticate',
  versions: [0, 2],
  flexibleSince: 2,
  request: struct({
    authBytes: bytes(),
  }),
  response: struct({
    errorCode: int16({ default: 0 }),
    errorMessage: nullableString({ default: null }),
    authBytes: bytes(),
    sessionLifetimeMs: int64({ since: 1, default: 0 }),
  }),
})
