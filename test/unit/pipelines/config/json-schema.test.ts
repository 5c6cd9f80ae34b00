import { readFileSync } from 'node:fs'
import { Ajv } from 'ajv'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'
import { BUILT_IN_PLUGINS } from '../../../../pipelines/config/built-in-plugins.ts'
import { pipelineJsonSchema } from '../../../../pipelines/config/json-schema.ts'
import { defineProcessor } from '../../../../processors/processor.ts'
import { SMALL_PLUGINS } from '../../../support/small-plugins.ts'

function errorsOf(yaml: string, plugins = SMALL_PLUGINS): string[] {
  const ajv = new Ajv({ allErrors: true, strict: false, validateFormats: false })
  const validate = ajv.compile(pipelineJsonSchema(plugins))
  validate(parse(yaml))
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message ?? ''}`)
}

const FINE = `
pipeline: p
partitions: '\${env:N}'
sources:
  a: { uses: lines, with: { path: a, follow: '\${env:FOLLOW:-true}' }, steps: [ filter: 'value.a' ] }
  b: { uses: ./mine.js, with: { anything: 1 } }
streams:
  c: { from: [ a, b ], steps: [ dedupe, { dedupe: { within: '\${var:w}' }, on_error: drop }, { ./mine.js: 1 }, '@acme/x' ] }
sinks:
  d: { from: c, uses: box, with: { token: '\${env:T}', rotate: { every: 1m } }, start: latest }
  e: { from: c, uses: printer }
`

describe('the JSON Schema', () => {
  test('takes what the loader takes', () => {
    expect(errorsOf(FINE)).toEqual([])
  })

  test.for<[change: [from: string, to: string], place: string]>([
    [['pipeline: p', 'pipeline: P'], '/pipeline'],
    [['pipeline: p', 'pipline: p'], ' '],
    [['path: a', 'pth: a'], '/sources/a/with'],
    [['{ path: a,', '{'], '/sources/a/with'],
    [['every: 1m', 'every: 60'], '/sinks/d/with/rotate/every'],
    [['start: latest', 'start: later'], '/sinks/d/start'],
    [['on_error: drop', 'on_error: skip'], '/streams/c/steps/1/on_error'],
    [['dedupe, {', 'filter, {'], '/streams/c/steps/0'],
    [["filter: 'value.a'", 'filter: 1'], '/sources/a/steps/0'],
  ])('refuses %j', ([[from, to], place]) => {
    expect(FINE).toContain(from)
    expect(errorsOf(FINE.replace(from, to)).some((error) => error.startsWith(place))).toBe(true)
  })

  test('keeps references within a config that holds itself', () => {
    interface Tree {
      readonly all?: readonly Tree[] | undefined
    }
    const tree: z.ZodType<Tree> = z.lazy(() => z.strictObject({ all: z.array(tree).optional() }))
    const step = defineProcessor({
      type: 'tree',
      summary: 'holds itself',
      config: z.strictObject({ root: tree }),
      places: ['stream'],
      stateful: false,
      changesKey: false,
      create: () => ({ each: () => 'pass' }),
    })
    const plugins = { ...SMALL_PLUGINS, processors: [...SMALL_PLUGINS.processors, step] }
    const withTree = (config: string): string => FINE.replace('dedupe, {', `{ tree: { root: ${config} } }, {`)
    expect(errorsOf(withTree('{ all: [ { all: [] } ] }'), plugins)).toEqual([])
    expect(errorsOf(withTree('{ all: [ { al: [] } ] }'), plugins)).not.toEqual([])
  })

  test('takes the settings of built-in plugins, also those named like words of JSON Schema', () => {
    const document = (format: string): string => `
pipeline: p
sources: { a: { uses: file, with: { path: a.txt, format: ${format} }, steps: [ { parse: { format: json } } ] } }
sinks: { b: { from: a, uses: file, with: { path: b.txt, format: ndjson } } }
`
    expect(errorsOf(document('ndjson'), BUILT_IN_PLUGINS)).toEqual([])
    expect(errorsOf(document('xml'), BUILT_IN_PLUGINS)).toContainEqual(
      expect.stringMatching(/^\/sources\/a\/with\/format /),
    )
  })

  test('marks secrets as something that is only written', () => {
    expect(JSON.stringify(pipelineJsonSchema(SMALL_PLUGINS))).toContain('"writeOnly":true')
  })
})

test('schemas/pipeline.schema.json is what `npm run schema` writes', () => {
  const written = readFileSync(new URL('../../../../schemas/pipeline.schema.json', import.meta.url), 'utf8')
  expect(`${JSON.stringify(pipelineJsonSchema(BUILT_IN_PLUGINS), null, 2)}\n`).toBe(written)
})
