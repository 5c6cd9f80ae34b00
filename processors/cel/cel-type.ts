/** What is known about a value before there is an event. `any` is what comes out of JSON. */
export type CelType =
  { readonly kind: SimpleKind } | { readonly kind: 'list' | 'map' | 'optional'; readonly of: CelType }

type SimpleKind = 'any' | 'null' | 'bool' | 'number' | 'string' | 'timestamp' | 'duration' | 'type'
export type Kind = CelType['kind']

export const ANY: CelType = { kind: 'any' }
export const NULL: CelType = { kind: 'null' }
export const BOOL: CelType = { kind: 'bool' }
export const NUMBER: CelType = { kind: 'number' }
export const STRING: CelType = { kind: 'string' }
export const TIMESTAMP: CelType = { kind: 'timestamp' }
export const DURATION: CelType = { kind: 'duration' }
export const TYPE: CelType = { kind: 'type' }

export function listOf(of: CelType): CelType {
  return { kind: 'list', of }
}

export function mapOf(of: CelType): CelType {
  return { kind: 'map', of }
}

export function optionalOf(of: CelType): CelType {
  return { kind: 'optional', of }
}

/** Type of the elements of a list or of the fields of a map. */
export function elementType(type: CelType): CelType {
  return 'of' in type ? type.of : ANY
}

/** Whether a value of a type may turn out to be of one of these kinds. */
export function mayBe(type: CelType, kinds: readonly Kind[]): boolean {
  return type.kind === 'any' || kinds.includes('any') || kinds.includes(type.kind)
}

/** The type of something that is either of two: `any` where they differ. */
export function eitherType(a: CelType, b: CelType): CelType {
  if (a.kind !== b.kind) return ANY
  if (!('of' in a) || !('of' in b)) return a
  return { kind: a.kind, of: eitherType(a.of, b.of) }
}

/** The name for messages and signatures: `list<string>`. */
export function typeName(type: CelType): string {
  return 'of' in type && type.of.kind !== 'any' ? `${type.kind}<${typeName(type.of)}>` : type.kind
}
