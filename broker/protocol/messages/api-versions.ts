import { defineApi } from '../api.ts'
import { array, boolean, int16, int32, int64, string } from '../field.ts'
import { struct } from '../struct.ts'

/**
 * Tells which APIs the broker speaks, in which versions. Its response never has a flexible header, and a version that
 * is too new is answered in version 0 (KIP-511). Since 3 client and features are named.
 */
export const apiVersions = defineApi({
  key: 18,
  name: 'ApiVersions',
  versions: [0, 4],
  flexibleSince: 3,
  plainResponseHeader: true,
  request: struct({
    clientSoftwareName: string({ since: 3, default: '' }),
    clientSoftwareVersion: string({ since: 3, default: '' }),
  }),
  response: struct({
    errorCode: int16({ default: 0 }),
    apiKeys: array(struct({ apiKey: int16(), minVersion: int16(), maxVersion: int16() })),
    throttleTimeMs: int32({ since: 1, default: 0 }),
    supportedFeatures: array(struct({ name: string(), minVersion: int16(), maxVersion: int16() }), {
      since: 3,
      tag: 0,
    }),
    finalizedFeaturesEpoch: int64({ since: 3, tag: 1, default: -1 }),
    finalizedFeatures: array(struct({ name: string(), maxVersionLevel: int16(), minVersionLevel: int16() }), {
      since: 3,
      tag: 2,
    }),
    zkMigrationReady: boolean({ since: 3, tag: 3, default: false }),
  }),
})
