import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import {
  defineSource,
  type Deliver,
  type PullSource,
  type PullSourceDefinition,
  type PushSource,
  type PushSourceDefinition,
  type SourceBatch,
} from '../../connectors/connector.ts'
import type { ContractCase } from '../../connectors/testing/contract-case.ts'
import { pushSourceContract, type PushSourceSubject } from '../../connectors/testing/push-source-contract.ts'
import { sourceContract, type SourceSubject } from '../../connectors/testing/source-contract.ts'
import { secret } from '../../schemas/secret.ts'
import { connectorContext } from '../support/connector-context.ts'

/** Names of the cases that fail. */
async function failures(cases: readonly ContractCase[]): Promise<readonly string[]> {
  const names: string[] = []
  for (const { name, run } of cases) await run().catch(() => names.push(name))
  return names
}

const config = z.strictObject({
  wait: z.boolean().default(false).describe('Waits for more.'),
  token: secret.optional().describe('A token.'),
})

/** A source as it should be: three batches of one event. */
const sound: PullSourceDefinition<typeof config> = {
  type: 'sound',
  summary: 'Three events.',
  mode: 'pull',
  config,
  capabilities: { replayable: true, acknowledged: false },
  bounded: ({ wait }) => !wait,
  create({ wait }, context): PullSource {
    const closed = new AbortController()
    const signal = AbortSignal.any([closed.signal, context.signal])
    return {
      async *partitions() {
        yield 'only'
        if (wait) await context.clock.sleep(1e9, signal).catch(() => {})
      },
      async *open(_partition, position): AsyncGenerator<SourceBatch> {
        for (let n = typeof position === 'number' ? position : 0; n < 3 && !signal.aborted; n += 1) {
          yield { events: [{ id: `e-${n}`, type: 'test', value: { n } }], position: n + 1 }
        }
        if (wait) await context.clock.sleep(1e9, signal).catch(() => {})
      },
      async close() {
        closed.abort()
      },
    }
  },
}

async function subject(): Promise<SourceSubject> {
  return {
    config: { token: 't0ken' },
    secrets: ['t0ken'],
    context: connectorContext({ baseDir: '/' }),
    waiting: { wait: true },
  }
}

/** The sound source with something done to each of its sources. */
function altered(change: (source: PullSource) => Partial<PullSource>): PullSourceDefinition<typeof config> {
  return {
    ...sound,
    async create(options, context) {
      const source = await sound.create(options, context)
      return {
        partitions: () => source.partitions(),
        open: (partition, position) => source.open(partition, position),
        close: async () => await source.close(),
        ...change(source),
      }
    },
  }
}

async function* mapped<T>(items: AsyncIterable<T>, change: (item: T, index: number) => T): AsyncGenerator<T> {
  let index = 0
  for await (const item of items) {
    yield change(item, index)
    index += 1
  }
}

const forever = new Promise<never>(() => {})
let counter = 0

describe('the source contract', () => {
  test('is kept by a source as it should be', async () => {
    expect(await failures(sourceContract(defineSource(sound), subject))).toEqual([])
  })

  test.for<readonly [flaw: string, definition: PullSourceDefinition<typeof config>, found: string]>([
    ['takes unknown keys', { ...sound, config: z.object(config.shape) }, 'an unknown key of its config is an error'],
    [
      'does not describe a field',
      { ...sound, config: config.extend({ wait: z.boolean().default(false) }) },
      'every field of its config is described',
    ],
    [
      'shows its token',
      { ...sound, config: config.extend({ token: z.string().describe('A token.') }) as unknown as typeof config },
      'a secret in its config is never shown',
    ],
    [
      'gives two events one id',
      altered((source) => ({
        open: (...given) =>
          mapped(source.open(...given), (batch) => ({
            ...batch,
            events: batch.events.map((e) => ({ ...e, id: 'same' })),
          })),
      })),
      'it reads to an end and gives events, each with an id of its own',
    ],
    [
      'gives other ids each time',
      altered((source) => ({
        open: (...given) =>
          mapped(source.open(...given), (batch) => ({
            ...batch,
            events: batch.events.map((e) => ({ ...e, id: `${(counter += 1)}` })),
          })),
      })),
      'read twice, it gives the same events in the same order',
    ],
    [
      'resumes one event too late',
      altered((source) => ({
        open: (partition, position) => source.open(partition, position === null ? null : Number(position) + 1),
      })),
      'from each position it gives exactly the rest',
    ],
    [
      'resumes one event too early',
      altered((source) => ({
        open: (partition, position) => source.open(partition, position === null ? null : Number(position) - 1),
      })),
      'from each position it gives exactly the rest',
    ],
    [
      'keeps something in a position that is not JSON',
      altered((source) => ({
        open: (...given) =>
          mapped(source.open(...given), (batch) => ({ ...batch, position: new Date() as unknown as string })),
      })),
      'a position is JSON',
    ],
    [
      'never ends',
      altered(() => ({ partitions: () => ({ [Symbol.asyncIterator]: () => ({ next: () => forever }) }) })),
      'it reads to an end',
    ],
    ['cannot be closed twice', altered(() => ({ close: failingSecondTime() })), 'close can be called twice'],
    ['waits on after close', altered(() => ({ close: async () => {} })), 'close ends the waiting for more'],
    [
      'does not hear the stop of the node',
      {
        ...sound,
        create: (options, context) => sound.create(options, { ...context, signal: new AbortController().signal }),
      },
      'the stop of the node ends the waiting for more',
    ],
    ['says the wrong thing about its end', { ...sound, bounded: () => true }, 'close ends the waiting for more'],
  ])('finds a source that %s', async ([, definition, found]) => {
    const failed = await failures(sourceContract(defineSource(definition), subject))
    expect(failed.join('; ')).toContain(found)
  })
})

function failingSecondTime(): () => Promise<void> {
  let closed = false
  return async () => {
    if (closed) throw new Error('closed already')
    closed = true
  }
}

/** A push source within the process: `send` of its subject hands over what would come by network. */
class MemoryPush implements PushSource {
  #deliver: Deliver | null = null
  readonly #underWay = new Set<Promise<void>>()

  async start(deliver: Deliver): Promise<void> {
    this.#deliver = deliver
  }

  async receive(): Promise<boolean> {
    if (this.#deliver === null) return false
    const delivery = this.#deliver([{ id: 'e', type: 'test', value: 1 }])
    const settled = delivery.catch(() => {})
    this.#underWay.add(settled)
    const taken = await delivery.then(
      () => true,
      () => false,
    )
    this.#underWay.delete(settled)
    return taken
  }

  async close(): Promise<void> {
    this.#deliver = null
    await Promise.all(this.#underWay)
  }
}

function pushDefinition(create: () => PushSource): PushSourceDefinition {
  return {
    type: 'push',
    summary: 'One event at a time.',
    mode: 'push',
    config: z.strictObject({}),
    capabilities: { replayable: false, acknowledged: true },
    create,
  }
}

async function pushSubject(): Promise<PushSourceSubject> {
  return {
    config: {},
    context: connectorContext({ baseDir: '/' }),
    send: async (source) => await (source as MemoryPush).receive(),
  }
}

class AcknowledgesEarly extends MemoryPush {
  override async receive(): Promise<boolean> {
    void super.receive()
    return true
  }
}

class ClosesEarly extends MemoryPush {
  override async close(): Promise<void> {
    void super.close()
  }
}

class TakesMoreAfterClose extends MemoryPush {
  override async close(): Promise<void> {}
}

describe('the push source contract', () => {
  test('is kept by a source as it should be', async () => {
    const plugin = defineSource(pushDefinition(() => new MemoryPush()))
    expect(await failures(pushSourceContract(plugin, pushSubject))).toEqual([])
  })

  test.for<readonly [flaw: string, create: () => PushSource, found: string]>([
    ['acknowledges early', () => new AcknowledgesEarly(), 'it acknowledges only what is durable'],
    [
      'acknowledges what was lost',
      () => new AcknowledgesEarly(),
      'it does not acknowledge what could not be made durable',
    ],
    ['closes early', () => new ClosesEarly(), 'close waits for deliveries under way'],
    [
      'takes more after close',
      () => new TakesMoreAfterClose(),
      'close waits for deliveries under way and takes no more',
    ],
  ])('finds a source that %s', async ([, create, found]) => {
    const failed = await failures(pushSourceContract(defineSource(pushDefinition(create)), pushSubject))
    expect(failed.join('; ')).toContain(found)
  })
})
