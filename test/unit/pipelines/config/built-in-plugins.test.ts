import { describe, expect, test } from 'vitest'
import { BUILT_IN_PLUGINS } from '../../../../pipelines/config/built-in-plugins.ts'
import { formatDiagnostic } from '../../../../pipelines/config/diagnostic.ts'
import { loadPlugin } from '../../../../pipelines/config/plugin-loading.ts'
import { loadPipeline } from '../../../../pipelines/graph/load-pipeline.ts'
import { checkExpression } from '../../../../processors/cel/expressions.ts'
import { loadOptions } from '../../../support/small-plugins.ts'

const { sources, sinks, processors } = BUILT_IN_PLUGINS

function load(text: string): ReturnType<typeof loadPipeline> {
  const options = loadOptions({}, { plugins: BUILT_IN_PLUGINS, checkExpression, env: {} })
  return loadPipeline({ file: 'p.yaml', text }, options)
}

describe('every built-in plugin', () => {
  test.for(
    [...sources, ...sinks, ...processors].map((plugin) => [plugin.kind, plugin.definition.type, plugin] as const),
  )('%s %s holds to what is asked of those of users', async ([kind, , plugin]) => {
    await expect(loadPlugin(kind, './x.js', '/', () => Promise.resolve({ plugin }))).resolves.toBe(plugin)
  })

  test('has a name of its own within its kind', () => {
    for (const plugins of [sources, sinks, processors]) {
      const types = plugins.map(({ definition }) => definition.type)
      expect(new Set(types).size).toBe(types.length)
    }
  })
})

test('a document of built-in plugins gives a plan', async () => {
  const { plan, diagnostics } = await load(`pipeline: security-scan
sources:
  reports: { uses: file, with: { path: './reports/*.json', items: 'value.items' }, steps: [ redact: { fields: [ secret ] } ] }
streams:
  findings:
    from: reports
    steps:
      - filter: 'value.?severity_id.orValue(0) >= 3'
      - set: { seen.at: 'string(time)' }
      - dedupe: { within: 24h }
      - key: 'value.resources[0].uid'
sinks:
  all: { from: findings, uses: file, with: { path: out/all.ndjson } }
  screen: { from: reports, uses: stdout, steps: [ remove: [ seen ] ] }
`)
  expect(diagnostics.map(formatDiagnostic)).toEqual([])
  expect(plan?.guarantees.map(({ source, sink, level }) => [source, sink, level])).toEqual([
    ['reports', 'all', 'at_least_once'],
    ['reports', 'screen', 'at_least_once'],
  ])
})

test('what is wrong with an expression is shown at its very place', async () => {
  const { diagnostics } = await load(`pipeline: p
sources: { a: { uses: file, with: { path: a } } }
streams:
  b:
    from: a
    steps:
      - filter: 'value.title == ''it'' && valeu.x'
      - map: "{'a': lowr(value.\\u0061)}"
sinks: { c: { from: b, uses: stdout } }
`)
  expect(diagnostics.map(({ line, column, code }) => `${line}:${column} ${code}`)).toEqual([
    '7:43 E_EXPRESSION_NAME',
    '8:21 E_EXPRESSION_NAME',
  ])
})
