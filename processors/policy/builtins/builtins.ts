import type { Builtin, BuiltinTable } from './builtin.ts'
import { ENCODING_BUILTINS } from './encodings.ts'
import { HASH_BUILTINS } from './hashes.ts'
import { NETWORK_BUILTINS } from './network.ts'
import { NUMBER_BUILTINS } from './numbers.ts'
import { OBJECT_BUILTINS } from './object-subset.ts'
import { REGEX_BUILTINS } from './regular-expressions.ts'
import { SEMVER_BUILTINS } from './semver.ts'
import { SPRINTF_BUILTINS } from './sprintf.ts'
import { STRING_BUILTINS } from './strings.ts'
import { TIME_BUILTINS } from './time.ts'
import { UNIT_BUILTINS } from './units.ts'
import { UUID_BUILTINS } from './uuid.ts'

const TABLES: readonly BuiltinTable[] = [
  TIME_BUILTINS,
  SEMVER_BUILTINS,
  HASH_BUILTINS,
  REGEX_BUILTINS,
  UNIT_BUILTINS,
  OBJECT_BUILTINS,
  STRING_BUILTINS,
  SPRINTF_BUILTINS,
  ENCODING_BUILTINS,
  NETWORK_BUILTINS,
  NUMBER_BUILTINS,
  UUID_BUILTINS,
  { trace: () => true },
]

/** Every builtin that a policy may use beyond those that OPA compiles into the wasm, by its name in Rego. */
export const BUILTINS: ReadonlyMap<string, Builtin> = new Map(TABLES.flatMap((table) => Object.entries(table)))

/** Builtins that will never be here, by the beginning of their names, and why. */
const REFUSED: readonly (readonly [prefix: string, reason: string])[] = [
  ['http.send', 'a policy does no I/O here: bring the facts in with a table or as data of the bundle'],
  ['net.lookup_ip_addr', 'a policy does no I/O here: bring the facts in with a table or as data of the bundle'],
  ['opa.runtime', 'there is no OPA process whose settings could be read'],
  ['rand.', 'a random value would differ on a replay'],
  ['uuid.rfc4122', 'a random value would differ on a replay'],
]

/** Why a builtin is not here, for the reader of an error message. */
export function reasonMissing(name: string): string {
  return REFUSED.find(([prefix]) => name.startsWith(prefix))?.[1] ?? 'not supported yet'
}
