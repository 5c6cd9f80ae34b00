import { expect, test } from 'vitest'
import { z } from 'zod'
import { fillIn } from '../../../../pipelines/config/fill-in.ts'
import { Findings } from '../../../../pipelines/config/findings.ts'
import { parseDocument } from '../../../../pipelines/config/parse-document.ts'
import { parseShape } from '../../../../pipelines/config/parse-shape.ts'
import { SourceText } from '../../../../pipelines/config/source-text.ts'
import { duration } from '../../../../schemas/duration.ts'
import { expression } from '../../../../schemas/expression.ts'
import { StoplogError } from '../../../../schemas/stoplog-error.ts'

/** What the schema makes of the text, or a line for each thing that is wrong: place, code, message. */
async function parsed(schema: z.ZodType, text: string, env: Record<string, string> = {}): Promise<unknown> {
  const findings = new Findings(new SourceText('p.yaml', text))
  const node = parseDocument(findings)
  if (node === null) throw new Error('no YAML')
  const sources = { env, vars: {}, readFile: () => Promise.reject(new Error('no file')), baseDir: '/' }
  const values = await fillIn(node, sources, findings)
  const output = parseShape(schema, { node, path: ['x'], values, findings })
  const found = findings.toDiagnostics()
  if (found.length === 0) return output
  expect(output).toBeUndefined()
  return found.map(({ line, column, code, path, message }) => `${line}:${column} ${code} ${path}: ${message}`)
}

const action = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('wait'), time: duration }),
  z.strictObject({ kind: z.literal('stop'), code: z.int() }),
])

const throwing = z.strictObject({ a: z.string() }).transform((): never => {
  throw new StoplogError('E_SCHEMA', 'the schema itself fails')
})

const named = z.record(z.string(), z.string()).superRefine((fields, context) => {
  for (const key of Object.keys(fields)) {
    if (key.startsWith('_')) {
      context.addIssue({
        code: 'custom',
        path: [key],
        message: `"${key}" is private`,
        params: { code: 'E_FIELD_PATH' },
      })
    }
  }
})

const together = z
  .strictObject({ a: z.string().optional(), b: z.string().optional() })
  .refine((map) => map.a === undefined || map.b !== undefined, { path: ['b'], error: 'expected b, since a is there' })

const shortOrLong = z.union([
  z.string().superRefine((text, context) => {
    if (text === 'bad') context.addIssue({ code: 'custom', message: 'bad is bad' })
  }),
  z.strictObject({ text: z.string(), times: z.int().min(1).max(3) }),
])

const worded = z.union([z.string().min(3), z.strictObject({ a: z.string() })], { error: 'expected a word or { a }' })

test.for<[name: string, schema: z.ZodType, text: string, result: unknown]>([
  [
    'the branch with the right discriminator',
    action,
    '{ kind: wait, time: 5 }',
    ['1:21 E_TYPE x.time: expected a duration such as "30s", "5m" or "24h", got a number'],
  ],
  ['a wrong discriminator', action, '{ kind: wiat, time: 5s }', ['1:9 E_VALUE x.kind: expected "wait" or "stop"']],
  ['no discriminator', action, '{ time: 5s }', ['1:1 E_REQUIRED x.kind: `kind` is missing']],
  [
    'the branch of a union that fits best',
    shortOrLong,
    '{ text: a, times: 9 }',
    ['1:19 E_VALUE x.times: expected a number of at most 3'],
  ],
  ['the own words of a branch', shortOrLong, 'bad', ['1:1 E_VALUE x: bad is bad']],
  ['no branch at all', shortOrLong, '[a]', ['1:1 E_TYPE x: expected a text or a map, got a list']],
  ['the own words of a union', worded, '[a]', ['1:1 E_TYPE x: expected a word or { a }, got a list']],
  ['a schema that throws', throwing, '{ a: b }', ['1:1 E_SCHEMA x: the schema itself fails']],
  ['a key that is complained of', named, '{ a: b, _c: d }', ['1:9 E_FIELD_PATH x._c: "_c" is private']],
  [
    'words about a key that is not there',
    z.strictObject({ c: together }),
    '{ c: { a: x } }',
    ['1:3 E_VALUE x.c.b: expected b, since a is there'],
  ],
  [
    'a key that does not fit',
    z.record(z.string().regex(/^a/, 'expected a name with a'), z.int()),
    '{ b: 1 }',
    ['1:3 E_VALUE x.b: expected a name with a'],
  ],
  ['a boolean of older YAML', z.boolean(), 'constructor', ['1:1 E_TYPE x: expected true or false, got a text']],
  [
    'a list that is too short',
    z.array(z.string()).min(2),
    '[a]',
    ['1:1 E_VALUE x: expected a list of at least 2 items'],
  ],
  ['an item of a list', z.array(expression), "['a', { b: 1 }]", ['1:7 E_TYPE x[1]: expected a text, got a map']],
  ['a URL', z.url(), 'nonsense', ['1:1 E_VALUE x: expected a URL such as https://host/path']],
  [
    'words of the schema',
    z.string().refine((text) => text !== 'a', 'expected anything but a'),
    'a',
    ['1:1 E_VALUE x: expected anything but a'],
  ],
  [
    'a map with a key named like a method',
    z.strictObject({ a: z.int() }),
    '{ a: 1, constructor: 2 }',
    ['1:9 E_UNKNOWN_KEY x.constructor: `constructor` is not a key that is read here'],
  ],
])('%s', async ([, schema, text, result]) => {
  expect(await parsed(schema, text)).toEqual(result)
})

test.for<[text: string, env: Record<string, string>, result: unknown]>([
  ["{ n: '${env:N}', b: '${env:B}' }", { N: '-3', B: 'true' }, { n: -3, b: true }],
  ["{ n: '${env:N}5', b: ${env:B} }".replace('${env:B}', 'false'), { N: '1' }, { n: 15, b: false }],
  ["{ n: '5', b: true }", {}, ['1:6 E_TYPE x.n: expected a number, got a text']],
  ["{ n: '${env:N}', b: true }", { N: '0x10' }, ['1:6 E_TYPE x.n: expected a number, got a text']],
  ["{ n: '${env:N}', b: true }", { N: '1.5' }, ['1:6 E_TYPE x.n: expected a whole number, got a text']],
])('only what was filled in is read as a number: %s', async ([text, env, result]) => {
  expect(await parsed(z.strictObject({ n: z.int(), b: z.boolean() }), text, env)).toEqual(result)
})

test('a value that several aliases name is reported once', async () => {
  const schema = z.strictObject({ a: z.array(z.int()), b: z.array(z.int()) })
  expect(await parsed(schema, 'a: &v [x]\nb: *v\n')).toEqual(['1:8 E_TYPE x.a[0]: expected a number, got a text'])
})
