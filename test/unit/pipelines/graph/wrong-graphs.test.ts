import { expect, test } from 'vitest'
import { messages } from '../../../support/wrong-documents.ts'

/* Documents whose parts do not go together. */

test('names that do not exist', async () => {
  expect(
    await messages(`
pipeline: p
sources: { scans: { uses: lines, with: { path: a } } }
streams:
  found: { from: scan }
  other: { from: [found, found, out, nowhere] }
sinks:
  out: { from: fuond, uses: box }
  all: { from: [], uses: box }
tests:
  - { name: t, given: { scns: [] }, expect: { out: {} } }
`),
  ).toMatchInlineSnapshot(`
    "
    p.yaml:4:18 E_UNKNOWN_NODE streams.found.from
       found: { from: scan }
                      ^ there is no source or stream \`scan\`
       fix: did you mean \`scans\`?
    p.yaml:5:26 E_FROM_TWICE streams.other.from[1]
       other: { from: [found, found, out, nowhere] }
                              ^ \`found\` is named twice
       fix: name it once
    p.yaml:5:33 E_UNKNOWN_NODE streams.other.from[2]
       other: { from: [found, found, out, nowhere] }
                                     ^ \`out\` is a sink; it has no topic that could be read
       fix: read what the sink reads
    p.yaml:5:38 E_UNKNOWN_NODE streams.other.from[3]
       other: { from: [found, found, out, nowhere] }
                                          ^ there is no source or stream \`nowhere\`
       fix: there are scans, found, other
    p.yaml:7:16 E_UNKNOWN_NODE sinks.out.from
       out: { from: fuond, uses: box }
                    ^ there is no source or stream \`fuond\`
       fix: did you mean \`found\`?
    p.yaml:8:3 E_UNFED sinks.all
       all: { from: [], uses: box }
       ^ nothing feeds the sink \`all\`
       fix: name at least one source or stream in \`from\`
    p.yaml:10:25 E_UNKNOWN_NODE tests[0].given.scns
       - { name: t, given: { scns: [] }, expect: { out: {} } }
                             ^ there is no source or stream \`scns\`
       fix: did you mean \`scans\`?
    "
  `)
})

test('circles', async () => {
  expect(
    await messages(`
pipeline: p
sources: { scans: { uses: lines, with: { path: a } } }
streams:
  a: { from: [scans, c] }
  b: { from: a }
  c: { from: b }
  d: { from: d }
sinks: { out: { from: c, uses: box } }
`),
  ).toMatchInlineSnapshot(`
    "
    p.yaml:4:22 E_CYCLE streams.a.from[1]
       a: { from: [scans, c] }
                          ^ these streams feed each other: a → b → c → a
       fix: take one of the names out of a \`from\`
    p.yaml:7:14 E_CYCLE streams.d.from
       d: { from: d }
                  ^ these streams feed each other: d → d
       fix: take one of the names out of a \`from\`
    "
  `)
})

test('a source that nothing reads', async () => {
  expect(
    await messages(`
pipeline: p
sources:
  scans: { uses: lines, with: { path: a } }
  other: { uses: lines, with: { path: a } }
sinks: { out: { from: scans, uses: box } }
`),
  ).toMatchInlineSnapshot(`
    "
    p.yaml:4:3 warning E_UNUSED_SOURCE sources.other
       other: { uses: lines, with: { path: a } }
       ^ nothing reads \`other\`; its topic is filled all the same
       fix: add a stream or a sink that reads it, or remove it
    "
  `)
})

test('steps in places where they cannot run', async () => {
  expect(
    await messages(`
pipeline: p
sources: { scans: { uses: lines, with: { path: a }, steps: [ dedupe, key: 'value.a', lint: { file: a } ] } }
sinks: { out: { from: scans, uses: box, steps: [ dedupe, key: 'value.a', filter: 'value.a' ] } }
`),
  ).toMatchInlineSnapshot(`
    "
    p.yaml:2:62 E_STEP_PLACE sources.scans.steps[0].dedupe
       sources: { scans: { uses: lines, with: { path: a }, steps: [ dedupe, key: 'value.a', lint: { file: a } ] } }
                                                                    ^ \`dedupe\` cannot stand in a source: source steps run before an event is durable, so they keep no state and have no effects
       fix: move it to a stream
    p.yaml:2:86 E_STEP_PLACE sources.scans.steps[2].lint
       sources: { scans: { uses: lines, with: { path: a }, steps: [ dedupe, key: 'value.a', lint: { file: a } ] } }
                                                                                            ^ \`lint\` cannot stand in a source: source steps run before an event is durable, so they keep no state and have no effects
       fix: move it to a stream
    p.yaml:3:50 E_STEP_PLACE sinks.out.steps[0].dedupe
       sinks: { out: { from: scans, uses: box, steps: [ dedupe, key: 'value.a', filter: 'value.a' ] } }
                                                        ^ \`dedupe\` cannot stand in a sink: sink steps run again on every retry, so they keep no state and have no effects
       fix: move it to a stream
    p.yaml:3:58 E_STEP_PLACE sinks.out.steps[1].key
       sinks: { out: { from: scans, uses: box, steps: [ dedupe, key: 'value.a', filter: 'value.a' ] } }
                                                                ^ \`key\` cannot stand in a sink: sink steps run again on every retry, so they keep no state and have no effects
       fix: move it to a source or a stream
    "
  `)
})

test('a key step before others', async () => {
  expect(
    await messages(`
pipeline: p
sources: { scans: { uses: lines, with: { path: a } } }
streams:
  found: { from: scans, steps: [ key: 'value.a', filter: 'value.b', dedupe ] }
  other: { from: scans, steps: [ key: 'value.a', filter: 'value.b' ] }
  fine: { from: scans, steps: [ dedupe, key: 'value.a' ] }
sinks: { out: { from: [found, other, fine], uses: box } }
`),
  ).toMatchInlineSnapshot(`
    "
    p.yaml:4:34 E_STEP_ORDER streams.found.steps[0].key
       found: { from: scans, steps: [ key: 'value.a', filter: 'value.b', dedupe ] }
                                      ^ \`key\` changes the key before \`filter\`: events of one new key still lie on several partitions, where \`dedupe\` would not see them together
       fix: end a stream with \`key\`, such as \`found-by-key\`, and let \`found\` read it (\`from: found-by-key\`) with the steps from \`filter\` on
    p.yaml:5:34 E_STEP_ORDER streams.other.steps[0].key
       other: { from: scans, steps: [ key: 'value.a', filter: 'value.b' ] }
                                      ^ \`key\` changes the key before \`filter\`: only the topic behind it is partitioned by the new key
       fix: end a stream with \`key\`, such as \`other-by-key\`, and let \`other\` read it (\`from: other-by-key\`) with the steps from \`filter\` on
    "
  `)
})

test('topics', async () => {
  expect(
    await messages(`
pipeline: p
sources:
  a: { uses: lines, with: { path: a }, topic: p.b }
  b: { uses: lines, with: { path: a } }
  c: { uses: lines, with: { path: a }, topic: p._positions }
  d: { uses: lines, with: { path: a }, topic: __consumer_offsets }
  e: { uses: lines, with: { path: a }, topic: 'a b' }
  f: { uses: lines, with: { path: a }, topic: '..' }
sinks: { out: { from: [a, b, c, d, e, f], uses: box } }
`),
  ).toMatchInlineSnapshot(`
    "
    p.yaml:4:3 E_TOPIC_CLASH sources.b
       b: { uses: lines, with: { path: a } }
       ^ \`a\` writes the topic p.b already
       fix: give one of them another \`topic:\`
    p.yaml:5:47 E_TOPIC_NAME sources.c.topic
       c: { uses: lines, with: { path: a }, topic: p._positions }
                                                   ^ names that begin with "p._" are for Stoplog itself
       fix: choose another name
    p.yaml:6:47 E_TOPIC_NAME sources.d.topic
       d: { uses: lines, with: { path: a }, topic: __consumer_offsets }
                                                   ^ names that begin with "__" are for Kafka itself
       fix: choose another name
    p.yaml:7:47 E_VALUE sources.e.topic
       e: { uses: lines, with: { path: a }, topic: 'a b' }
                                                   ^ expected a topic name of a-z, A-Z, 0-9, ".", "_" and "-"
       fix: topic: exact name of the topic; left out: <pipeline>.<name>
    p.yaml:8:47 E_VALUE sources.f.topic
       f: { uses: lines, with: { path: a }, topic: '..' }
                                                   ^ expected a topic name of a-z, A-Z, 0-9, ".", "_" and "-"
       fix: topic: exact name of the topic; left out: <pipeline>.<name>
    "
  `)
})

test('partitions', async () => {
  expect(
    await messages(`
pipeline: p
sources:
  a: { uses: lines, with: { path: a }, partitions: 2 }
  b: { uses: lines, with: { path: a } }
streams:
  both: { from: [a, b], steps: [ dedupe ] }
  fine: { from: [a, b], steps: [ filter: 'value.a' ] }
sinks: { out: { from: [both, fine], uses: box } }
`),
  ).toMatchInlineSnapshot(`
    "
    p.yaml:6:18 E_PARTITIONS streams.both.from
       both: { from: [a, b], steps: [ dedupe ] }
                      ^ \`dedupe\` needs inputs with equal partitions: \`a\` has 2, \`b\` 4
       fix: give all inputs of the stream the same number of partitions
    "
  `)
})
