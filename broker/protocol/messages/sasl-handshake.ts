import { defineApi } from '../api.ts'
import { array, int16, string } from '../field.ts'
import { struct } from '../struct.ts'

/**
 * Chooses the SASL mechanism. After version 0 bare tokens follow, after version 1 SaslAuthenticate requests. Never
 * flexible.
 */
export const saslHandshake = defineApi({
  key: 17,
  name: 'SaslHandshake',
  versions: [0, 1],
  flexibleSince: null,
  request: struct({
    mechanism: string(),
  }),
  response: struct({
    errorCode: int16({ default: 0 }),
    mechanisms: array(string()),
  }),
})
