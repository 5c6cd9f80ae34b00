import { expect, test } from 'vitest'
import { messages, messagesOfSteps } from '../../../support/wrong-documents.ts'

/* Steps that are wrong. */

test('names that do not exist', async () => {
  expect(
    await messagesOfSteps(`- filtr: value.a
- value.a > 3
- uppercase: {}
- rename: { a: b }`),
  ).toMatchInlineSnapshot(`
    "
    p.yaml:8:9 E_UNKNOWN_STEP streams.found.steps[0].filtr
       - filtr: value.a
         ^ there is no step \`filtr\`
       fix: did you mean \`filter\`?
    p.yaml:9:9 E_UNKNOWN_STEP streams.found.steps[1]
       - value.a > 3
         ^ there is no step \`value.a > 3\`
       fix: write it behind the name of a step: \`- filter: '…'\`
    p.yaml:10:9 E_UNKNOWN_STEP streams.found.steps[2].uppercase
       - uppercase: {}
         ^ there is no step \`uppercase\`
       fix: steps are filter, set, dedupe, key, lint
    p.yaml:11:9 E_NOT_YET streams.found.steps[3].rename
       - rename: { a: b }
         ^ the step \`rename\` is not in this version yet
       fix: remove it; \`pipeline describe\` lists what this version can do
    "
  `)
})

test('shapes that are no steps', async () => {
  expect(
    await messagesOfSteps(`- [filter]
-
- {}
- 5
- on_error: drop`),
  ).toMatchInlineSnapshot(`
    "
    p.yaml:8:9 E_STEP_SHAPE streams.found.steps[0]
       - [filter]
         ^ a step is not a list
       fix: write each step as an item of its own: "- filter: 'value.x > 1'"
    p.yaml:9:8 E_STEP_SHAPE streams.found.steps[1]
       -
        ^ this step is empty
       fix: write each step as an item of its own: "- filter: 'value.x > 1'"
    p.yaml:10:9 E_STEP_SHAPE streams.found.steps[2]
       - {}
         ^ this step has no name
       fix: write each step as an item of its own: "- filter: 'value.x > 1'"
    p.yaml:11:9 E_STEP_SHAPE streams.found.steps[3]
       - 5
         ^ a step begins with its name
       fix: write each step as an item of its own: "- filter: 'value.x > 1'"
    p.yaml:12:9 E_STEP_SHAPE streams.found.steps[4]
       - on_error: drop
         ^ this step has no name
       fix: write each step as an item of its own: "- filter: 'value.x > 1'"
    "
  `)
})

test('two steps in one', async () => {
  expect(
    await messagesOfSteps(`- filter: 'value.a'
  set: { a: 'value.b' }`),
  ).toMatchInlineSnapshot(`
    "
    p.yaml:9:9 E_STEP_SHAPE streams.found.steps[0].set
       set: { a: 'value.b' }
       ^ a step has one name, and \`filter\` is it already
       fix: make it a step of its own: \`- set: …\`
    "
  `)
})

test('a config that is not indented', async () => {
  expect(
    await messagesOfSteps(`- dedupe:
  within: 24h`),
  ).toMatchInlineSnapshot(`
    "
    p.yaml:9:9 E_STEP_SHAPE streams.found.steps[0].within
       within: 24h
       ^ \`within\` stands beside \`dedupe\`, not below it
       fix: indent it further than \`dedupe\`, or write \`- dedupe: { within: … }\`
    "
  `)
})

test('a config that is missing', async () => {
  expect(
    await messagesOfSteps(`- filter
- lint
- lint:`),
  ).toMatchInlineSnapshot(`
    "
    p.yaml:8:9 E_REQUIRED streams.found.steps[0].filter
       - filter
         ^ \`filter\` has no config
       fix: write it behind the name: \`filter: …\`
    p.yaml:9:9 E_REQUIRED streams.found.steps[1].lint.file
       - lint
         ^ \`file\` is missing
       fix: add \`file: …\`
    p.yaml:10:9 E_REQUIRED streams.found.steps[2].lint.file
       - lint:
         ^ \`file\` is missing
       fix: add \`file: …\`
    "
  `)
})

test('no message: a config that may be missing', async () => {
  expect(await messagesOfSteps(`- dedupe`)).toMatchInlineSnapshot(`
    "
    "
  `)
})

test('a config that is wrong', async () => {
  expect(
    await messagesOfSteps(`- dedupe: { withn: 24h }
- dedupe: { within: 24 }
- dedupe: 24h
- lint: { file: 1 }
- set: [a]`),
  ).toMatchInlineSnapshot(`
    "
    p.yaml:8:19 E_UNKNOWN_KEY streams.found.steps[0].dedupe.withn
       - dedupe: { withn: 24h }
                   ^ \`withn\` is not a key that is read here
       fix: did you mean \`within\`?
    p.yaml:9:27 E_TYPE streams.found.steps[1].dedupe.within
       - dedupe: { within: 24 }
                           ^ expected a duration such as "30s", "5m" or "24h", got a number
       fix: write what is expected there
    p.yaml:10:17 E_TYPE streams.found.steps[2].dedupe
       - dedupe: 24h
                 ^ expected a map, got a text
       fix: write what is expected there
    p.yaml:11:23 E_TYPE streams.found.steps[3].lint.file
       - lint: { file: 1 }
                       ^ expected a text, got a number
       fix: put it into quotes: '1'
    p.yaml:12:14 E_TYPE streams.found.steps[4].set
       - set: [a]
              ^ expected a map, got a list
       fix: write what is expected there
    "
  `)
})

test('files that are wrong', async () => {
  expect(
    await messagesOfSteps(`- lint: { file: missing.json }
- lint: { file: broken.json }
- lint: { file: fine.json }`),
  ).toMatchInlineSnapshot(`
    "
    p.yaml:8:9 E_SCHEMA streams.found.steps[0].lint
       - lint: { file: missing.json }
         ^ missing.json is not there
       fix: write the file
    p.yaml:9:9 E_PLUGIN_CHECK streams.found.steps[1].lint
       - lint: { file: broken.json }
         ^ \`lint\` says: cannot read it
       fix: see the message
    "
  `)
})

test('on_error of a step', async () => {
  expect(
    await messagesOfSteps(`- filter: 'value.a'
  on_error: ignore`),
  ).toMatchInlineSnapshot(`
    "
    p.yaml:9:19 E_VALUE streams.found.steps[0].on_error
       on_error: ignore
                 ^ expected "dead_letter", "stop" or "drop", or a map
       fix: on_error: what happens to events that fail; per document, node or step
    "
  `)
})

test('steps that are no list', async () => {
  expect(
    await messages(`
pipeline: p
sources: { scans: { uses: lines, with: { path: a }, steps: { filter: value.a } } }
sinks: { out: { from: scans, uses: box } }
`),
  ).toMatchInlineSnapshot(`
    "
    p.yaml:2:60 E_TYPE sources.scans.steps
       sources: { scans: { uses: lines, with: { path: a }, steps: { filter: value.a } } }
                                                                  ^ expected a list, got a map
       fix: steps: what happens to each event, one step after the other
    "
  `)
})
