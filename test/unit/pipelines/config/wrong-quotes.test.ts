import { expect, test } from 'vitest'
import { messages, messagesOfSteps } from '../../../support/wrong-documents.ts'

/* Values that lack quotes. */

test('a tag', async () => {
  expect(await messagesOfSteps(`- filter: !value.verdict.allow`)).toMatchInlineSnapshot(`
    "
    p.yaml:8:17 E_YAML_QUOTE streams.found.steps[0].filter
       - filter: !value.verdict.allow
                 ^ without quotes, YAML reads !value.verdict.allow as a tag
       fix: - filter: '!value.verdict.allow'
    "
  `)
})

test('a tag with a space, which YAML would drop without a word', async () => {
  expect(await messagesOfSteps(`- filter: ! value.verdict.allow && value.x`)).toMatchInlineSnapshot(`
    "
    p.yaml:8:17 E_YAML_QUOTE streams.found.steps[0].filter
       - filter: ! value.verdict.allow && value.x
                 ^ without quotes, YAML reads ! as a tag
       fix: - filter: '! value.verdict.allow && value.x'
    "
  `)
})

test('a tag in braces', async () => {
  expect(await messagesOfSteps(`- { filter: !value.verdict.allow }`)).toMatchInlineSnapshot(`
    "
    p.yaml:8:19 E_YAML_QUOTE streams.found.steps[0].filter
       - { filter: !value.verdict.allow }
                   ^ without quotes, YAML reads !value.verdict.allow as a tag
       fix: - { filter: '!value.verdict.allow' }
    "
  `)
})

test('a list in braces', async () => {
  expect(await messagesOfSteps(`- { filter: value.severity_id in [4, 5] }`)).toMatchInlineSnapshot(`
    "
    p.yaml:8:19 E_YAML_QUOTE streams.found.steps[0].filter
       - { filter: value.severity_id in [4, 5] }
                   ^ without quotes, YAML reads [ as a sign of its own between { } or [ ]
       fix: - { filter: 'value.severity_id in [4, 5]' }
    "
  `)
})

test('a comma in braces', async () => {
  expect(await messagesOfSteps(`- { filter: coalesce(value.a, value.b) }`)).toMatchInlineSnapshot(`
    "
    p.yaml:8:19 E_YAML_QUOTE streams.found.steps[0].filter
       - { filter: coalesce(value.a, value.b) }
                   ^ without quotes, YAML reads , as a sign of its own between { } or [ ]
       fix: - { filter: 'coalesce(value.a, value.b)' }
    "
  `)
})

test('two values of one line', async () => {
  expect(await messagesOfSteps(`- set: { a: f(value.a, 1), b: value.c, d: g(1, 2) }`)).toMatchInlineSnapshot(`
    "
    p.yaml:8:19 E_YAML_QUOTE streams.found.steps[0].set.a
       - set: { a: f(value.a, 1), b: value.c, d: g(1, 2) }
                   ^ without quotes, YAML reads , as a sign of its own between { } or [ ]
       fix: - set: { a: 'f(value.a, 1)', b: value.c, d: 'g(1, 2)' }
    p.yaml:8:49 E_YAML_QUOTE streams.found.steps[0].set.d
       - set: { a: f(value.a, 1), b: value.c, d: g(1, 2) }
                                                 ^ without quotes, YAML reads , as a sign of its own between { } or [ ]
       fix: - set: { a: 'f(value.a, 1)', b: value.c, d: 'g(1, 2)' }
    "
  `)
})

test('a conditional', async () => {
  expect(await messagesOfSteps(`- filter: value.a ? value.b : value.c`)).toMatchInlineSnapshot(`
    "
    p.yaml:8:17 E_YAML_QUOTE streams.found.steps[0].filter
       - filter: value.a ? value.b : value.c
                 ^ without quotes, YAML reads ": " as the end of a key
       fix: - filter: 'value.a ? value.b : value.c'
    "
  `)
})

test('a colon in a text', async () => {
  expect(await messagesOfSteps(`- filter: value.a == "x: y"`)).toMatchInlineSnapshot(`
    "
    p.yaml:8:17 E_YAML_QUOTE streams.found.steps[0].filter
       - filter: value.a == "x: y"
                 ^ without quotes, YAML reads ": " as the end of a key
       fix: - filter: 'value.a == "x: y"'
    "
  `)
})

test('a hash in a text', async () => {
  expect(await messagesOfSteps(`- filter: value.a == 'x #y' && value.b == ' #z'`)).toMatchInlineSnapshot(`
    "
    p.yaml:8:17 E_YAML_QUOTE streams.found.steps[0].filter
       - filter: value.a == 'x #y' && value.b == ' #z'
                 ^ without quotes, YAML reads " #" as the beginning of a comment
       fix: - filter: "value.a == 'x #y' && value.b == ' #z'"
    "
  `)
})

test('no message: a comment behind an expression', async () => {
  expect(await messagesOfSteps(`- filter: value.a == 3  # fine`)).toMatchInlineSnapshot(`
    "
    "
  `)
})

test('a text first', async () => {
  expect(await messagesOfSteps(`- filter: 'a' in value.tags`)).toMatchInlineSnapshot(`
    "
    p.yaml:8:17 E_YAML_QUOTE streams.found.steps[0].filter
       - filter: 'a' in value.tags
                 ^ without quotes, YAML reads the second ' as the end of the text
       fix: - filter: "'a' in value.tags"
    "
  `)
})

test('a list first', async () => {
  expect(await messagesOfSteps(`- filter: [1, 2].exists(x, x > value.n)`)).toMatchInlineSnapshot(`
    "
    p.yaml:8:17 E_YAML_QUOTE streams.found.steps[0].filter
       - filter: [1, 2].exists(x, x > value.n)
                 ^ without quotes, YAML reads a list that ends at ]
       fix: - filter: '[1, 2].exists(x, x > value.n)'
    "
  `)
})

test('a map first', async () => {
  expect(await messagesOfSteps(`- filter: {'a': 1}[value.a] == 1`)).toMatchInlineSnapshot(`
    "
    p.yaml:8:17 E_YAML_QUOTE streams.found.steps[0].filter
       - filter: {'a': 1}[value.a] == 1
                 ^ without quotes, YAML reads a map that ends at }
       fix: - filter: "{'a': 1}[value.a] == 1"
    "
  `)
})

test('an alias', async () => {
  expect(await messagesOfSteps(`- filter: *.value`)).toMatchInlineSnapshot(`
    "
    p.yaml:8:17 E_YAML_QUOTE streams.found.steps[0].filter
       - filter: *.value
                 ^ without quotes, YAML reads *.value as an alias
       fix: - filter: '*.value'
    "
  `)
})

test('a reserved sign', async () => {
  expect(await messagesOfSteps(`- filter: \`x\``)).toMatchInlineSnapshot(`
    "
    p.yaml:8:17 E_YAML_QUOTE streams.found.steps[0].filter
       - filter: \`x\`
                 ^ without quotes, YAML reads \` as a sign of its own; no plain text begins with it
       fix: - filter: '\`x\`'
    "
  `)
})

test('a block sign', async () => {
  expect(await messagesOfSteps(`- filter: > 3`)).toMatchInlineSnapshot(`
    "
    p.yaml:8:17 E_YAML_QUOTE streams.found.steps[0].filter
       - filter: > 3
                 ^ without quotes, YAML reads > as the beginning of a block text
       fix: - filter: '> 3'
    "
  `)
})

test('two lines, and an error of another kind behind them', async () => {
  expect(
    await messagesOfSteps(`- filter: !value.a
- filter: value.b
- filter: [1].exists(x, x)
- filter: wrong`),
  ).toMatchInlineSnapshot(`
    "
    p.yaml:8:17 E_YAML_QUOTE streams.found.steps[0].filter
       - filter: !value.a
                 ^ without quotes, YAML reads !value.a as a tag
       fix: - filter: '!value.a'
    p.yaml:10:17 E_YAML_QUOTE streams.found.steps[2].filter
       - filter: [1].exists(x, x)
                 ^ without quotes, YAML reads a list that ends at ]
       fix: - filter: '[1].exists(x, x)'
    p.yaml:11:17 E_EXPRESSION_NAME streams.found.steps[3].filter
       - filter: wrong
                 ^ the word \`wrong\` is wrong
       fix: leave it out of expressions
    "
  `)
})

test('a template', async () => {
  expect(
    await messages(`
pipeline: p
sources: { scans: { uses: lines, with: { path: a } } }
sinks:
  out:
    from: scans
    uses: box
    with:
      index: {format(time, 'yyyy')}-findings
`),
  ).toMatchInlineSnapshot(`
    "
    p.yaml:8:14 E_YAML_QUOTE sinks.out.with.index
       index: {format(time, 'yyyy')}-findings
              ^ without quotes, YAML reads a map that ends at }
       fix: index: "{format(time, 'yyyy')}-findings"
    "
  `)
})

test('within braces that go over several lines', async () => {
  expect(
    await messages(`
pipeline: p
sources: { scans: { uses: lines, with: { path: a } } }
sinks:
  out: { from: scans, uses: box, with: {
      index: a-{value.b},
      url: http://x,
    } }
`),
  ).toMatchInlineSnapshot(`
    "
    p.yaml:5:14 E_YAML_QUOTE sinks.out.with.index
       index: a-{value.b},
              ^ without quotes, YAML reads { as a sign of its own between { } or [ ]
       fix: index: 'a-{value.b}',
    "
  `)
})

test('a filled-in value', async () => {
  expect(
    await messages(`
pipeline: p
sources: { scans: { uses: lines, with: { path: \${env:HOME}/a } } }
sinks: { out: { from: scans, uses: box } }
`),
  ).toMatchInlineSnapshot(`
    "
    p.yaml:2:48 E_YAML_QUOTE sources.scans.with.path
       sources: { scans: { uses: lines, with: { path: \${env:HOME}/a } } }
                                                      ^ without quotes, YAML reads { as a sign of its own between { } or [ ]
       fix: sources: { scans: { uses: lines, with: { path: '\${env:HOME}/a' } } }
    "
  `)
})

test('a template that YAML takes for a map', async () => {
  expect(
    await messages(`
pipeline: p
sources: { scans: { uses: lines, with: { path: a } } }
sinks:
  out:
    from: scans
    uses: box
    with:
      index: {value.b}
`),
  ).toMatchInlineSnapshot(`
    "
    p.yaml:8:14 E_TYPE sinks.out.with.index
       index: {value.b}
              ^ expected a text, got a map
       fix: put it into quotes: '{value.b}'
    "
  `)
})

test('an expression that YAML takes for a list, a number or a word', async () => {
  expect(
    await messagesOfSteps(`- filter: [1, 2]
- filter: 1
- filter: true
- filter:`),
  ).toMatchInlineSnapshot(`
    "
    p.yaml:8:17 E_TYPE streams.found.steps[0].filter
       - filter: [1, 2]
                 ^ expected a text, got a list
       fix: put it into quotes: '[1, 2]'
    p.yaml:9:17 E_TYPE streams.found.steps[1].filter
       - filter: 1
                 ^ expected a text, got a number
       fix: put it into quotes: '1'
    p.yaml:10:17 E_TYPE streams.found.steps[2].filter
       - filter: true
                 ^ expected a text, got a boolean
       fix: put it into quotes: 'true'
    p.yaml:11:9 E_REQUIRED streams.found.steps[3].filter
       - filter:
         ^ \`filter\` has no config
       fix: write it behind the name: \`filter: …\`
    "
  `)
})
