import { describe, expect, test } from 'vitest'
import { formatDiagnostic } from '../../../../pipelines/config/diagnostic.ts'
import { checkTogether } from '../../../../pipelines/graph/check-topics.ts'
import { describeGuarantee } from '../../../../pipelines/graph/guarantee.ts'
import { loadPipeline } from '../../../../pipelines/graph/load-pipeline.ts'
import { resolveOnError } from '../../../../pipelines/graph/on-error.ts'
import type { Plan } from '../../../../pipelines/graph/plan.ts'
import { loadOptions } from '../../../support/small-plugins.ts'

async function planOf(text: string): Promise<Plan> {
  const { plan, diagnostics } = await loadPipeline({ file: '/docs/p.yaml', text }, loadOptions())
  expect(diagnostics.map(formatDiagnostic)).toEqual([])
  if (plan === null) throw new Error('no plan')
  return plan
}

const DOCUMENT = `pipeline: scan
broker: { bootstrap_servers: ['k1:9092', '[::1]:9092'] }
max_disk: 10GiB
partitions: 3
retention: forever
on_error: stop
sources:
  reports: { uses: lines, with: { path: a }, key: 'value.id', partitions: 6, retention: 1d, on_future: drop }
  hook: { uses: hook, with: { listen: a, token: '\${env:T}' }, topic: hooks.raw, steps: [ filter: 'value.a' ] }
streams:
  blocked:
    from: found
    steps:
      - filter: '!value.allow'
        on_error: drop
  found:
    from: [ hook, reports ]
    steps: [ set: { a: 'value.b' } ]
    on_error: { stop_after: never }
  once: { from: blocked, steps: [ dedupe: { within: 1h } ] }
sinks:
  all: { from: [ found, once ], uses: printer, start: latest }
  box: { from: reports, uses: box, on_error: dead_letter }
`

describe('a plan', () => {
  test('has the settings of the document, with units resolved', async () => {
    const plan = await planOf(DOCUMENT)
    expect(plan).toMatchObject({
      pipeline: 'scan',
      file: '/docs/p.yaml',
      baseDir: '/docs',
      broker: { kind: 'cluster', bootstrapServers: ['k1:9092', '[::1]:9092'] },
      maxDisk: { bytes: 10 * 1024 ** 3 },
      commitIntervalMs: 100,
      shutdownTimeoutMs: 30_000,
      decisionsTopic: 'scan._decisions',
      positionsTopic: 'scan._positions',
    })
  })

  test('orders nodes by what they read', async () => {
    const { order } = await planOf(DOCUMENT)
    expect([...order].sort()).toEqual(['all', 'blocked', 'box', 'found', 'hook', 'once', 'reports'])
    const isBefore = (a: string, b: string): boolean => order.indexOf(a) < order.indexOf(b)
    expect(isBefore('found', 'blocked') && isBefore('blocked', 'once') && isBefore('once', 'all')).toBe(true)
  })

  test('names every topic, with its partitions and readers', async () => {
    const { topics } = await planOf(DOCUMENT)
    const rows = topics.map(
      ({ name, purpose, partitions, cleanupPolicy, retentionMs, readers }) =>
        `${name} ${purpose} ${partitions} ${cleanupPolicy} ${retentionMs} ${readers.map((r) => `${r.node}@${r.group}`).join(',')}`,
    )
    expect(rows).toEqual([
      'scan.reports node 6 delete 86400000 found@scan,box@scan.box',
      'hooks.raw node 3 delete null found@scan',
      'scan.blocked node 3 delete null once@scan',
      'scan.found node 3 delete null blocked@scan,all@scan.all',
      'scan.once node 3 delete null all@scan.all',
      'scan._reports-dead-letters dead_letters 1 delete 86400000 ',
      'scan._hook-dead-letters dead_letters 1 delete null ',
      'scan._blocked-dead-letters dead_letters 1 delete null ',
      'scan._found-dead-letters dead_letters 1 delete null ',
      'scan._once-dead-letters dead_letters 1 delete null ',
      'scan._all-dead-letters dead_letters 1 delete null ',
      'scan._box-dead-letters dead_letters 1 delete null ',
      'scan._once-changelog changelog 3 compact null ',
      'scan._decisions decisions 3 delete null ',
      'scan._positions positions 1 compact null ',
    ])
  })

  test('leaves out topics that nobody would write', async () => {
    const { topics } = await planOf(
      'pipeline: p\nsources: { a: { uses: ticks } }\nsinks: { b: { from: a, uses: box } }\n',
    )
    expect(topics.map(({ purpose }) => purpose)).toEqual(['node', 'dead_letters', 'dead_letters', 'positions'])
  })

  test('gives all streams one group and each sink its own', async () => {
    const { groups } = await planOf(DOCUMENT)
    expect(groups).toEqual([
      {
        name: 'scan',
        nodes: ['blocked', 'found', 'once'],
        topics: ['scan.found', 'hooks.raw', 'scan.reports', 'scan.blocked'],
      },
      { name: 'scan.all', nodes: ['all'], topics: ['scan.found', 'scan.once'] },
      { name: 'scan.box', nodes: ['box'], topics: ['scan.reports'] },
    ])
  })

  test('gives each node what it needs to run', async () => {
    const { sources, streams, sinks } = await planOf(DOCUMENT)
    expect(sources[0]).toMatchObject({
      name: 'reports',
      path: 'sources.reports',
      uses: 'lines',
      config: { path: 'a', follow: false },
      key: { kind: 'expression', text: 'value.id' },
      onFuture: 'drop',
      retentionMs: 86_400_000,
      steps: [],
    })
    expect(streams[1]).toMatchObject({
      name: 'found',
      inputTopics: ['hooks.raw', 'scan.reports'],
      tasks: 6,
      changelogTopic: null,
      steps: [
        {
          type: 'set',
          index: 0,
          path: 'streams.found.steps[0]',
          config: { a: { kind: 'expression', text: 'value.b' } },
        },
      ],
    })
    expect(streams[2]).toMatchObject({ tasks: 3, changelogTopic: 'scan._once-changelog' })
    expect(sinks[0]).toMatchObject({ name: 'all', group: 'scan.all', start: 'latest', config: {} })
  })

  test('settles on_error for each node and step', async () => {
    const { sources, streams, sinks } = await planOf(DOCUMENT)
    const byDefault = { ratio: 0.5, atLeast: 100, withinMs: 300_000 }
    expect(sources[0]?.onError).toEqual({ action: 'stop', stopAfter: byDefault })
    expect(streams[0]?.steps[0]?.onError).toEqual({ action: 'drop', stopAfter: byDefault })
    expect(streams[1]?.onError).toEqual({ action: 'stop', stopAfter: null })
    expect(streams[1]?.steps[0]?.onError).toEqual({ action: 'stop', stopAfter: null })
    expect(sinks[1]?.onError).toEqual({ action: 'dead_letter', stopAfter: byDefault })
  })

  test('says what each path guarantees', async () => {
    const { guarantees } = await planOf(DOCUMENT)
    expect(guarantees.map(({ source, sink, words }) => `${source} → ${sink}: ${words}`)).toEqual([
      'reports → all: at least once; after a crash some events arrive twice (the sink is not idempotent). ' +
        'reports lets events go (on_future: drop). blocked lets events go (on_error: drop)',
      'hook → all: at least once, if the sender repeats what was not acknowledged; ' +
        'after a crash some events arrive twice (the sink is not idempotent). blocked lets events go (on_error: drop)',
      'reports → box: at least once; repeated events leave one copy (the sink is idempotent). ' +
        'reports lets events go (on_future: drop)',
    ])
  })

  test('is the same for the same document', async () => {
    expect(await planOf(DOCUMENT)).toEqual(await planOf(DOCUMENT))
  })
})

test('a source that neither repeats nor is told promises little', () => {
  const source = { replayable: false, acknowledged: false }
  expect(describeGuarantee(source, { idempotent: true }, [])).toEqual({
    level: 'best_effort',
    words:
      'best effort: what the source sends while this does not run is lost; repeated events leave one copy (the sink is idempotent)',
  })
})

test('the innermost level wins, for each setting of on_error by itself', () => {
  const stop_after = { ratio: 0.1, at_least: 5, within: 1_000 }
  const stopAfter = { ratio: 0.1, atLeast: 5, withinMs: 1_000 }
  expect(resolveOnError([{ action: 'stop', stop_after }, undefined, { stop_after: undefined }])).toEqual({
    action: 'stop',
    stopAfter,
  })
  expect(resolveOnError([{ stop_after: 'never' }, { action: 'drop', stop_after }])).toEqual({
    action: 'drop',
    stopAfter,
  })
})

describe('several documents of one run', () => {
  const load = async (
    file: string,
    text: string,
  ): Promise<NonNullable<Awaited<ReturnType<typeof loadPipeline>>['document']>> => {
    const { document } = await loadPipeline({ file, text }, loadOptions())
    if (document === null) throw new Error('no document')
    return document
  }
  const sink = 'sinks: { z: { from: a, uses: box } }\n'

  test('have different names', async () => {
    const text = `pipeline: p\nsources: { a: { uses: ticks } }\n${sink}`
    const found = checkTogether([await load('1.yaml', text), await load('2.yaml', text)])
    expect(found.map(formatDiagnostic)).toEqual([
      [
        '2.yaml:1:11 E_PIPELINE_CLASH pipeline',
        '   pipeline: p',
        '             ^ 1.yaml calls its pipeline `p`, too',
        '   fix: rename one of them: topics and groups begin with the name',
      ].join('\n'),
    ])
  })

  test('write different topics', async () => {
    const first = await load('1.yaml', `pipeline: p\nsources: { a: { uses: ticks } }\n${sink}`)
    const second = await load('2.yaml', `pipeline: q\nsources: { a: { uses: ticks, topic: p.a } }\n${sink}`)
    expect(checkTogether([first, second]).map(({ code, path }) => [code, path])).toEqual([
      ['E_TOPIC_CLASH', 'sources.a.topic'],
    ])
    expect(checkTogether([first])).toEqual([])
  })
})
