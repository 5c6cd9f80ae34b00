import { parseAllDocuments, stringify } from 'yaml'
import { isRegoArray, RegoObject, RegoSet, type RegoValue } from '../rego-value.ts'
import { BuiltinFailure, checkItems, checkText, objectOperand, stringOperand, type BuiltinTable } from './builtin.ts'

const MAX_ALIASES = 100

export const ENCODING_BUILTINS: BuiltinTable = {
  'hex.encode': (args) => checkText(Buffer.from(stringOperand(args, 1)).toString('hex')),
  'hex.decode': (args) => {
    const text = stringOperand(args, 1)
    if (text.length % 2 !== 0 || !/^[0-9a-fA-F]*$/.test(text)) throw new BuiltinFailure('not hexadecimal')
    return Buffer.from(text, 'hex').toString()
  },
  'base64url.encode_no_pad': (args) => checkText(Buffer.from(stringOperand(args, 1)).toString('base64url')),
  'urlquery.encode': (args) => checkText(queryEscape(stringOperand(args, 1))),
  'urlquery.decode': (args) => queryUnescape(stringOperand(args, 1)),
  'urlquery.encode_object': (args) => checkText(encodeQuery(objectOperand(args, 1))),
  'urlquery.decode_object': (args) => decodeQuery(stringOperand(args, 1)),
  'yaml.is_valid': ([text]) => typeof text === 'string' && readYaml(text) !== undefined,
  'yaml.unmarshal': (args) => {
    const value = readYaml(stringOperand(args, 1))
    if (value === undefined) throw new BuiltinFailure('not YAML')
    return value
  },
  'yaml.marshal': ([value = null]) => checkText(stringify(toPlain(value), { sortMapEntries: true, lineWidth: 0 })),
}

/** `application/x-www-form-urlencoded`: a space is `+`, and only letters, digits and `-_.~` stand for themselves. */
function queryEscape(text: string): string {
  return encodeURIComponent(Buffer.from(text).toString())
    .replaceAll('%20', '+')
    .replaceAll(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
}

function queryUnescape(text: string): string {
  if (/%(?![0-9a-fA-F]{2})/.test(text)) throw new BuiltinFailure('not URL-encoded')
  const bytes = Buffer.from(text.replaceAll('+', ' '))
  const decoded: number[] = []
  for (let at = 0; at < bytes.length; at += 1) {
    if (bytes[at] === 0x25) {
      decoded.push(Number.parseInt(bytes.toString('latin1', at + 1, at + 3), 16))
      at += 2
    } else decoded.push(bytes[at] ?? 0)
  }
  return Buffer.from(decoded).toString()
}

/** Fields by name, lists as repeated fields. */
function encodeQuery(fields: RegoObject): string {
  const pairs: string[] = []
  for (const [key, value] of fields.entries) {
    if (typeof key !== 'string') throw new BuiltinFailure('keys must be strings')
    const items = value instanceof RegoSet ? value.items : isRegoArray(value) ? value : [value]
    for (const item of items) {
      if (typeof item !== 'string') throw new BuiltinFailure('values must be string, array[string], or set[string]')
      pairs.push(`${queryEscape(key)}=${queryEscape(item)}`)
    }
  }
  return pairs.join('&')
}

function decodeQuery(query: string): RegoObject {
  const fields = new Map<string, string[]>()
  const pairs = query.split('&')
  checkItems(pairs.length)
  for (const pair of pairs) {
    if (pair === '') continue
    if (pair.includes(';')) throw new BuiltinFailure('a semicolon is no separator')
    const separator = pair.indexOf('=')
    const name = queryUnescape(separator < 0 ? pair : pair.slice(0, separator))
    const value = separator < 0 ? '' : queryUnescape(pair.slice(separator + 1))
    const values = fields.get(name)
    if (values === undefined) fields.set(name, [value])
    else values.push(value)
  }
  return new RegoObject(fields)
}

/** The first document; undefined for text that is no YAML, or whose aliases multiply beyond measure. */
function readYaml(text: string): RegoValue | undefined {
  const documents = parseAllDocuments(text, { version: '1.2', merge: true, logLevel: 'error' })
  if (!Array.isArray(documents)) return null
  if (documents.some(({ errors }) => errors.length > 0)) return undefined
  try {
    return fromPlain(documents[0]?.toJS({ maxAliasCount: MAX_ALIASES }))
  } catch {
    return undefined
  }
}

function fromPlain(value: unknown): RegoValue {
  if (value === null || value === undefined) return null
  if (typeof value === 'string' || typeof value === 'boolean') return value
  if (typeof value === 'number' && Number.isFinite(value)) return value
  if (Array.isArray(value)) return value.map(fromPlain)
  if (typeof value === 'object')
    return new RegoObject(Object.entries(value).map(([key, member]) => [key, fromPlain(member)]))
  throw new BuiltinFailure('a value that JSON does not have')
}

function toPlain(value: RegoValue): unknown {
  if (value instanceof RegoSet) return value.items.map(toPlain)
  if (isRegoArray(value)) return value.map(toPlain)
  if (!(value instanceof RegoObject)) return value
  const entries = value.entries.map(([key, member]) => {
    if (typeof key !== 'string') throw new BuiltinFailure('keys must be strings')
    return [key, toPlain(member)] as const
  })
  return new Map(entries)
}
