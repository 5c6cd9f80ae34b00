import { expect, test } from 'vitest'
import { messages } from '../../../support/wrong-documents.ts'

/* What does not fit the shape of a document. */

test('everything is missing', async () => {
  expect(
    await messages(`
description: x
`),
  ).toMatchInlineSnapshot(`
    "
    p.yaml:1:1 E_REQUIRED pipeline
       description: x
       ^ \`pipeline\` is missing
       fix: add \`pipeline: …\`: name of the pipeline; topics and groups begin with it
    p.yaml:1:1 E_REQUIRED sources
       description: x
       ^ \`sources\` is missing
       fix: add \`sources: …\`
    "
  `)
})

test('keys that are nearly right, and one that is not', async () => {
  expect(
    await messages(`
pipline: p
soures:
  scans: { uses: lines, with: { path: a } }
colour: red
`),
  ).toMatchInlineSnapshot(`
    "
    p.yaml:1:1 E_UNKNOWN_KEY pipline
       pipline: p
       ^ \`pipline\` is not a key that is read here
       fix: did you mean \`pipeline\`?
    p.yaml:2:1 E_UNKNOWN_KEY soures
       soures:
       ^ \`soures\` is not a key that is read here
       fix: did you mean \`sources\`?
    p.yaml:4:1 E_UNKNOWN_KEY colour
       colour: red
       ^ \`colour\` is not a key that is read here
       fix: known keys are pipeline, description, broker, vars, partitions, retention, max_disk, commit_interval, shutdown_timeout, on_error, tests, sources, streams, sinks
    "
  `)
})

test('empty places', async () => {
  expect(
    await messages(`
pipeline:
sources:
sinks:
`),
  ).toMatchInlineSnapshot(`
    "
    p.yaml:1:10 E_TYPE pipeline
       pipeline:
                ^ expected a text, got nothing
       fix: write a value behind it, or remove the key
    p.yaml:2:9 E_TYPE sources
       sources:
               ^ expected a map, got nothing
       fix: write a value behind it, or remove the key
    p.yaml:3:7 E_TYPE sinks
       sinks:
             ^ expected a map, got nothing
       fix: write a value behind it, or remove the key
    "
  `)
})

test('wrong types', async () => {
  expect(
    await messages(`
pipeline: 5
partitions: four
retention: 7
max_disk: 80
commit_interval: [100ms]
sources: { scans: { uses: lines, with: { path: a } } }
sinks: { out: { from: scans, uses: box } }
`),
  ).toMatchInlineSnapshot(`
    "
    p.yaml:1:11 E_TYPE pipeline
       pipeline: 5
                 ^ expected a name of a-z, 0-9 and "-" that begins with a letter, at most 63 characters, got a number
       fix: pipeline: name of the pipeline; topics and groups begin with it
    p.yaml:2:13 E_TYPE partitions
       partitions: four
                   ^ expected a number, got a text
       fix: partitions: partitions of the topic; fixed for life
    p.yaml:3:12 E_TYPE retention
       retention: 7
                  ^ expected a duration such as "30s", "5m" or "24h", or "forever", got a number
       fix: retention: how long settled events are kept, such as 7d, or forever
    p.yaml:4:11 E_TYPE max_disk
       max_disk: 80
                 ^ expected a size such as "64KiB" or "16MiB", or a percentage such as "50%", got a number
       fix: max_disk: size of the data, or share of its volume, at which sources are held back
    p.yaml:5:18 E_TYPE commit_interval
       commit_interval: [100ms]
                        ^ expected a text, got a list
       fix: commit_interval: time between two commits
    "
  `)
})

test('wrong values', async () => {
  expect(
    await messages(`
pipeline: Security Scan
partitions: 0
retention: a week
broker: embeded
on_error: dead-leter
sources: { scans: { uses: lines, with: { path: a }, partitions: 5000, on_future: keep } }
sinks: { out: { from: scans, uses: box, start: yesterday } }
`),
  ).toMatchInlineSnapshot(`
    "
    p.yaml:1:11 E_VALUE pipeline
       pipeline: Security Scan
                 ^ expected a name of a-z, 0-9 and "-" that begins with a letter, at most 63 characters
       fix: pipeline: name of the pipeline; topics and groups begin with it
    p.yaml:2:13 E_VALUE partitions
       partitions: 0
                   ^ expected a number of at least 1
       fix: partitions: partitions of the topic; fixed for life
    p.yaml:3:12 E_VALUE retention
       retention: a week
                  ^ expected a duration such as "30s", "5m" or "24h", or "forever"
       fix: retention: how long settled events are kept, such as 7d, or forever
    p.yaml:4:9 E_VALUE broker
       broker: embeded
               ^ expected "embedded" or a map
       fix: did you mean \`embedded\`?
    p.yaml:5:11 E_VALUE on_error
       on_error: dead-leter
                 ^ expected "dead_letter", "stop" or "drop", or a map
       fix: did you mean \`dead_letter\`?
    p.yaml:6:65 E_VALUE sources.scans.partitions
       sources: { scans: { uses: lines, with: { path: a }, partitions: 5000, on_future: keep } }
                                                                       ^ expected a number of at most 1024
       fix: write what is expected there
    p.yaml:6:82 E_VALUE sources.scans.on_future
       sources: { scans: { uses: lines, with: { path: a }, partitions: 5000, on_future: keep } }
                                                                                        ^ expected "dead_letter" or "drop"
       fix: on_future: what happens to events more than 5 minutes ahead of the clock
    p.yaml:7:48 E_VALUE sinks.out.start
       sinks: { out: { from: scans, uses: box, start: yesterday } }
                                                      ^ expected "earliest" or "latest", a time such as 2026-01-31T00:00:00Z, or a date such as 2026-01-31
       fix: start: where a new sink begins: earliest, latest or a time such as 2026-01-31T00:00:00Z
    "
  `)
})

test('on_error', async () => {
  expect(
    await messages(`
pipeline: p
on_error: { action: stop, stop_after: { ratio: 50, at_least: 1 } }
sources: { scans: { uses: lines, with: { path: a }, on_error: { acton: stop } } }
sinks: { out: { from: scans, uses: box, on_error: { stop_after: always } } }
`),
  ).toMatchInlineSnapshot(`
    "
    p.yaml:2:27 E_REQUIRED on_error.stop_after.within
       on_error: { action: stop, stop_after: { ratio: 50, at_least: 1 } }
                                 ^ \`within\` is missing
       fix: add \`within: …\`: the time over which both are counted
    p.yaml:2:48 E_TYPE on_error.stop_after.ratio
       on_error: { action: stop, stop_after: { ratio: 50, at_least: 1 } }
                                                      ^ expected a percentage such as "50%", got a number
       fix: ratio: share of failed events, such as 50%, from which the node stops
    p.yaml:3:65 E_UNKNOWN_KEY sources.scans.on_error.acton
       sources: { scans: { uses: lines, with: { path: a }, on_error: { acton: stop } } }
                                                                       ^ \`acton\` is not a key that is read here
       fix: did you mean \`action\`?
    p.yaml:4:65 E_VALUE sinks.out.on_error.stop_after
       sinks: { out: { from: scans, uses: box, on_error: { stop_after: always } } }
                                                                       ^ expected a map or "never"
       fix: stop_after: when failures stop the node
    "
  `)
})
