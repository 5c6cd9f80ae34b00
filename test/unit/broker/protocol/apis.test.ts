import { describe, expect, test } from 'vitest'
import { ADVERTISED, apiByKey, APIS } from '../../../../broker/protocol/apis.ts'
import { metadata } from '../../../../broker/protocol/messages/metadata.ts'
import { produce } from '../../../../broker/protocol/messages/produce.ts'
import { filesBelow } from '../../../support/source-files.ts'

describe('the table of APIs', () => {
  test('has every described message, in the order of keys, each once', () => {
    const files = APIS.map(({ name }) => `${name.replaceAll(/(?<=[a-z0-9])[A-Z]/g, '-$&').toLowerCase()}.ts`)
    expect(files.toSorted()).toEqual(
      filesBelow('broker/protocol/messages', '.ts').map((path) => path.split('/').at(-1)),
    )
    const keys = APIS.map(({ key }) => key)
    expect(keys).toEqual([...new Set(keys)].sort((a, b) => a - b))
  })

  test('is looked up by key', () => {
    expect(apiByKey(3)).toBe(metadata)
    expect(apiByKey(4)).toBeUndefined()
    expect(apiByKey(-1)).toBeUndefined()
  })
})

describe('what is advertised', () => {
  test('is what is spoken, but Produce from 0 on, without which old librdkafka does not compress', () => {
    for (const { apiKey, minVersion, maxVersion } of ADVERTISED) {
      const api = apiByKey(apiKey)
      expect(maxVersion).toBe(api?.maxVersion)
      expect(minVersion).toBe(apiKey === produce.key ? 0 : api?.minVersion)
    }
    expect(ADVERTISED).toHaveLength(APIS.length)
  })

  /** The exact versions that librdkafka up to 2.10 looks for, each turning on one of its features. */
  test.for([
    ['Produce', [2, 3, 7]],
    ['Fetch', [4, 10]],
    ['FindCoordinator', [0]],
    ['OffsetCommit', [2]],
    ['OffsetFetch', [1]],
    ['JoinGroup', [0]],
    ['SyncGroup', [0]],
    ['Heartbeat', [0]],
    ['LeaveGroup', [0]],
    ['ListOffsets', [1]],
    ['InitProducerId', [0]],
    ['SaslHandshake', [0, 1]],
    ['SaslAuthenticate', [0]],
    ['OffsetForLeaderEpoch', [2]],
  ] as const)('%s covers %j', ([name, versions]) => {
    const range = ADVERTISED.find(({ apiKey }) => apiByKey(apiKey)?.name === name)
    for (const version of versions) {
      expect(range?.minVersion).toBeLessThanOrEqual(version)
      expect(range?.maxVersion).toBeGreaterThanOrEqual(version)
    }
  })

  test('Metadata with topic ids comes with Fetch with topic ids, or @platformatic/kafka asks by wrong names', () => {
    expect(apiByKey(3)?.maxVersion).toBeGreaterThanOrEqual(10)
    expect(apiByKey(1)?.maxVersion).toBeGreaterThanOrEqual(13)
  })
})

describe('headers', () => {
  test.for([
    ['Metadata', 8, 1, 0],
    ['Metadata', 9, 2, 1],
    ['ApiVersions', 2, 1, 0],
    ['ApiVersions', 3, 2, 0],
    ['SaslHandshake', 1, 1, 0],
    ['OffsetDelete', 0, 1, 0],
    ['DescribeCluster', 0, 2, 1],
  ] as const)('%s %d has request header %d and response header %d', ([name, version, request, response]) => {
    const api = APIS.find((candidate) => candidate.name === name)
    expect(api?.requestHeaderVersion(version)).toBe(request)
    expect(api?.responseHeaderVersion(version)).toBe(response)
  })
})
