import { readdirSync, readFileSync } from 'node:fs'
import { beforeAll, describe, expect, test } from 'vitest'
import { APIS } from '../../../../broker/protocol/apis.ts'
import { prepareCompression } from '../../../../broker/protocol/compression.ts'
import { verifyBatch } from '../../../../broker/protocol/record-batch.ts'
import { readRecords } from '../../../../broker/protocol/record-reader.ts'
import { carriedBatches, readFrame, rewriteFrame, type WireFrame } from '../../../support/wire-frame.ts'
import { MESSAGES } from '../../recording/messages.ts'

/** Frames between real clients and Apache Kafka 4.3.1, recorded by `record-frames.ts`. */
interface Recording {
  readonly origin: { readonly client: string; readonly clientVersion: string }
  readonly frames: readonly {
    readonly api: string
    readonly version: number
    readonly direction: WireFrame['direction']
    readonly hex: string
  }[]
}

const FOLDER = new URL('../../frames/', import.meta.url)

const recordings = readdirSync(FOLDER).map(
  (name) => JSON.parse(readFileSync(new URL(name, FOLDER), 'utf8')) as Recording,
)

const frames = recordings.flatMap(({ origin, frames }) =>
  frames.map(({ api, version, direction, hex }) => ({
    name: `${origin.client}: ${api} ${version} ${direction}`,
    direction,
    apiKey: APIS.find(({ name }) => name === api)?.key ?? -1,
    apiVersion: version,
    bytes: Buffer.from(hex, 'hex'),
  })),
)

beforeAll(prepareCompression)

test('all five clients are there, with what matters most', () => {
  expect(recordings.map(({ origin }) => origin.client).sort()).toEqual([
    'java',
    'kafka-python',
    'kafkajs',
    'kcat',
    'platformatic',
  ])
  for (const { frames } of recordings) {
    const apis = new Set(frames.map(({ api }) => api))
    for (const api of ['ApiVersions', 'Metadata', 'Produce', 'Fetch', 'JoinGroup', 'OffsetCommit'])
      expect(apis).toContain(api)
  }
})

describe.for(frames)('$name', (frame) => {
  test('is read and written to the same bytes', () => {
    expect(rewriteFrame(frame).toString('hex')).toBe(frame.bytes.toString('hex'))
  })
})

const withRecords = frames.filter((frame) => carriedBatches(frame).length > 0)

test('every codec was recorded from every client that has it', () => {
  const seen = new Set<string>()
  for (const frame of withRecords) {
    for (const { header } of carriedBatches(frame)) seen.add(`${frame.name.split(':')[0]} ${header.compression}`)
  }
  const codecs = { java: 5, 'kafka-python': 5, kcat: 5, platformatic: 4, kafkajs: 2 }
  const expected = Object.entries(codecs).flatMap(([client, count]) =>
    ['none', 'gzip', 'snappy', 'lz4', 'zstd'].slice(0, count).map((codec) => `${client} ${codec}`),
  )
  expect([...seen].sort()).toEqual(expected.sort())
})

describe.for(withRecords)('the records of $name', (frame) => {
  test.for(carriedBatches(frame))(
    'of $header.recordCount, $header.compression, at offset $header.baseOffset',
    ({ bytes }) => {
      const header = verifyBatch(bytes)
      const records = readRecords(bytes, 0, header, 1_000_000)
      if (header.isControl) return
      expect(records.length).toBe(header.recordCount)
      const keys = new Set(MESSAGES.map(({ key }) => key))
      for (const { keyText, valueText } of records) {
        if (keyText === null) expect(['committed', 'aborted']).toContain(valueText)
        else {
          expect(keys).toContain(keyText)
          expect(JSON.parse(valueText ?? '')).toHaveProperty('severity_id')
        }
      }
    },
  )
})

test('a message holds what its client was told to do', () => {
  const find = (name: string): unknown => {
    const frame = frames.find((candidate) => candidate.name === name)
    return frame === undefined ? undefined : readFrame(frame)
  }
  expect(find('java: CreateTopics 7 request')).toMatchObject({
    topics: [
      {
        name: 'java-topic',
        numPartitions: 1,
        replicationFactor: -1,
        configs: [{ name: 'retention.ms', value: '3600000' }],
      },
    ],
  })
  expect(find('platformatic: CreatePartitions 3 request')).toMatchObject({
    topics: [{ name: 'platformatic-topic', count: 2, assignments: [{ brokerIds: [0] }] }],
  })
  expect(find('kafkajs: JoinGroup 5 response')).toMatchObject({ errorCode: 0, protocolName: 'RoundRobinAssigner' })
  expect(find('kcat: ApiVersions 3 request')).toMatchObject({ clientSoftwareName: 'librdkafka' })
  expect(find('java: ApiVersions 4 response')).toMatchObject({
    errorCode: 0,
    finalizedFeatures: expect.arrayContaining([expect.objectContaining({ name: 'transaction.version' })]),
  })
  expect(find('kafka-python: DescribeGroups 6 response')).toMatchObject({ groups: [{ groupId: 'kafka-python-group' }] })
  expect(find('java: TxnOffsetCommit 5 request')).toMatchObject({ transactionalId: 'java-tx', groupId: 'java-copier' })
})
