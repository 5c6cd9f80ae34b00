import { expect, test } from 'vitest'
import { messages } from '../../../support/wrong-documents.ts'

/* What does not fit the configs of plugins and nodes. */

test('a config', async () => {
  expect(
    await messages(`
pipeline: p
sources: { scans: { uses: lines, with: { pth: a, follow: yes } } }
sinks:
  out:
    from: scans
    uses: box
    with:
      mode: creat
      rotate: { every: 60, records: 0, size: 1MiB }
`),
  ).toMatchInlineSnapshot(`
    "
    p.yaml:2:42 E_UNKNOWN_KEY sources.scans.with.pth
       sources: { scans: { uses: lines, with: { pth: a, follow: yes } } }
                                                ^ \`pth\` is not a key that is read here
       fix: did you mean \`path\`?
    p.yaml:2:58 E_TYPE sources.scans.with.follow
       sources: { scans: { uses: lines, with: { pth: a, follow: yes } } }
                                                                ^ expected true or false, got a text
       fix: did you mean \`true\`?
    p.yaml:8:13 E_VALUE sinks.out.with.mode
       mode: creat
             ^ expected "create" or "index"
       fix: did you mean \`create\`?
    p.yaml:9:24 E_TYPE sinks.out.with.rotate.every
       rotate: { every: 60, records: 0, size: 1MiB }
                        ^ expected a duration such as "30s", "5m" or "24h", got a number
       fix: write what is expected there
    p.yaml:9:37 E_VALUE sinks.out.with.rotate.records
       rotate: { every: 60, records: 0, size: 1MiB }
                                     ^ expected a number of at least 1
       fix: write what is expected there
    p.yaml:9:40 E_UNKNOWN_KEY sinks.out.with.rotate.size
       rotate: { every: 60, records: 0, size: 1MiB }
                                        ^ \`size\` is not a key that is read here
       fix: known keys are every, records
    "
  `)
})

test('a config that is no map', async () => {
  expect(
    await messages(`
pipeline: p
sources: { scans: { uses: lines, with: ./reports } }
sinks: { out: { from: scans, uses: box } }
`),
  ).toMatchInlineSnapshot(`
    "
    p.yaml:2:40 E_TYPE sources.scans.with
       sources: { scans: { uses: lines, with: ./reports } }
                                              ^ expected a map, got a text
       fix: with: the connector's own settings
    "
  `)
})

test('a config that is missing', async () => {
  expect(
    await messages(`
pipeline: p
sources: { scans: { uses: lines } }
sinks: { out: { from: scans, uses: box } }
`),
  ).toMatchInlineSnapshot(`
    "
    p.yaml:2:27 E_REQUIRED sources.scans.with.path
       sources: { scans: { uses: lines } }
                                 ^ \`path\` is missing
       fix: add \`path: …\`: where the lines are
    "
  `)
})

test('plugins that do not exist', async () => {
  expect(
    await messages(`
pipeline: p
sources:
  a: { uses: line, with: { anything: goes } }
  b: { uses: box }
  c: { uses: s3 }
  d: { uses: '' }
sinks: { out: { from: [a, b, c, d], uses: elasticsearch } }
`),
  ).toMatchInlineSnapshot(`
    "
    p.yaml:3:14 E_UNKNOWN_PLUGIN sources.a.uses
       a: { uses: line, with: { anything: goes } }
                  ^ there is no source \`line\`
       fix: did you mean \`lines\`?
    p.yaml:4:14 E_UNKNOWN_PLUGIN sources.b.uses
       b: { uses: box }
                  ^ \`box\` is a sink, not a source
       fix: sources are lines, hook, ticks
    p.yaml:5:14 E_NOT_YET sources.c.uses
       c: { uses: s3 }
                  ^ the source \`s3\` is not in this version yet
       fix: remove it; \`pipeline describe\` lists what this version can do
    p.yaml:6:14 E_VALUE sources.d.uses
       d: { uses: '' }
                  ^ expected a text that is not empty
       fix: uses: a built-in connector, ./file.js, ./file.ts or an installed package
    p.yaml:7:43 E_UNKNOWN_PLUGIN sinks.out.uses
       sinks: { out: { from: [a, b, c, d], uses: elasticsearch } }
                                                 ^ there is no sink \`elasticsearch\`
       fix: sinks are box, printer; ./file.js or the name of an installed package loads another
    "
  `)
})

test('names of nodes', async () => {
  expect(
    await messages(`
pipeline: p
sources:
  Scans: { uses: lines, with: { path: a } }
  my_scans: { uses: lines, with: { path: a } }
  out: { uses: lines, with: { path: a } }
sinks:
  out: { from: out, uses: box }
`),
  ).toMatchInlineSnapshot(`
    "
    p.yaml:3:3 E_NODE_NAME sources.Scans
       Scans: { uses: lines, with: { path: a } }
       ^ \`Scans\` cannot be the name of a node
       fix: use a-z, 0-9 and "-", with a letter first, at most 63 characters
    p.yaml:4:3 E_NODE_NAME sources.my_scans
       my_scans: { uses: lines, with: { path: a } }
       ^ \`my_scans\` cannot be the name of a node
       fix: use a-z, 0-9 and "-", with a letter first, at most 63 characters
    p.yaml:7:3 E_NODE_DUPLICATE sinks.out
       out: { from: out, uses: box }
       ^ the node on line 5 is called \`out\` already
       fix: rename one of them: sources, streams and sinks share their names
    "
  `)
})

test('what is to come', async () => {
  expect(
    await messages(`
pipeline: p
broker: { bootstrap_servers: ['k:9092'], tls: { ca: a } }
tables: { exploited: { from: kev } }
include: [ 'sources/*.yaml' ]
sources:
  scans: { uses: lines, with: { path: a } }
streams:
  hot: { from: scans, group_by: 'value.a', window: { tumbling: 5m } }
  both: { join: { left: scans, right: hot } }
  known: { from: scans, steps: [ enrich: { table: exploited } ] }
sinks: { out: { from: [hot, both, known, exploited], uses: box } }
`),
  ).toMatchInlineSnapshot(`
    "
    p.yaml:2:42 E_NOT_YET broker.tls
       broker: { bootstrap_servers: ['k:9092'], tls: { ca: a } }
                                                ^ \`tls\` is not in this version yet
       fix: remove it; \`pipeline describe\` lists what this version can do
    p.yaml:3:1 E_NOT_YET tables
       tables: { exploited: { from: kev } }
       ^ \`tables\` is not in this version yet
       fix: remove it; \`pipeline describe\` lists what this version can do
    p.yaml:4:1 E_NOT_YET include
       include: [ 'sources/*.yaml' ]
       ^ \`include\` is not in this version yet
       fix: remove it; \`pipeline describe\` lists what this version can do
    p.yaml:8:23 E_NOT_YET streams.hot.group_by
       hot: { from: scans, group_by: 'value.a', window: { tumbling: 5m } }
                           ^ \`group_by\` is not in this version yet
       fix: remove it; \`pipeline describe\` lists what this version can do
    p.yaml:8:44 E_NOT_YET streams.hot.window
       hot: { from: scans, group_by: 'value.a', window: { tumbling: 5m } }
                                                ^ \`window\` is not in this version yet
       fix: remove it; \`pipeline describe\` lists what this version can do
    p.yaml:9:11 E_NOT_YET streams.both.join
       both: { join: { left: scans, right: hot } }
               ^ \`join\` is not in this version yet
       fix: remove it; \`pipeline describe\` lists what this version can do
    p.yaml:10:34 E_NOT_YET streams.known.steps[0].enrich
       known: { from: scans, steps: [ enrich: { table: exploited } ] }
                                      ^ the step \`enrich\` is not in this version yet
       fix: remove it; \`pipeline describe\` lists what this version can do
    "
  `)
})

test('broker addresses', async () => {
  expect(
    await messages(`
pipeline: p
broker: { bootstrap_servers: [localhost], tsl: {} }
sources: { scans: { uses: lines, with: { path: a } } }
sinks: { out: { from: scans, uses: box } }
`),
  ).toMatchInlineSnapshot(`
    "
    p.yaml:2:31 E_VALUE broker.bootstrap_servers[0]
       broker: { bootstrap_servers: [localhost], tsl: {} }
                                     ^ expected an address such as "kafka-1:9092"
       fix: write what is expected there
    p.yaml:2:43 E_UNKNOWN_KEY broker.tsl
       broker: { bootstrap_servers: [localhost], tsl: {} }
                                                 ^ \`tsl\` is not a key that is read here
       fix: known keys are bootstrap_servers
    "
  `)
})

test('tests', async () => {
  expect(
    await messages(`
pipeline: p
sources: { scans: { uses: lines, with: { path: a } } }
sinks: { out: { from: scans, uses: box } }
tests:
  - given: { scan: [ { value: 1, raw: '2' } ] }
    expect: { scans: { contain: [] } }
`),
  ).toMatchInlineSnapshot(`
    "
    p.yaml:5:5 E_REQUIRED tests[0].name
       - given: { scan: [ { value: 1, raw: '2' } ] }
         ^ \`name\` is missing
       fix: add \`name: …\`
    p.yaml:5:14 E_UNKNOWN_NODE tests[0].given.scan
       - given: { scan: [ { value: 1, raw: '2' } ] }
                  ^ there is no source or stream \`scan\`
       fix: did you mean \`scans\`?
    p.yaml:5:22 E_VALUE tests[0].given.scan[0]
       - given: { scan: [ { value: 1, raw: '2' } ] }
                          ^ expected \`value\` or \`raw\`, got both
       fix: write what is expected there
    p.yaml:6:24 E_UNKNOWN_KEY tests[0].expect.scans.contain
       expect: { scans: { contain: [] } }
                          ^ \`contain\` is not a key that is read here
       fix: did you mean \`contains\`?
    "
  `)
})
