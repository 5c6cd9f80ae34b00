import { createRequire } from 'node:module'
import type { Ajv, ErrorObject, Options } from 'ajv'
import type { FormatsPlugin } from 'ajv-formats'
import type { Json, JsonObject } from '../../schemas/json.ts'
import { StoplogError } from '../../schemas/stoplog-error.ts'
import { canonicalJson } from '../canonical-json.ts'
import { compileRegex } from '../regex.ts'

/** What is wrong with a value, as one line with the places; undefined when it matches. Throws E_VALUE_DEPTH. */
export type SchemaCheck = (value: Json) => string | undefined

/** A module of the library, by what it exports. Loaded with the first schema: every command would pay for it else. */
const load = createRequire(import.meta.url)
type AjvModule = Readonly<Record<string, new (options: Options) => Ajv>>

const MAX_NAMED = 5
const MAX_LINE = 500

/**
 * RE2 in place of the engine's regular expressions, for `pattern` and `patternProperties`. The library tells compiled
 * patterns apart by their text, so each has to have its own.
 */
const re2 = Object.assign(
  (pattern: string) => {
    const regex = compileRegex(pattern)
    return { test: (text: string) => regex.test(text), toString: () => `re2:${pattern}` }
  },
  { code: 're2' },
)

const OPTIONS: Options = {
  // Schemas of other people name keywords that ajv does not know; as the standard has it, these mean nothing.
  strict: false,
  // An event could have millions of faults; the first ones tell enough.
  allErrors: false,
  // `required: [constructor]` asks for a field, not for what JavaScript has of that name.
  ownProperties: true,
  logger: false,
  code: { regExp: re2 },
}

/** Compiles a JSON Schema of draft-07, 2019-09 or 2020-12. Throws E_SCHEMA. */
export function createSchemaCheck(schema: JsonObject | boolean, name: string): SchemaCheck {
  const validate = compile(schema, name)
  return (value) => {
    try {
      return validate(value) ? undefined : describe(validate.errors ?? [])
    } catch (error) {
      // A schema that refers to itself follows the value down to the end of the stack.
      if (!(error instanceof RangeError)) throw error
      throw new StoplogError('E_VALUE_DEPTH', 'the value is nested too deeply for its schema')
    }
  }
}

function compile(schema: JsonObject | boolean, name: string): ReturnType<Ajv['compile']> {
  const ajv = createAjv(schema, name)
  try {
    const { default: addFormats } = load('ajv-formats') as { default: FormatsPlugin }
    addFormats(ajv, { mode: 'fast' })
    ajv.removeKeyword('uniqueItems')
    ajv.addKeyword({ keyword: 'uniqueItems', type: 'array', schemaType: 'boolean', validate: isUnique, errors: false })
    return ajv.compile(schema)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new StoplogError('E_SCHEMA', `${name} cannot be used: ${reason}`, { cause: error })
  }
}

/** Where the library has each version of JSON Schema, by how the name of the version ends. */
const VERSIONS = [
  { ending: '/2020-12/schema', module: 'ajv/dist/2020.js', name: 'Ajv2020' },
  { ending: '/2019-09/schema', module: 'ajv/dist/2019.js', name: 'Ajv2019' },
  { ending: 'draft-07/schema', module: 'ajv', name: 'Ajv' },
] as const

function createAjv(schema: JsonObject | boolean, name: string): Ajv {
  const dialect = typeof schema === 'boolean' ? undefined : schema['$schema']
  const text = typeof dialect === 'string' ? dialect.replace(/#$/, '') : ''
  const version = dialect === undefined ? VERSIONS[0] : VERSIONS.find(({ ending }) => text.endsWith(ending))
  const Version = version === undefined ? undefined : (load(version.module) as AjvModule)[version.name]
  if (Version !== undefined) return new Version(OPTIONS)
  throw new StoplogError(
    'E_SCHEMA',
    `${name} is in a version of JSON Schema that is not known: ${JSON.stringify(dialect)}`,
  )
}

/** In linear time: the library compares each element with each other one. */
function isUnique(wanted: boolean, list: readonly Json[]): boolean {
  return !wanted || new Set(list.map((item) => canonicalJson(item, 'keep'))).size === list.length
}

/** Places and reasons. What the event holds is not quoted; names of its fields may be. */
function describe(errors: readonly ErrorObject[]): string {
  const named = errors.slice(0, MAX_NAMED).map(({ instancePath, message }) => {
    return `${instancePath === '' ? 'the value' : instancePath} ${message ?? 'is wrong'}`
  })
  const line = named.join('; ')
  return line.length <= MAX_LINE ? line : `${line.slice(0, MAX_LINE - 1)}…`
}
