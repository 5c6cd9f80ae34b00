import type { Api } from '../../broker/protocol/api.ts'
import { apiByKey, APIS } from '../../broker/protocol/apis.ts'
import { crc32c } from '../../broker/protocol/crc32c.ts'
import { readRequestHeader } from '../../broker/protocol/header.ts'
import { apiVersions } from '../../broker/protocol/messages/api-versions.ts'
import { ProtocolError } from '../../broker/protocol/protocol-error.ts'
import { Reader } from '../../broker/protocol/reader.ts'
import { EXTREMES, hostileValue, type Vocabulary } from './hostile-values.ts'
import { recordedRequests } from './recorded-requests.ts'
import { requestFrame } from './request-frame.ts'
import type { Random } from './random.ts'
import { carriedBatches, readFrame, type WireFrame } from './wire-frame.ts'

const VARINTS = [
  '00',
  '01',
  '7f',
  '80',
  '8001',
  'ffffffff07',
  'ffffffff0f',
  'ffffffff1f',
  'ffffffffffffffffff01',
  '808080808000',
]
const CRC_AT = 17
const ATTRIBUTES_AT = 21

type Mutation = (random: Random, frame: Buffer, other: Buffer) => Buffer

const MUTATIONS: Readonly<Record<string, Mutation>> = {
  bits(random, frame) {
    const at = random.below(frame.length)
    frame[at] = (frame[at] ?? 0) ^ (1 << random.below(8))
    return frame
  },
  number(random, frame) {
    const size = random.pick([1, 2, 4, 8])
    if (frame.length < size) return frame
    const at = random.below(frame.length - size + 1)
    const value = random.pick(EXTREMES)
    if (size === 8) frame.writeBigInt64BE(BigInt(value) * random.pick([1n, 1n << 20n, 1n << 31n]), at)
    else frame.writeIntBE(BigInt.asIntN(size * 8, BigInt(value)) === BigInt(value) ? value : -1, at, size)
    return frame
  },
  varint(random, frame) {
    const value = Buffer.from(random.pick(VARINTS), 'hex')
    const at = random.below(frame.length)
    return Buffer.concat([frame.subarray(0, at), value, frame.subarray(at + random.pick([0, 1, value.length]))])
  },
  cut: (random, frame) => frame.subarray(0, random.below(frame.length)),
  grown: (random, frame) => Buffer.concat([frame, random.bytes(1 + random.below(40))]),
  removed(random, frame) {
    const at = random.below(frame.length)
    return Buffer.concat([frame.subarray(0, at), frame.subarray(at + 1 + random.below(8))])
  },
  repeated(random, frame) {
    const from = random.below(frame.length)
    const part = frame.subarray(from, from + 1 + random.below(60))
    return Buffer.concat([
      frame.subarray(0, from),
      ...Array.from({ length: 2 + random.below(20) }, () => part),
      frame.subarray(from),
    ])
  },
  spliced(random, frame, other) {
    return Buffer.concat([frame.subarray(0, random.below(frame.length)), other.subarray(random.below(other.length))])
  },
  version(random, frame) {
    if (frame.length >= 4) frame.writeInt16BE(random.pick([-1, 32_767, random.below(20)]), 2)
    return frame
  },
  api(random, frame) {
    if (frame.length >= 2) frame.writeInt16BE(random.pick([-1, 32_767, random.below(95)]), 0)
    return frame
  },
}

const MUTATION_LIST = Object.values(MUTATIONS)

/** Requests as no client sends them: recorded ones with damage, well-formed ones with any content, and bare noise. */
export class HostileFrames {
  readonly #random: Random
  readonly #apis: readonly Api[]
  readonly #recorded: readonly WireFrame[]
  readonly #withBatches: readonly WireFrame[]
  readonly #words: Vocabulary

  /** `served` are the keys of the APIs that the broker serves, `topicIds` and `names` what it has. */
  constructor(random: Random, { served, names, topicIds }: Surroundings) {
    this.#random = random
    this.#apis = APIS.filter(({ key }) => served.has(key))
    this.#recorded = recordedRequests().filter(({ apiKey }) => served.has(apiKey))
    this.#withBatches = this.#recorded.filter((frame) => carriedBatches(frame).length > 0)
    const records = this.#withBatches.flatMap(carriedBatches).map(({ bytes }) => bytes)
    this.#words = { texts: [...names, ...names, ...names, ...ODD_NAMES], topicIds, records }
  }

  next(): Buffer {
    const random = this.#random
    const choice = random.fraction()
    if (choice < 0.03) return random.pick(this.#recorded).bytes
    if (choice < 0.3) return this.#anyMessage()
    if (choice < 0.4) return this.#badBatch()
    if (choice < 0.43) return random.bytes(random.below(300))
    if (choice < 0.47) return this.#randomBody()
    let frame: Buffer = Buffer.from(random.chance(0.5) ? random.pick(this.#recorded).bytes : this.#anyMessage())
    for (let times = 1 + random.below(3); times > 0 && frame.length > 0; times -= 1) {
      frame = Buffer.from(random.pick(MUTATION_LIST)(random, frame, random.pick(this.#recorded).bytes))
    }
    return frame
  }

  /** A well-formed request of any API in any version. */
  #anyMessage(): Buffer {
    const [api, version] = this.#anyVersion()
    const wire = { version, flexible: api.isFlexible(version) }
    // Made of the description itself; the table of all APIs has lost its types.
    const message = hostileValue(this.#random, api.request, wire, this.#words) as never
    return requestFrame(api, version, message, this.#random.below(1_000))
  }

  /** A Produce request whose batch is not what it says, under a checksum that is right. */
  #badBatch(): Buffer {
    const random = this.#random
    const frame = random.pick(this.#withBatches)
    const bytes = Buffer.from(frame.bytes)
    const [batch] = carriedBatches({ ...frame, bytes })
    if (batch === undefined) return bytes
    for (let times = 1 + random.below(3); times > 0; times -= 1) {
      MUTATIONS[random.pick(['bits', 'number'])]?.(random, batch.bytes.subarray(ATTRIBUTES_AT), bytes)
    }
    batch.bytes.writeUInt32BE(crc32c(batch.bytes, ATTRIBUTES_AT, batch.bytes.length), CRC_AT)
    return bytes
  }

  #randomBody(): Buffer {
    const [api, version] = this.#anyVersion()
    const header = Buffer.alloc(api.requestHeaderVersion(version) === 2 ? 11 : 10)
    header.writeInt16BE(api.key, 0)
    header.writeInt16BE(version, 2)
    header.writeInt16BE(-1, 8)
    return Buffer.concat([header, this.#random.bytes(this.#random.below(200))])
  }

  #anyVersion(): [api: Api, version: number] {
    const api = this.#random.pick(this.#apis)
    return [api, api.minVersion + this.#random.below(api.maxVersion - api.minVersion + 1)]
  }
}

/** What the broker that is attacked has. */
export interface Surroundings {
  readonly served: ReadonlySet<number>
  readonly names: readonly string[]
  readonly topicIds: readonly string[]
}

const ODD_NAMES = [
  '',
  '.',
  '..',
  '../../etc',
  '__proto__',
  'constructor',
  'a b',
  'ö🔥',
  '\u0000',
  'n'.repeat(249),
  'n'.repeat(4_000),
]

/** Whether a broker that serves these APIs has to close the connection because of this frame. */
export function isMalformed(bytes: Buffer, served: ReadonlySet<number>): boolean {
  try {
    const { apiKey, apiVersion } = readRequestHeader(new Reader(bytes))
    const api = apiByKey(apiKey)
    if (api === undefined || !served.has(apiKey)) return true
    // KIP-511: a version of ApiVersions that nobody knows has an answer.
    if (apiVersion < api.minVersion || apiVersion > api.maxVersion) return api.key !== apiVersions.key
    readFrame({ direction: 'request', apiKey, apiVersion, bytes })
    return false
  } catch (error) {
    if (error instanceof ProtocolError) return true
    throw error
  }
}
