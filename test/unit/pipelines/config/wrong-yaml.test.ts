import { expect, test } from 'vitest'
import { messages, messagesOfSteps } from '../../../support/wrong-documents.ts'

/* What is no YAML, or none that is read. */

test('nothing', async () => {
  expect(
    await messages(`

`),
  ).toMatchInlineSnapshot(`
    "
    p.yaml:1:1 E_REQUIRED
       the document is empty
       fix: begin with \`pipeline: my-pipeline\`, \`sources:\` and \`sinks:\`; \`examples/\` holds whole documents
    "
  `)
})

test('only a comment', async () => {
  expect(
    await messages(`
# nothing
`),
  ).toMatchInlineSnapshot(`
    "
    p.yaml:1:1 E_REQUIRED
       # nothing
       ^ the document is empty
       fix: begin with \`pipeline: my-pipeline\`, \`sources:\` and \`sinks:\`; \`examples/\` holds whole documents
    "
  `)
})

test('a list', async () => {
  expect(
    await messages(`
- a
- b
`),
  ).toMatchInlineSnapshot(`
    "
    p.yaml:1:1 E_TYPE
       - a
       ^ expected a map, got a list
       fix: begin with \`pipeline: my-pipeline\`, \`sources:\` and \`sinks:\`; \`examples/\` holds whole documents
    "
  `)
})

test('a text', async () => {
  expect(
    await messages(`
hello
`),
  ).toMatchInlineSnapshot(`
    "
    p.yaml:1:1 E_TYPE
       hello
       ^ expected a map, got a text
       fix: begin with \`pipeline: my-pipeline\`, \`sources:\` and \`sinks:\`; \`examples/\` holds whole documents
    "
  `)
})

test('a quote that is never closed', async () => {
  expect(
    await messages(`
pipeline: 'p
sources: {}
`),
  ).toMatchInlineSnapshot(`
    "
    p.yaml:1:11 E_YAML_SYNTAX
       pipeline: 'p
                 ^ this quote is never closed
       fix: look at the place above and the line before it
    "
  `)
})

test('a quote that is closed lines later', async () => {
  expect(
    await messagesOfSteps(`- filter: 'value.a
- filter: 'value.b'`),
  ).toMatchInlineSnapshot(`
    "
    p.yaml:8:17 E_YAML_SYNTAX
       - filter: 'value.a
                 ^ this quote is never closed
       fix: look at the place above and the line before it
    "
  `)
})

test('a bracket that is never closed', async () => {
  expect(
    await messages(`
pipeline: p
sources: { scans: { uses: lines }
sinks: {}
`),
  ).toMatchInlineSnapshot(`
    "
    p.yaml:2:10 E_YAML_SYNTAX
       sources: { scans: { uses: lines }
                ^ this { is never closed
       fix: look at the place above and the line before it
    "
  `)
})

test('a tab', async () => {
  expect(
    await messages(`
pipeline: p
sources:
	scans: { uses: lines }
`),
  ).toMatchInlineSnapshot(`
    "
    p.yaml:3:1 E_YAML_SYNTAX
        scans: { uses: lines }
       ^ a tab stands where YAML wants spaces
       fix: look at the place above and the line before it
    "
  `)
})

test('a wrong indent', async () => {
  expect(
    await messages(`
pipeline: p
sources:
  scans:
    uses: lines
   with: { path: a }
`),
  ).toMatchInlineSnapshot(`
    "
    p.yaml:5:4 E_YAML_SYNTAX
       with: { path: a }
       ^ all mapping items must start at the same column
       fix: look at the place above and the line before it
    "
  `)
})

test('a wrong escape', async () => {
  expect(await messagesOfSteps(`- filter: "value.a == '\\d'"`)).toMatchInlineSnapshot(`
    "
    p.yaml:8:30 E_YAML_SYNTAX
       - filter: "value.a == '\\d'"
                              ^ invalid escape sequence \\d; between double quotes, \\ must be written \\\\
       fix: look at the place above and the line before it
    "
  `)
})

test('two documents', async () => {
  expect(
    await messages(`
pipeline: p
---
pipeline: q
`),
  ).toMatchInlineSnapshot(`
    "
    p.yaml:2:1 E_YAML_SYNTAX
       ---
       ^ a second document begins here; a file holds one
       fix: look at the place above and the line before it
    "
  `)
})

test('YAML 1.1', async () => {
  expect(
    await messages(`
%YAML 1.1
---
pipeline: p
`),
  ).toMatchInlineSnapshot(`
    "
    p.yaml:1:1 E_YAML_SYNTAX
       %YAML 1.1
       ^ YAML 1.1 is not read here, only YAML 1.2
       fix: look at the place above and the line before it
    "
  `)
})

test('a key twice', async () => {
  expect(
    await messages(`
pipeline: p
sources:
  scans: { uses: lines, with: { path: a } }
  scans: { uses: lines, with: { path: b } }
sinks: { out: { from: scans, uses: box } }
`),
  ).toMatchInlineSnapshot(`
    "
    p.yaml:4:3 E_YAML_DUPLICATE_KEY sources.scans
       scans: { uses: lines, with: { path: b } }
       ^ \`scans\` stands on line 3 already
       fix: remove one of the two
    "
  `)
})

test('a merge key', async () => {
  expect(
    await messages(`
pipeline: p
sources:
  a: &a { uses: lines, with: { path: a } }
  b: { <<: *a }
sinks: { out: { from: [a, b], uses: box } }
`),
  ).toMatchInlineSnapshot(`
    "
    p.yaml:4:8 E_YAML_MERGE sources.b
       b: { <<: *a }
            ^ merge keys (<<) are not read here
       fix: write the entries out, or give the whole value an anchor and use an alias
    "
  `)
})

test('an alias that is misspelt', async () => {
  expect(
    await messages(`
pipeline: p
sources:
  a: &lines { uses: lines, with: { path: a } }
  b: *line
sinks: { out: { from: [a, b], uses: box } }
`),
  ).toMatchInlineSnapshot(`
    "
    p.yaml:4:6 E_YAML_ALIAS sources.b
       b: *line
          ^ no anchor &line stands before this alias
       fix: did you mean *lines?
    "
  `)
})

test('no message: an alias', async () => {
  expect(
    await messages(`
pipeline: p
sources:
  a: &lines { uses: lines, with: { path: a } }
  b: *lines
sinks: { out: { from: [a, b], uses: box } }
`),
  ).toMatchInlineSnapshot(`
    "
    "
  `)
})

test('a tag of another program', async () => {
  expect(
    await messages(`
pipeline: p
sources:
  a: !include a.yaml
`),
  ).toMatchInlineSnapshot(`
    "
    p.yaml:3:6 E_YAML_QUOTE sources.a
       a: !include a.yaml
          ^ without quotes, YAML reads !include as a tag
       fix: a: '!include a.yaml'
    "
  `)
})

test('a number that is too large', async () => {
  expect(
    await messages(`
pipeline: p
sources: { a: { uses: lines, with: { path: 12345678901234567890 } } }
sinks: { out: { from: a, uses: box } }
`),
  ).toMatchInlineSnapshot(`
    "
    p.yaml:2:44 E_YAML_NUMBER sources.a.with.path
       sources: { a: { uses: lines, with: { path: 12345678901234567890 } } }
                                                  ^ 12345678901234567890 is a number that cannot be kept exactly
       fix: put it into quotes if it is a text
    "
  `)
})

test('a key that is no text', async () => {
  expect(
    await messages(`
pipeline: p
? [a]
: b
`),
  ).toMatchInlineSnapshot(`
    "
    p.yaml:2:3 E_YAML_SYNTAX
       ? [a]
         ^ a key must be a text
       fix: look at the place above and the line before it
    "
  `)
})

test('__proto__', async () => {
  expect(
    await messages(`
pipeline: p
__proto__: { sources: 1 }
sources: { a: { uses: lines, with: { path: a } } }
sinks: { out: { from: a, uses: box } }
`),
  ).toMatchInlineSnapshot(`
    "
    p.yaml:2:1 E_UNKNOWN_KEY
       __proto__: { sources: 1 }
       ^ \`__proto__\` cannot be a key
       fix: remove the key
    "
  `)
})

test('a control character', async () => {
  expect(
    await messages(`
pipeline: p
description: "[31mred"
`),
  ).toMatchInlineSnapshot(`
    "
    p.yaml:2:15 E_YAML_SYNTAX
       description: "·[31mred"
                     ^ a control character (U+001B) in the document
       fix: look at the place above and the line before it
    "
  `)
})
