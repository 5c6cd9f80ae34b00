import type { AnyField, PrimitiveKind, WireVersion } from '../../broker/protocol/codec.ts'
import { ZERO_UUID } from '../../broker/protocol/field.ts'
import type { Random } from './random.ts'

/** What messages are filled with: names and ids that mean something to the broker, so that requests meet. */
export interface Vocabulary {
  readonly texts: readonly string[]
  readonly topicIds: readonly string[]
  readonly records: readonly Buffer[]
}

/** Values at which lengths, counts, offsets and times break. */
export const EXTREMES: readonly number[] = [
  0,
  1,
  -1,
  -2,
  -3,
  2,
  127,
  128,
  255,
  256,
  32_767,
  -32_768,
  65_535,
  2 ** 20,
  1_000_001,
  2 ** 31 - 1,
  -(2 ** 31),
]
const LARGE: readonly number[] = [2 ** 31, 2 ** 53 - 1, -(2 ** 53), 2 ** 63 - 1024, -(2 ** 63)]
/** Mostly such as requests really hold: partitions, versions, small counts. */
const SMALL: readonly number[] = [0, 0, 0, 1, 1, 2, -1]

/** Any value of a field, as it may be written in this version. */
export function hostileValue(random: Random, field: AnyField, wire: WireVersion, words: Vocabulary): unknown {
  const { shape } = field
  if (shape.kind === 'struct') {
    const members = Object.entries(shape.fields).filter(([, member]) => isPresent(random, member, wire))
    return Object.fromEntries(members.map(([name, member]) => [name, hostileValue(random, member, wire, words)]))
  }
  if (!('nullableSince' in shape)) return primitive(random, shape.kind, words)
  const mayBeNull = shape.nullableSince !== null && wire.version >= shape.nullableSince
  if (mayBeNull && random.chance(0.2)) return null
  if (shape.kind === 'array') {
    const length = random.pick([0, 1, 1, 1, 2, 3])
    return Array.from({ length }, () => hostileValue(random, shape.element, wire, words))
  }
  if (shape.kind === 'string') return random.pick(words.texts)
  return random.chance(0.7) ? random.pick(words.records) : random.bytes(random.below(80))
}

function isPresent(random: Random, { since, until, tag }: AnyField, { version, flexible }: WireVersion): boolean {
  if (version < since || version > until) return false
  return tag === undefined || (flexible && random.chance(0.5))
}

function primitive(random: Random, kind: PrimitiveKind, { topicIds }: Vocabulary): unknown {
  if (kind === 'boolean') return random.chance(0.5)
  if (kind === 'uuid') return random.pick([ZERO_UUID, ...topicIds])
  const value = random.pick(random.chance(0.6) ? SMALL : random.chance(0.8) ? EXTREMES : LARGE)
  if (kind === 'int64') return value
  const bits = Number(kind.slice(3))
  return Number(BigInt.asIntN(bits, BigInt(value)))
}
