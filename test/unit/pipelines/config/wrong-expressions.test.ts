import { expect, test } from 'vitest'
import { messages, messagesOfSteps } from '../../../support/wrong-documents.ts'

/* Expressions that are wrong, each with the caret at the very character. */

test('plain', async () => {
  expect(await messagesOfSteps(`- filter: value.wrong == 1`)).toMatchInlineSnapshot(`
    "
    p.yaml:8:23 E_EXPRESSION_NAME streams.found.steps[0].filter
       - filter: value.wrong == 1
                       ^ the word \`wrong\` is wrong
       fix: leave it out of expressions
    "
  `)
})

test('single quotes', async () => {
  expect(await messagesOfSteps(`- filter: 'value.a == ''x'' && value.wrong'`)).toMatchInlineSnapshot(`
    "
    p.yaml:8:44 E_EXPRESSION_NAME streams.found.steps[0].filter
       - filter: 'value.a == ''x'' && value.wrong'
                                            ^ the word \`wrong\` is wrong
       fix: leave it out of expressions
    "
  `)
})

test('double quotes with escapes', async () => {
  expect(await messagesOfSteps(`- filter: "value.a == \\"x\\" && \\u0041 && value.wrong"`)).toMatchInlineSnapshot(`
    "
    p.yaml:8:54 E_EXPRESSION_NAME streams.found.steps[0].filter
       - filter: "value.a == \\"x\\" && \\u0041 && value.wrong"
                                                      ^ the word \`wrong\` is wrong
       fix: leave it out of expressions
    "
  `)
})

test('over several lines', async () => {
  expect(
    await messagesOfSteps(`- filter: value.a &&
    value.b &&
    value.wrong`),
  ).toMatchInlineSnapshot(`
    "
    p.yaml:10:17 E_EXPRESSION_NAME streams.found.steps[0].filter
       value.wrong
             ^ the word \`wrong\` is wrong
       fix: leave it out of expressions
    "
  `)
})

test('single quotes over several lines', async () => {
  expect(
    await messagesOfSteps(`- filter: 'value.a &&

    value.wrong'`),
  ).toMatchInlineSnapshot(`
    "
    p.yaml:10:17 E_EXPRESSION_NAME streams.found.steps[0].filter
       value.wrong'
             ^ the word \`wrong\` is wrong
       fix: leave it out of expressions
    "
  `)
})

test('a block text', async () => {
  expect(
    await messagesOfSteps(`- filter: |
    value.a &&
      value.b &&
      value.wrong`),
  ).toMatchInlineSnapshot(`
    "
    p.yaml:11:19 E_EXPRESSION_NAME streams.found.steps[0].filter
       value.wrong
             ^ the word \`wrong\` is wrong
       fix: leave it out of expressions
    "
  `)
})

test('a folded block text', async () => {
  expect(
    await messagesOfSteps(`- filter: >-
    value.a &&
    value.b

    && value.wrong`),
  ).toMatchInlineSnapshot(`
    "
    p.yaml:12:20 E_EXPRESSION_NAME streams.found.steps[0].filter
       && value.wrong
                ^ the word \`wrong\` is wrong
       fix: leave it out of expressions
    "
  `)
})

test('a template, an entry of a map, the key of a source', async () => {
  expect(
    await messages(`
pipeline: p
sources: { scans: { uses: lines, with: { path: a }, key: 'value.wrong', steps: [ set: { a: 'value.a', b: 'wrong' } ] } }
sinks: { out: { from: scans, uses: box, with: { index: 'a-{wrong}' } } }
`),
  ).toMatchInlineSnapshot(`
    "
    p.yaml:2:65 E_EXPRESSION_NAME sources.scans.key
       sources: { scans: { uses: lines, with: { path: a }, key: 'value.wrong', steps: [ set: { a: 'value.a', b: 'wrong' } ] } }
                                                                       ^ the word \`wrong\` is wrong
       fix: leave it out of expressions
    p.yaml:2:107 E_EXPRESSION_NAME sources.scans.steps[0].set.b
       sources: { scans: { uses: lines, with: { path: a }, key: 'value.wrong', steps: [ set: { a: 'value.a', b: 'wrong' } ] } }
                                                                                                                 ^ the word \`wrong\` is wrong
       fix: leave it out of expressions
    p.yaml:3:60 E_EXPRESSION_NAME sinks.out.with.index
       sinks: { out: { from: scans, uses: box, with: { index: 'a-{wrong}' } } }
                                                                  ^ the word \`wrong\` is wrong
       fix: leave it out of templates
    "
  `)
})

test('behind something that was filled in', async () => {
  expect(await messagesOfSteps(`- filter: 'value.a == "\${env:A}" && value.wrong'`, { env: { A: 'a long text' } }))
    .toMatchInlineSnapshot(`
    "
    p.yaml:8:49 E_EXPRESSION_NAME streams.found.steps[0].filter
       - filter: 'value.a == "\${env:A}" && value.wrong'
                                                 ^ the word \`wrong\` is wrong
       fix: leave it out of expressions
    "
  `)
})

test('within something that was filled in', async () => {
  expect(await messagesOfSteps(`- filter: 'value.a == \${env:A}'`, { env: { A: 'wrong' } })).toMatchInlineSnapshot(`
    "
    p.yaml:8:29 E_EXPRESSION_NAME streams.found.steps[0].filter
       - filter: 'value.a == \${env:A}'
                             ^ the word \`wrong\` is wrong
       fix: leave it out of expressions
    "
  `)
})

test('by an alias, once', async () => {
  expect(
    await messages(`
pipeline: p
sources: { scans: { uses: lines, with: { path: a } } }
streams:
  a: { from: scans, steps: &steps [ filter: 'wrong' ] }
  b: { from: scans, steps: *steps }
sinks: { out: { from: [a, b], uses: box } }
`),
  ).toMatchInlineSnapshot(`
    "
    p.yaml:4:46 E_EXPRESSION_NAME streams.a.steps[0].filter
       a: { from: scans, steps: &steps [ filter: 'wrong' ] }
                                                  ^ the word \`wrong\` is wrong
       fix: leave it out of expressions
    "
  `)
})

test('far to the right, with tabs and wide letters', async () => {
  expect(
    await messagesOfSteps(
      `- filter: 'value.a && value.a && value.a && value.a && value.a && value.a && value.a && value.a && value.a && value.a && value.a && value.a && value.a && value.a && value.a && 	"漢字" && wrong && value.a && value.a && value.a && value.a && value.a && value.a && value.a && value.a && value.a && value.a && value.a && value.a && value.a && value.a && value.a && true'`,
    ),
  ).toMatchInlineSnapshot(`
    "
    p.yaml:8:192 E_EXPRESSION_NAME streams.found.steps[0].filter
       … && value.a && value.a && value.a && value.a && value.a && value.a && value.a &&  "漢字" && wrong && value.a && value.a && value.a && value.a && value.a…
                                                                                                    ^ the word \`wrong\` is wrong
       fix: leave it out of expressions
    "
  `)
})
