import { ADVERTISED } from '../protocol/apis.ts'
import { wireErrorCode } from '../protocol/error-codes.ts'
import { apiVersions } from '../protocol/messages/api-versions.ts'
import { defineHandler, type Handler } from './handler.ts'

const SOFTWARE_NAME = /^[a-zA-Z0-9](?:[a-zA-Z0-9.-]*[a-zA-Z0-9])?$/

/**
 * ApiVersions 0-4: which APIs are served, in which versions. A version that is too new is answered in version 0 with
 * UNSUPPORTED_VERSION and the same list (KIP-511).
 */
export function createApiVersionsHandler(servedKeys: () => readonly number[]): Handler {
  const keys = (): { apiKey: number; minVersion: number; maxVersion: number }[] => {
    const served = new Set(servedKeys())
    return ADVERTISED.filter(({ apiKey }) => served.has(apiKey)).map((range) => ({ ...range }))
  }
  return defineHandler(apiVersions, async (request, { header }) => {
    if (header.apiVersion > apiVersions.maxVersion || header.apiVersion < apiVersions.minVersion) {
      return { errorCode: wireErrorCode('UNSUPPORTED_VERSION'), apiKeys: keys() }
    }
    const { clientSoftwareName, clientSoftwareVersion } = request
    if (
      header.apiVersion >= 3 &&
      !(SOFTWARE_NAME.test(clientSoftwareName) && SOFTWARE_NAME.test(clientSoftwareVersion))
    ) {
      return { errorCode: wireErrorCode('INVALID_REQUEST'), apiKeys: [] }
    }
    return { apiKeys: keys() }
  })
}
