import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { formatDiagnostic, type Diagnostic } from '../../../../pipelines/config/diagnostic.ts'
import { loadPipeline } from '../../../../pipelines/graph/load-pipeline.ts'
import { loadOptions } from '../../../support/small-plugins.ts'

const VALID = `pipeline: security-scan
description: "Scanner findings \\u00e9"
vars: { folder: ./reports, level: 3 }
partitions: 2
sources:
  scans:
    uses: lines
    with: { path: '\${var:folder}/a', follow: true }
    key: 'value.id'
    steps: [ set: { a: 'value.b' } ]
  in:
    uses: hook
    with: &hook
      listen: '127.0.0.1:8443'
      token: '\${env:TOKEN}'
streams:
  found:
    from: [ scans, in ]
    steps:
      - filter: 'value.severity_id >= \${var:level}'
      - dedupe: { within: 24h }
        on_error: { action: stop }
      - filter: |
          value.a &&
            value.b
  blocked: { from: found, steps: [ filter: '!value.allow', key: 'value.c' ] }
sinks:
  out: { from: [ found ], uses: box, with: { index: 'a-{value.b}', rotate: { every: 1m } } }
  all: { from: blocked, uses: printer, start: earliest }
on_error: { action: dead_letter, stop_after: { ratio: '50%', at_least: 100, within: 5m } }
tests:
  - { name: t, given: { scans: [ { value: { a: 1 } } ] }, expect: { out: { count: 1 } } }
`

const PIECES = `
{ } [ ] : , - ? ! * & | > ' " # % @ \\ ~ '' [[[[ {{{{ <<: __proto__ &a *a !x --- \${ \${env:A} $\${
null .inf 1e999 0x true constructor pipeline sources uses steps filter wrong
`

const pieces = fc.constantFrom(
  ...PIECES.trim().split(/\s+/),
  ' ',
  '\n',
  '\t',
  '\n  ',
  '\n- ',
  ': ',
  ' #',
  '`',
  '\u0000',
  '\ufeff',
  '\u2028',
  '😀',
  '\ud800',
)

/** The document with stretches of it taken out, doubled, moved or replaced. */
const mutated = fc
  .array(fc.tuple(fc.nat(VALID.length), fc.nat(60), fc.oneof(pieces, fc.string({ maxLength: 8 }))), {
    minLength: 1,
    maxLength: 5,
  })
  .map((changes) => {
    let text = VALID
    for (const [at, length, piece] of changes) text = text.slice(0, at) + piece + text.slice(at + length)
    return text
  })

const anything = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 200 }),
  fc.array(pieces, { maxLength: 60 }).map((list) => list.join('')),
)

function expectWellPlaced(diagnostic: Diagnostic, text: string): void {
  const lines = text.replace(/^\ufeff/, '').split(/\r?\n/)
  const { line, column, sourceLine, caretStart, caretEnd } = diagnostic
  expect(line).toBeGreaterThanOrEqual(1)
  expect(line).toBeLessThanOrEqual(lines.length)
  expect(column).toBeGreaterThanOrEqual(1)
  expect(column).toBeLessThanOrEqual((lines[line - 1]?.length ?? 0) + 2)
  expect(caretStart).toBeLessThanOrEqual(sourceLine.length)
  expect(caretEnd).toBeGreaterThanOrEqual(caretStart)
  expect(diagnostic.message).not.toBe('')
  expect(diagnostic.fix).not.toBe('')
  expect(formatDiagnostic(diagnostic).split('\n').length).toBeLessThanOrEqual(4)
}

async function check(text: string): Promise<void> {
  const { diagnostics, plan } = await loadPipeline({ file: 'p.yaml', text }, loadOptions())
  for (const diagnostic of diagnostics) expectWellPlaced(diagnostic, text)
  expect(plan === null).toBe(diagnostics.some(({ severity }) => severity === 'error'))
  expect(diagnostics.map(({ code }) => code)).not.toContain('E_BUG')
}

test('the document that is changed below is right', async () => {
  const { diagnostics } = await loadPipeline({ file: 'p.yaml', text: VALID }, loadOptions())
  expect(diagnostics.map(formatDiagnostic)).toEqual([])
})

test('any text gives diagnostics with places in it, and nothing is thrown', async () => {
  await fc.assert(fc.asyncProperty(anything, check), { numRuns: 3_000 })
})

test('any change of a right document gives a plan or says why not', async () => {
  await fc.assert(fc.asyncProperty(mutated, check), { numRuns: 3_000 })
})

test('no value from outside becomes a key, an element or a second value', async () => {
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: 'binary' }), async (value) => {
      const text = `pipeline: p
description: 'x \${env:A} y'
'\${env:A}': 1
sources: { scans: { uses: lines, with: { path: '\${env:A}', '\${env:A}': 2 } } }
`
      const loaded = await loadPipeline({ file: 'p.yaml', text }, loadOptions({}, { env: { A: value } }))
      expect(loaded.resolved?.document).toEqual({
        pipeline: 'p',
        description: `x ${value} y`,
        '${env:A}': 1,
        sources: { scans: { uses: 'lines', with: { path: value, '${env:A}': 2 } } },
      })
    }),
    { numRuns: 300 },
  )
})
