import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { defineSink, defineSource } from '../../../../connectors/connector.ts'
import { formatDiagnostic } from '../../../../pipelines/config/diagnostic.ts'
import { loadPlugin, type ImportModule } from '../../../../pipelines/config/plugin-loading.ts'
import { loadPipeline } from '../../../../pipelines/graph/load-pipeline.ts'
import { defineProcessor } from '../../../../processors/processor.ts'
import { secret } from '../../../../schemas/secret.ts'
import { loadOptions } from '../../../support/small-plugins.ts'

const source = (type: string, config: z.ZodType = z.strictObject({ token: secret.optional() })) =>
  defineSource({
    mode: 'push',
    type,
    summary: 'a source of a user',
    config,
    capabilities: { replayable: false, acknowledged: true },
    create: () => ({ start: async () => {}, close: async () => {} }),
  })

const sink = defineSink({
  type: 'mine',
  summary: 'a sink of a user',
  config: z.strictObject({}),
  capabilities: { idempotent: true },
  batch: () => ({ records: 1, bytes: 1, ageMs: 1 }),
  create: () => ({ write: async () => {}, close: async () => {} }),
})

const step = defineProcessor({
  type: 'score',
  summary: 'a step of a user',
  config: z.strictObject({ by: z.int().prefault(1) }),
  places: ['stream'],
  stateful: false,
  changesKey: false,
  create: () => ({ each: () => 'pass' }),
})

const exporting =
  (exported: unknown): ImportModule =>
  () =>
    Promise.resolve(exported)

const failing =
  (error: unknown): ImportModule =>
  () =>
    // oxlint-disable-next-line prefer-promise-reject-errors -- modules may throw anything
    Promise.reject(error)

function coded(code: string, message: string): Error {
  return Object.assign(new Error(message), { code })
}

describe('loadPlugin', () => {
  test.for<[name: string, uses: string, exported: object]>([
    ['the default export', './x.js', { default: source('a') }],
    ['a named export', './x.js', { a: source('a'), helper: () => {} }],
    ['the one of the kind', './x.js', { a: source('a'), b: sink, c: step }],
    ['the same one twice', './x.js', ((one) => ({ default: one, one }))(source('a'))],
    ['the one that is named', './x.js#a', { a: source('a'), b: source('b') }],
  ])('takes %s', async ([, uses, exported]) => {
    const plugin = await loadPlugin('source', uses, '/', exporting(exported))
    expect(plugin.definition.type).toBe('a')
  })

  test.for<[name: string, uses: string, importModule: ImportModule, code: string, message: string | RegExp]>([
    ['nothing', './x.js', exporting({}), 'E_PLUGIN_INVALID', './x.js exports no source'],
    [
      'only others',
      './x.js',
      exporting({ sink }),
      'E_PLUGIN_INVALID',
      './x.js exports no source, only the sink `mine`',
    ],
    ['what is no module', './x.js', exporting(null), 'E_PLUGIN_INVALID', './x.js exports nothing'],
    [
      'several',
      './x.js',
      exporting({ a: source('a'), b: source('b') }),
      'E_PLUGIN_INVALID',
      './x.js exports 2 sources: a, b',
    ],
    [
      'another name',
      './x.js#c',
      exporting({ a: source('a') }),
      'E_PLUGIN_INVALID',
      /no source `c`, only the source `a`/,
    ],
    [
      'a config that lets anything through',
      './x.js',
      exporting({ a: source('a', z.object({ a: z.string() })) }),
      'E_PLUGIN_INVALID',
      './x.js: `config` lets unknown keys through',
    ],
    [
      'no schema',
      './x.js',
      exporting({ a: { kind: 'source', definition: { type: 'a', create: () => {}, capabilities: {}, config: {} } } }),
      'E_PLUGIN_INVALID',
      './x.js: `config` is no zod schema',
    ],
    [
      'no create',
      './x.js',
      exporting({ a: { kind: 'source', definition: { type: 'a' } } }),
      'E_PLUGIN_INVALID',
      './x.js: `create` is not a function',
    ],
    [
      'no definition',
      './x.js',
      exporting({ a: { kind: 'source', definition: null } }),
      'E_PLUGIN_INVALID',
      /no source/,
    ],
    [
      'no file',
      './x.js',
      failing(coded('ERR_MODULE_NOT_FOUND', "Cannot find module '/home/me/x.js' imported from /y")),
      'E_PLUGIN_NOT_FOUND',
      'there is no ./x.js',
    ],
    [
      'a missing import',
      './x.js',
      failing(coded('ERR_MODULE_NOT_FOUND', "Cannot find package 'left-pad' imported from /home/me/x.js")),
      'E_PLUGIN_IMPORT',
      './x.js imports left-pad, which cannot be found',
    ],
    ['a syntax error', './x.js', failing(new SyntaxError('Unexpected }')), 'E_PLUGIN_SYNTAX', /Unexpected }/],
    [
      'an enum',
      './x.ts',
      failing(Object.assign(new SyntaxError('enum'), { code: 'ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX' })),
      'E_PLUGIN_SYNTAX',
      './x.ts cannot be read: enum',
    ],
    [
      'another kind of file',
      './x.py',
      failing(coded('ERR_UNKNOWN_FILE_EXTENSION', '.py')),
      'E_PLUGIN_SYNTAX',
      /neither/,
    ],
    [
      'what throws',
      './x.js',
      failing(new TypeError('a is not b\n at c')),
      'E_PLUGIN_IMPORT',
      /while it is loaded: a is not b$/,
    ],
    ['what throws no error', './x.js', failing('boom'), 'E_PLUGIN_IMPORT', /boom/],
  ])('refuses %s', async ([, uses, importModule, code, message]) => {
    await expect(loadPlugin('source', uses, '/', importModule)).rejects.toMatchObject({
      code,
      message: typeof message === 'string' ? message : (expect.stringMatching(message) as unknown),
    })
  })
})

describe('plugins of a document', () => {
  const modules: Readonly<Record<string, object>> = {
    './source.js': { default: source('mine') },
    './sink.ts': { sink },
    './score.js': { step },
    'stoplog-plugin-jira': { default: sink },
    '@acme/steps': { step },
  }
  const importModule: ImportModule = (specifier, baseDir) => {
    const found = modules[specifier]
    if (found !== undefined && baseDir === '/docs') return Promise.resolve(found)
    return Promise.reject(coded('ERR_MODULE_NOT_FOUND', `Cannot find package '${specifier}' imported from /docs`))
  }
  const load = (text: string): ReturnType<typeof loadPipeline> =>
    loadPipeline({ file: '/docs/p.yaml', text }, loadOptions({}, { importModule }))

  test('are found by file and by package, with their schemas', async () => {
    const { plan, diagnostics } = await load(`pipeline: p
sources: { a: { uses: ./source.js, with: { token: '\${env:T}' } } }
streams: { b: { from: a, steps: [ ./score.js: { by: 2 }, '@acme/steps' ] } }
sinks: { c: { from: b, uses: ./sink.ts }, d: { from: b, uses: stoplog-plugin-jira } }
`)
    expect(diagnostics).toEqual([])
    expect(plan?.sources[0]?.plugin.definition.type).toBe('mine')
    expect(plan?.streams[0]?.steps.map(({ type, config }) => [type, config])).toEqual([
      ['score', { by: 2 }],
      ['score', { by: 1 }],
    ])
    expect(plan?.sinks.map(({ plugin }) => plugin.definition.type)).toEqual(['mine', 'mine'])
  })

  test('are reported where they are named, once', async () => {
    const { diagnostics } = await load(`pipeline: p
sources:
  a: { uses: ./none.js, with: { x: 1 } }
  b: { uses: ./none.js }
  c: { uses: ./sink.ts }
  d: { uses: ./source.js, with: { tokn: x } }
  e: { uses: no-such-package }
sinks: { z: { from: [a, b, c, d, e], uses: box, steps: [ ./other.js, 'no such step' ] } }
`)
    expect(`\n${diagnostics.map(formatDiagnostic).join('\n')}\n`).toMatchInlineSnapshot(`
      "
      /docs/p.yaml:3:14 E_PLUGIN_NOT_FOUND sources.a.uses
         a: { uses: ./none.js, with: { x: 1 } }
                    ^ there is no ./none.js
         fix: check the path; it is relative to the folder of the document
      /docs/p.yaml:5:14 E_PLUGIN_INVALID sources.c.uses
         c: { uses: ./sink.ts }
                    ^ ./sink.ts exports no source, only the sink \`mine\`
         fix: export the result of defineSource(…)
      /docs/p.yaml:6:35 E_UNKNOWN_KEY sources.d.with.tokn
         d: { uses: ./source.js, with: { tokn: x } }
                                         ^ \`tokn\` is not a key that is read here
         fix: did you mean \`token\`?
      /docs/p.yaml:7:14 E_UNKNOWN_PLUGIN sources.e.uses
         e: { uses: no-such-package }
                    ^ there is no source \`no-such-package\`
         fix: sources are lines, hook, ticks, ./source.js; ./file.js or the name of an installed package loads another
      /docs/p.yaml:8:58 E_PLUGIN_NOT_FOUND sinks.z.steps[0]
         sinks: { z: { from: [a, b, c, d, e], uses: box, steps: [ ./other.js, 'no such step' ] } }
                                                                  ^ there is no ./other.js
         fix: check the path; it is relative to the folder of the document
      /docs/p.yaml:8:70 E_UNKNOWN_STEP sinks.z.steps[1]
         sinks: { z: { from: [a, b, c, d, e], uses: box, steps: [ ./other.js, 'no such step' ] } }
                                                                              ^ there is no step \`no such step\`
         fix: write it behind the name of a step: \`- filter: '…'\`
      "
    `)
  })
})
