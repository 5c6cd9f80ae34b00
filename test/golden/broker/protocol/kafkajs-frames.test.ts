import { describe, expect, test } from 'vitest'
import type { Api } from '../../../../broker/protocol/api.ts'
import { APIS } from '../../../../broker/protocol/apis.ts'
import { Reader } from '../../../../broker/protocol/reader.ts'
import { Writer } from '../../../../broker/protocol/writer.ts'
import { HAS_KAFKAJS_FRAMES, kafkajsFrames, readKafkajsFrame } from '../../../support/kafkajs-frames.ts'
import { KAFKAJS_VALUES } from './kafkajs-values.ts'

/** Frames that are not read, with the reason. A folder stands for all in it. */
const EXCLUDED: Readonly<Record<string, string>> = {
  'alterPartitionReassignments/': 'there is one replica, so this API is not spoken',
  'listPartitionReassignments/': 'there is one replica, so this API is not spoken',
  'createAcls/': 'ACLs are not there yet',
  'deleteAcls/': 'ACLs are not there yet',
  'describeAcls/': 'ACLs are not there yet',
  'apiVersions/v1_response_missing_throttle_time.json':
    'recorded from a broker that left a field out (kafkajs issue 491)',
  'describeGroups/v1_memberAssignment.json': 'content of a member, not a message',
  'describeGroups/v1_memberMetadata.json': 'content of a member, not a message',
  'joinGroup/v1_assignerMetadata.json': 'content of a member, not a message',
  'joinGroup/v2_assignerMetadata.json': 'content of a member, not a message',
  'syncGroup/v1_memberAssignment.json': 'content of a member, not a message',
  'saslAuthenticate/plain_bytes.json': 'a token as it stands within a message',
  'saslAuthenticate/scram256_bytes.json': 'a token as it stands within a message',
  'saslAuthenticate/scram256_firstRequest_response.json': 'a token as it stands within a message',
  'saslAuthenticate/scram256_firstRequest_response_v1.json': 'a token as it stands within a message',
}

/** Kafka 4 has dropped these versions too (KIP-896). */
const NOT_SPOKEN: Readonly<Record<string, readonly number[]>> = {
  createTopics: [0, 1],
  deleteTopics: [0],
  describeConfigs: [0],
  fetch: [0, 1, 2, 3],
  listOffsets: [0],
  offsetCommit: [0, 1],
  produce: [2],
}

interface Frame {
  readonly path: string
  readonly folder: string
  readonly version: number
  readonly isRequest: boolean
}

function parsePath(path: string): Frame {
  const [, folder = '', version = '', kind] = /^(\w+)\/v(\d+)_.*?(request|response)/.exec(path) ?? []
  return { path, folder, version: Number(version), isRequest: kind === 'request' }
}

function isExcluded(path: string): boolean {
  return path in EXCLUDED || `${path.split('/')[0]}/` in EXCLUDED
}

function apiOf({ folder }: Frame): Api {
  const api = APIS.find(({ name }) => name.toLowerCase() === folder.toLowerCase())
  if (api === undefined) throw new Error(`no API for ${folder}`)
  return api
}

function read(frame: Frame, bytes: Buffer): unknown {
  const api = apiOf(frame)
  const reader = new Reader(bytes)
  return frame.isRequest ? api.readRequest(frame.version, reader) : api.readResponse(frame.version, reader)
}

function write(frame: Frame, message: unknown): Buffer {
  const api = apiOf(frame)
  const writer = new Writer()
  // What was read from a frame may be written to one.
  if (frame.isRequest) api.writeRequest(frame.version, writer, message as never)
  else api.writeResponse(frame.version, writer, message as never)
  return writer.toBuffer()
}

const frames = kafkajsFrames('requests')
  .filter((path) => !isExcluded(path))
  .map(parsePath)
const spoken = frames.filter(({ folder, version }) => NOT_SPOKEN[folder]?.includes(version) !== true)

describe.skipIf(!HAS_KAFKAJS_FRAMES)(
  "kafkajs' recorded frames (in ../shared/reference/kafkajs-frames, else skipped)",
  () => {
    test.for(spoken)('$path is read and written to the same bytes', (frame) => {
      const bytes = readKafkajsFrame(`requests/${frame.path}`)
      expect(write(frame, read(frame, bytes)).toString('hex')).toBe(bytes.toString('hex'))
    })

    test.for(Object.entries(KAFKAJS_VALUES))('%s holds what kafkajs put in', ([path, values]) => {
      expect(read(parsePath(path), readKafkajsFrame(`requests/${path}`))).toMatchObject(values)
    })

    test('every API, version and direction that is read has values to hold', () => {
      const kindOf = ({ folder, isRequest }: Frame): string => `${folder} ${isRequest ? 'request' : 'response'}`
      const withValues = new Set(Object.keys(KAFKAJS_VALUES).map((path) => kindOf(parsePath(path))))
      expect(spoken.map(kindOf).filter((kind) => !withValues.has(kind))).toEqual([])
    })

    test('no frame is left out for another reason than those named', () => {
      for (const frame of frames) {
        const { minVersion, maxVersion } = apiOf(frame)
        const isSpoken = frame.version >= minVersion && frame.version <= maxVersion
        expect(isSpoken, frame.path).toBe(spoken.includes(frame))
      }
      const unused = Object.keys(EXCLUDED).filter(
        (name) => !kafkajsFrames('requests').some((path) => path.startsWith(name)),
      )
      expect(unused).toEqual([])
    })
  },
)
