import assert from 'node:assert/strict'
import type { Event } from '../../schemas/event.ts'
import { isJsonObject, type Json } from '../../schemas/json.ts'
import type { Sink, SinkPlugin } from '../connector.ts'
import { WriteFailure } from '../write-failure.ts'
import { configContract, type ConfigSubject } from './config-contract.ts'
import type { TestContext } from './connector-context.ts'
import type { ContractCase } from './contract-case.ts'
import { createSinkEvent } from './sink-event.ts'

/** A sink ready to be tried: an empty outside world. */
export interface SinkSubject extends ConfigSubject {
  readonly context: TestContext
  /** The values that the outside system holds, as JSON. */
  read(): Promise<readonly Json[]>
  /** True where the outside system takes JSON objects only. */
  readonly objectsOnly?: boolean
  /** False where the outside system keeps no order. */
  readonly ordered?: boolean
  /** False where the outside system keeps nothing from one opening to the next. */
  readonly durable?: boolean
  /** Takes the outside world down. */
  close?(): Promise<void>
}

/** The contract of a sink, to be run by any test runner. `setup` is called for each case. */
export function sinkContract(plugin: SinkPlugin, setup: () => Promise<SinkSubject>): readonly ContractCase[] {
  const { definition } = plugin
  const once = definition.capabilities.idempotent ? IDEMPOTENT : []
  const cases = [...ALWAYS, ...once].map(([name, check]): ContractCase => ({
    name,
    async run() {
      const subject = await setup()
      const tried = new TriedSink(plugin, subject)
      try {
        await check(tried)
      } finally {
        await tried.closeAll()
        await subject.close?.()
      }
    },
  }))
  return [...configContract(definition, setup), ...cases]
}

type Check = readonly [name: string, check: (tried: TriedSink) => Promise<void>]

const HOSTILE: readonly Json[] = [
  { text: 'line one\nline two\r\n\u2028\u2029\u0000\u001b[31m' },
  { text: 'é 🦫 \u202e ﷽', 'key\n': 1 },
  JSON.parse('{"__proto__":{"polluted":true},"constructor":{"prototype":1}}') as Json,
  { text: '"quoted", \\ and {braces} ${env:HOME}' },
  [1, -0.5, 1e21, null, true, [], {}],
  'a text',
  { long: 'x'.repeat(1_000_000) },
]

const ALWAYS: readonly Check[] = [
  [
    'its batches have limits',
    async (tried) => {
      const { records, bytes, ageMs } = tried.batchLimits()
      for (const limit of [records, bytes, ageMs]) assert.ok(Number.isSafeInteger(limit) && limit > 0)
    },
  ],
  [
    'what it confirmed is there after close, and after the next opening',
    async (tried) => {
      const first = await tried.create()
      await tried.write(first, [{ n: 1 }, { n: 2 }])
      await tried.write(first, [{ n: 3 }])
      await first.close()
      await tried.holds([{ n: 1 }, { n: 2 }, { n: 3 }])
      if (tried.subject.durable === false) return
      const second = await tried.create()
      await tried.write(second, [{ n: 4 }])
      await second.close()
      await tried.holds([{ n: 1 }, { n: 2 }, { n: 3 }, { n: 4 }])
    },
  ],
  [
    'hostile values arrive as they are',
    async (tried) => {
      const sink = await tried.create()
      const values = tried.subject.objectsOnly === true ? HOSTILE.filter(isJsonObject) : HOSTILE
      await tried.write(sink, values)
      await sink.close()
      await tried.holds(values)
      assert.ok(!('polluted' in {}), 'a value has changed all objects')
    },
  ],
  [
    'a value that is not JSON costs nobody else: what failed is named, the rest is there',
    async (tried) => {
      const sink = await tried.create()
      const good: readonly Json[] = [{ n: 1 }, { n: 2 }]
      const batch = [
        tried.event(good[0] ?? null),
        createSinkEvent({ bytes: '{"torn":', offset: 99 }),
        tried.event(good[1] ?? null),
      ]
      await assert.rejects(sink.write(batch, tried.signal), (error: unknown) => {
        assert.ok(error instanceof WriteFailure, 'it does not say which event failed')
        assert.deepEqual(
          error.failed.map(({ index, permanent }) => ({ index, permanent })),
          [{ index: 1, permanent: true }],
        )
        return true
      })
      await sink.close()
      await tried.holds(good)
    },
  ],
  [
    'an empty batch and a tombstone do no harm',
    async (tried) => {
      const sink = await tried.create()
      await sink.write([], tried.signal)
      await sink.write([createSinkEvent({ bytes: null, offset: 1 })], tried.signal).catch((error: unknown) => {
        assert.ok(error instanceof WriteFailure, 'a tombstone broke the sink')
      })
      await tried.write(sink, [{ n: 1 }])
      await sink.close()
      const held = (await tried.subject.read()).filter((value) => value !== null)
      assert.deepEqual(held, [{ n: 1 }])
    },
  ],
  [
    'after the abort it writes nothing and says so',
    async (tried) => {
      const sink = await tried.create()
      const stopped = AbortSignal.abort(new Error('stopped'))
      await assert.rejects(sink.write([tried.event({ n: 1 })], stopped))
      await sink.close()
      await tried.holds([])
    },
  ],
  [
    'close can be called twice',
    async (tried) => {
      const sink = await tried.create()
      await sink.close()
      await sink.close()
    },
  ],
]

const IDEMPOTENT: readonly Check[] = [
  [
    'written twice, an event is there once',
    async (tried) => {
      const sink = await tried.create()
      const batch = [tried.event({ n: 1 }), tried.event({ n: 2 })]
      await sink.write(batch, tried.signal)
      await sink.write(batch, tried.signal)
      await sink.close()
      const again = await tried.create()
      await again.write(batch, tried.signal)
      await again.close()
      await tried.holds([{ n: 1 }, { n: 2 }])
    },
  ],
]

class TriedSink {
  readonly subject: SinkSubject
  readonly signal = new AbortController().signal
  readonly #plugin: SinkPlugin
  readonly #created: Sink[] = []
  #offset = 0

  constructor(plugin: SinkPlugin, subject: SinkSubject) {
    this.#plugin = plugin
    this.subject = subject
  }

  batchLimits() {
    const { definition } = this.#plugin
    return definition.batch(definition.config.parse(this.subject.config))
  }

  async create(): Promise<Sink> {
    const { definition } = this.#plugin
    const sink = await definition.create(definition.config.parse(this.subject.config), this.subject.context)
    this.#created.push(sink)
    return sink
  }

  event(value: Json): Event {
    this.#offset += 1
    return createSinkEvent({ bytes: JSON.stringify(value), offset: this.#offset })
  }

  async write(sink: Sink, values: readonly Json[]): Promise<void> {
    await sink.write(
      values.map((value) => this.event(value)),
      this.signal,
    )
  }

  async holds(expected: readonly Json[]): Promise<void> {
    const held = (await this.subject.read()).map((value) => JSON.stringify(value))
    const wanted = expected.map((value) => JSON.stringify(value))
    if (this.subject.ordered === false) assert.deepEqual(held.toSorted(), wanted.toSorted())
    else assert.deepEqual(held, wanted)
  }

  async closeAll(): Promise<void> {
    for (const sink of this.#created) await sink.close()
  }
}
