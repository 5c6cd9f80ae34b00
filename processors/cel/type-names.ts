import type { Kind } from './cel-type.ts'
import { TypeValue } from './cel-value.ts'

const NUMBER_TYPE = new TypeValue('double')

/** Names of types in expressions, to compare with `type(x)`. There is one type of number, whatever it is called. */
export const TYPE_NAMES: ReadonlyMap<string, TypeValue> = new Map([
  ['string', new TypeValue('string')],
  ['int', NUMBER_TYPE],
  ['double', NUMBER_TYPE],
  ['bool', new TypeValue('bool')],
  ['list', new TypeValue('list')],
  ['map', new TypeValue('map')],
  ['null_type', new TypeValue('null_type')],
  ['timestamp', new TypeValue('timestamp')],
  ['duration', new TypeValue('duration')],
  ['type', new TypeValue('type')],
])

export function typeValueOf(kind: Kind): TypeValue {
  if (kind === 'number') return NUMBER_TYPE
  return TYPE_NAMES.get(kind === 'null' ? 'null_type' : kind) ?? new TypeValue(kind)
}
