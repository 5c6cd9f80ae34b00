import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { validate } from '../../../processors/validate/validate.ts'
import type { EventFields } from '../../support/event.ts'
import { createStep, refusalOf, type StepResult } from '../../support/step.ts'

const folder = mkdtempSync(join(tmpdir(), 'stoplog-validate-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

let files = 0
function schemaFile(schema: unknown): string {
  files += 1
  const name = `schema-${files}.json`
  writeFileSync(join(folder, name), typeof schema === 'string' ? schema : JSON.stringify(schema))
  return `./${name}`
}

async function check(schema: unknown, fields: EventFields, options: object = {}): Promise<StepResult> {
  return (await createStep(validate, { schema: schemaFile(schema), ...options }, folder))(fields)
}

const FINDING = {
  type: 'object',
  required: ['severity_id'],
  properties: {
    severity_id: { type: 'integer', minimum: 0 },
    at: { type: 'string', format: 'date-time' },
    cve: { type: 'string', pattern: '^CVE-[0-9]+' },
  },
}

describe('a value that matches passes', () => {
  test.for([
    undefined,
    'http://json-schema.org/draft-07/schema#',
    'https://json-schema.org/draft/2019-09/schema',
    'https://json-schema.org/draft/2020-12/schema',
  ])('of %s', async ($schema) => {
    const schema = { ...($schema === undefined ? {} : { $schema }), ...FINDING }
    const value = { severity_id: 3, at: '2026-08-21T10:00:00Z', cve: 'CVE-1' }
    expect((await check(schema, { value })).outcome).toBe('pass')
    expect((await check(schema, { value: { severity_id: 'x' } })).outcome).toBe('E_VALUE_INVALID')
    expect((await check(schema, { value: { severity_id: 1, at: 'yesterday' } })).outcome).toBe('E_VALUE_INVALID')
  })
})

test('the short form is the path alone', async () => {
  const step = await createStep(validate, schemaFile(FINDING), folder)
  expect(step({ value: { severity_id: 1 } }).outcome).toBe('pass')
})

test('a deletion passes', async () => {
  expect((await check(FINDING, { value: null })).outcome).toBe('pass')
})

test('what does not match is named by its place, bounded, and without what the event holds', async () => {
  const { error } = await check(FINDING, { value: { severity_id: 1, cve: 'hunter2-secret' } })
  expect(error!.message).toMatch(/does not match .*: \/cve must match pattern/)
  expect(error!.message).not.toContain('hunter2')
  const long = await check(
    { properties: {}, additionalProperties: { type: 'string' } },
    { value: { ['k'.repeat(5_000)]: 1 } },
  )
  expect(long.error!.message.length).toBeLessThan(600)
})

test('what does not match can be dropped', async () => {
  expect((await check(FINDING, { value: {} }, { on_invalid: 'drop' })).outcome).toBe('filtered')
})

test('fields are what the event has of its own', async () => {
  const schema = { required: ['constructor', 'toString'] }
  expect((await check(schema, { value: {} })).outcome).toBe('E_VALUE_INVALID')
  expect((await check(schema, { bytes: '{"constructor":1,"toString":2}' })).outcome).toBe('pass')
})

test('patterns are linear in the text', async () => {
  const text = `${'a'.repeat(50_000)}!`
  expect((await check({ type: 'string', pattern: '^(a+)+$' }, { value: text })).outcome).toBe('E_VALUE_INVALID')
  const two = { properties: { a: { pattern: '^a$' }, b: { pattern: '^b$' } } }
  expect((await check(two, { value: { a: 'a', b: 'b' } })).outcome).toBe('pass')
  expect((await check(two, { value: { a: 'a', b: 'a' } })).outcome).toBe('E_VALUE_INVALID')
  const named = { patternProperties: { '^(x+)+$': { type: 'string' } }, additionalProperties: false }
  expect((await check(named, { value: { xxx: 'a' } })).outcome).toBe('pass')
})

test('unique elements are found in linear time', async () => {
  const schema = { type: 'array', uniqueItems: true }
  const list = Array.from({ length: 30_000 }, (_, index) => ({ id: index, tags: ['a'] }))
  expect((await check(schema, { value: list })).outcome).toBe('pass')
  expect((await check(schema, { value: [...list, { tags: ['a'], id: 7 }] })).outcome).toBe('E_VALUE_INVALID')
  expect((await check({ uniqueItems: false }, { value: [1, 1] })).outcome).toBe('pass')
})

test('a value nested too deeply for a schema that refers to itself fails', async () => {
  const schema = { $defs: { tree: { type: 'array', items: { $ref: '#/$defs/tree' } } }, $ref: '#/$defs/tree' }
  expect((await check(schema, { bytes: '[[[]]]' })).outcome).toBe('pass')
  const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`
  expect((await check(schema, { bytes: deep })).outcome).toBe('E_VALUE_DEPTH')
})

describe('a schema that cannot be used is refused at load', () => {
  test.for<[string, unknown, string]>([
    ['that is not JSON', '{', 'is not JSON'],
    ['that is no schema', '[]', 'is no JSON Schema'],
    ['with a wrong keyword', { type: 'nothing' }, 'cannot be used'],
    ['with a pattern that RE2 refuses', { pattern: '(?=a)' }, 'cannot be used'],
    ['that refers to another file', { $ref: './other.json' }, 'cannot be used'],
    ['of an unknown version', { $schema: 'http://json-schema.org/draft-04/schema#' }, 'not known'],
    ['of a version that is no text', { $schema: { a: 1 } }, 'not known'],
  ])('%s', async ([, schema, message]) => {
    const config = validate.definition.config.parse(schemaFile(schema))
    const checked = validate.definition.check!(config, { baseDir: folder })
    await expect(checked).rejects.toMatchObject({ code: 'E_SCHEMA', message: expect.stringContaining(message) })
  })

  test('that is not there', async () => {
    const config = validate.definition.config.parse('./absent.json')
    await expect(validate.definition.check!(config, { baseDir: folder })).rejects.toMatchObject({ code: 'E_SCHEMA' })
  })

  test('that is a folder', async () => {
    const config = validate.definition.config.parse('.')
    await expect(validate.definition.check!(config, { baseDir: folder })).rejects.toMatchObject({ code: 'E_SCHEMA' })
  })
})

test('a schema of true or false is one', async () => {
  expect((await check('true', { value: 1 })).outcome).toBe('pass')
  expect((await check('false', { value: 1 })).outcome).toBe('E_VALUE_INVALID')
})

test.for([{ schema: '' }, {}, { schema: 'x', on_invalid: 'keep' }, { schema: 'x', strict: true }, 5])(
  '%j is refused',
  (config) => {
    expect(refusalOf(validate, config)).not.toBe('')
  },
)
