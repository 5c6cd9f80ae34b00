import { RegoObject, type RegoValue } from '../rego-value.ts'
import { BuiltinFailure, stringOperand, toRegoInteger, type BuiltinTable } from './builtin.ts'

/** `uuid.rfc4122` makes random values and is left out: a replay has to decide the same. */
export const UUID_BUILTINS: BuiltinTable = {
  'uuid.parse': (args) => describeUuid(Buffer.from(hexOf(stringOperand(args, 1)), 'hex')),
}

const SHAPES = [
  /^([0-9a-f]{8})-([0-9a-f]{4})-([0-9a-f]{4})-([0-9a-f]{4})-([0-9a-f]{12})$/i,
  /^urn:uuid:([0-9a-f]{8})-([0-9a-f]{4})-([0-9a-f]{4})-([0-9a-f]{4})-([0-9a-f]{12})$/i,
  /^\{([0-9a-f]{8})-([0-9a-f]{4})-([0-9a-f]{4})-([0-9a-f]{4})-([0-9a-f]{12})\}$/i,
  /^([0-9a-f]{32})$/i,
]

function hexOf(text: string): string {
  for (const shape of SHAPES) {
    const match = shape.exec(text)
    if (match !== null) return match.slice(1).join('')
  }
  throw new BuiltinFailure('not a UUID')
}

const DOMAINS = ['Person', 'Group', 'Org']

/** 100 ns intervals from 1582-10-15, when UUID time begins, to 1970. */
const GREGORIAN_TO_UNIX = 122_192_928_000_000_000n

/** Version and variant of each; of versions 1 and 2 also what they were made of (RFC 4122 section 4.1). */
function describeUuid(bytes: Buffer): RegoObject {
  const version = bytes.readUInt8(6) >> 4
  const fields: [string, RegoValue][] = [
    ['version', version],
    ['variant', variantOf(bytes.readUInt8(8))],
  ]
  if (version !== 1 && version !== 2) return new RegoObject(fields)
  const node = bytes.subarray(10)
  const ticks =
    (BigInt(bytes.readUInt16BE(6) & 0x0fff) << 48n) |
    (BigInt(bytes.readUInt16BE(4)) << 32n) |
    BigInt(bytes.readUInt32BE(0))
  fields.push(
    ['time', toRegoInteger((ticks - GREGORIAN_TO_UNIX) * 100n)],
    ['nodeid', [...node].map((byte) => byte.toString(16).padStart(2, '0')).join('-')],
    ['macvariables', macVariables(node.readUInt8(0))],
    ['clocksequence', bytes.readUInt16BE(8) & 0x3fff],
  )
  if (version === 2) {
    const domain = bytes.readUInt8(9)
    fields.push(['id', bytes.readUInt32BE(0)], ['domain', DOMAINS[domain] ?? `Domain${domain}`])
  }
  return new RegoObject(fields)
}

function variantOf(byte: number): string {
  if ((byte & 0xc0) === 0x80) return 'RFC4122'
  if ((byte & 0xe0) === 0xc0) return 'Microsoft'
  return (byte & 0xe0) === 0xe0 ? 'Future' : 'Reserved'
}

/** RFC 7042 section 2.1. */
function macVariables(firstByte: number): string {
  return `${(firstByte & 2) === 0 ? 'global' : 'local'}:${(firstByte & 1) === 0 ? 'unicast' : 'multicast'}`
}
