import { BuiltinFailure, stringOperand, type BuiltinTable } from './builtin.ts'

/** Semantic Versioning 2.0.0, with an optional `v` in front, as OPA reads it. */
export const SEMVER_BUILTINS: BuiltinTable = {
  'semver.is_valid': ([version]) => typeof version === 'string' && parseVersion(version) !== undefined,
  'semver.compare': (args) => {
    const a = parseVersion(stringOperand(args, 1)) ?? fail(1)
    const b = parseVersion(stringOperand(args, 2)) ?? fail(2)
    return compareVersions(a, b)
  },
}

interface Version {
  readonly numbers: readonly bigint[]
  readonly preRelease: readonly string[]
}

const VERSION = /^v?(\d+)\.(\d+)\.(\d+)(?:-([0-9A-Za-z.-]+))?(?:\+([0-9A-Za-z.-]+))?$/
const MAX_NUMBER = 2n ** 63n - 1n

function parseVersion(text: string): Version | undefined {
  const [, major = '', minor = '', patch = '', preRelease, metadata] = VERSION.exec(text) ?? []
  const numerals = [major, minor, patch]
  if (numerals.some((numeral) => numeral === '' || hasLeadingZero(numeral) || numeral.length > 19)) return undefined
  const numbers = numerals.map(BigInt)
  if (numbers.some((number) => number > MAX_NUMBER)) return undefined
  const identifiers = preRelease?.split('.') ?? []
  if (identifiers.some((identifier) => identifier === '' || (isNumeral(identifier) && hasLeadingZero(identifier)))) {
    return undefined
  }
  if (metadata?.split('.').includes('') === true) return undefined
  return { numbers, preRelease: identifiers }
}

function compareVersions(a: Version, b: Version): number {
  for (const [index, number] of a.numbers.entries()) {
    const order = compare(number, b.numbers[index] ?? 0n)
    if (order !== 0) return order
  }
  // A release follows its pre-releases.
  if (a.preRelease.length === 0 || b.preRelease.length === 0) return compare(b.preRelease.length, a.preRelease.length)
  for (const [index, identifier] of a.preRelease.entries()) {
    const other = b.preRelease[index]
    if (other === undefined) return 1
    const order = compareIdentifiers(identifier, other)
    if (order !== 0) return order
  }
  return compare(a.preRelease.length, b.preRelease.length)
}

/** Numbers come before words and are compared as numbers. */
function compareIdentifiers(a: string, b: string): number {
  if (isNumeral(a) && isNumeral(b)) return compare(BigInt(a), BigInt(b))
  if (isNumeral(a) !== isNumeral(b)) return isNumeral(a) ? -1 : 1
  return compare(a, b)
}

function isNumeral(text: string): boolean {
  return /^\d+$/.test(text)
}

function hasLeadingZero(numeral: string): boolean {
  return numeral.length > 1 && numeral.startsWith('0')
}

function compare<T extends string | number | bigint>(a: T, b: T): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}

function fail(position: number): never {
  throw new BuiltinFailure(`operand ${position} is not a semantic version`)
}
