/*
 * The one dialect of CEL that all expressions are written in. Grammar and literals are those of
 * `@marcbachmann/cel-js`, with optional syntax (`value.?a[?0].orValue(x)`) and lists and maps of mixed types; checking
 * and evaluation are ours (expression-compiler.ts), since event data is hostile and JSON has one kind of number:
 *
 * - Numbers are those of JSON: `7 / 2` is 3.5, `%` has the sign of its left side, int() cuts off. A result beyond 2^53,
 *   a division by zero and an infinity fail the event; nothing is rounded in silence. No uint, no bytes.
 * - A field is what a map has of its own: `value.constructor` and `value.__proto__` are data or absent, never JavaScript.
 * - Reading an absent field fails the event with E_FIELD_MISSING, unless the other side of `&&` or `||` decides alone.
 * - Values of different types are unequal; where that is certain at load, `==` is an error.
 * - Results are JSON: timestamps become RFC 3339 text, durations text such as 1h30m, types their name, an optional its
 *   content.
 * - Time comes from the event: there is no now(). All calendar functions are in UTC.
 * - Regular expressions are RE2's, linear in the text.
 */
import type { CelFunction } from './cel-function.ts'
import { COLLECTION_FUNCTIONS } from './functions/collection.ts'
import { CONVERSION_FUNCTIONS } from './functions/conversion.ts'
import { DIGEST_FUNCTIONS } from './functions/digest.ts'
import { NETWORK_FUNCTIONS } from './functions/network.ts'
import { PATTERN_FUNCTIONS } from './functions/pattern.ts'
import { TEXT_FUNCTIONS } from './functions/text.ts'
import { TIME_FUNCTIONS } from './functions/time.ts'
import type { Macro } from './macro.ts'
import { BIND_MACROS } from './macros/bind.ts'
import { LOOP_MACROS } from './macros/loops.ts'
import { OPTIONAL_MACROS } from './macros/optionals.ts'
import { PRESENCE_MACROS } from './macros/presence.ts'

/** Every macro of the dialect. */
export const MACROS: readonly Macro[] = [...PRESENCE_MACROS, ...LOOP_MACROS, ...OPTIONAL_MACROS, ...BIND_MACROS]

/** Every function of the dialect, by name. */
export const FUNCTIONS: ReadonlyMap<string, CelFunction> = new Map(
  [
    ...CONVERSION_FUNCTIONS,
    ...COLLECTION_FUNCTIONS,
    ...TEXT_FUNCTIONS,
    ...PATTERN_FUNCTIONS,
    ...TIME_FUNCTIONS,
    ...DIGEST_FUNCTIONS,
    ...NETWORK_FUNCTIONS,
  ].map((entry) => [entry.name, entry]),
)
