import assert from 'node:assert/strict'
import type { NewEvent } from '../../schemas/event.ts'
import type { Json } from '../../schemas/json.ts'
import type { PullSource, PullSourceDefinition, SourceBatch, SourcePlugin } from '../connector.ts'
import { configContract, type ConfigSubject } from './config-contract.ts'
import type { TestContext } from './connector-context.ts'
import { inTime, nextTurn, type ContractCase } from './contract-case.ts'

/** A pull source ready to be tried: the outside world is prepared, the config points to it. */
export interface SourceSubject extends ConfigSubject {
  /** What stands after `with:`, for a source that reads to an end: at least two batches in one of its partitions. */
  readonly config: unknown
  readonly context: TestContext
  /** What stands after `with:` so that the source waits for more; left out where it cannot. */
  readonly waiting?: unknown
  /** Takes the outside world down. */
  close?(): Promise<void>
}

/**
 * The contract of a pull source, to be run by any test runner. `setup` is called for each case and prepares the same
 * input each time.
 */
export function sourceContract(plugin: SourcePlugin, setup: () => Promise<SourceSubject>): readonly ContractCase[] {
  const definition = pullDefinition(plugin)
  const run = (name: string, check: (tried: TriedSource) => Promise<void>): ContractCase => ({
    name,
    async run() {
      const subject = await setup()
      const tried = new TriedSource(definition, subject)
      try {
        await check(tried)
      } finally {
        await tried.closeAll()
        await subject.close?.()
      }
    },
  })
  const replayed = definition.capabilities.replayable ? REPLAYED : []
  return [...configContract(definition, setup), ...[...ALWAYS, ...replayed].map(([name, check]) => run(name, check))]
}

type Check = readonly [name: string, check: (tried: TriedSource) => Promise<void>]

const ALWAYS: readonly Check[] = [
  [
    'it reads to an end and gives events, each with an id of its own',
    async (tried) => {
      const { events } = await tried.readAll(await tried.create())
      assert.ok(events.length > 0, 'the input of the contract gives no event')
      const ids = events.map(({ id }) => id)
      assert.equal(new Set(ids).size, ids.length, 'two events share an id')
      for (const event of events) checkEvent(event)
    },
  ],
  [
    'a position is JSON',
    async (tried) => {
      const { batches } = await tried.readAll(await tried.create())
      for (const { position } of batches) assert.deepEqual(JSON.parse(JSON.stringify(position)), position)
    },
  ],
  [
    'close can be called twice, also before anything was read',
    async (tried) => {
      const source = await tried.create()
      await source.close()
      await source.close()
    },
  ],
  ['close ends an open reader', async (tried) => await tried.endsOpenReader((source) => source.close())],
  [
    'the stop of the node ends an open reader',
    async (tried) => await tried.endsOpenReader(async () => tried.subject.context.stop()),
  ],
  ['close ends the waiting for more', async (tried) => await tried.endsWaiting((source) => source.close())],
  [
    'the stop of the node ends the waiting for more',
    async (tried) => await tried.endsWaiting(async () => tried.subject.context.stop()),
  ],
]

const REPLAYED: readonly Check[] = [
  [
    'read twice, it gives the same events in the same order',
    async (tried) => {
      const first = await tried.readAll(await tried.create())
      const second = await tried.readAll(await tried.create())
      assert.deepEqual(second.events.map(identityOf), first.events.map(identityOf))
    },
  ],
  [
    'from each position it gives exactly the rest',
    async (tried) => {
      const source = await tried.create()
      let longest = 0
      for (const partition of await tried.partitions(source)) {
        const batches = await tried.read(source, partition, null)
        longest = Math.max(longest, batches.length)
        for (const [index, { position }] of batches.entries()) {
          const rest = batches.slice(index + 1).flatMap(({ events }) => events)
          // As it comes back from where the runtime keeps it, and to another run of the program.
          const stored: Json = JSON.parse(JSON.stringify(position))
          const resumed = await tried.read(await tried.create(), partition, stored)
          assert.deepEqual(resumed.flatMap(({ events }) => events).map(identityOf), rest.map(identityOf))
        }
      }
      assert.ok(longest > 1, 'the input of the contract gives only one batch per partition')
    },
  ],
]

class TriedSource {
  readonly subject: SourceSubject
  readonly #definition: PullSourceDefinition
  readonly #created: PullSource[] = []

  constructor(definition: PullSourceDefinition, subject: SourceSubject) {
    this.#definition = definition
    this.subject = subject
  }

  async create(config: unknown = this.subject.config): Promise<PullSource> {
    const parsed = this.#definition.config.parse(config)
    assert.equal(this.#definition.bounded(parsed), config === this.subject.config, 'bounded() says something else')
    const source = await this.#definition.create(parsed, this.subject.context)
    this.#created.push(source)
    return source
  }

  async closeAll(): Promise<void> {
    for (const source of this.#created) await source.close()
  }

  async partitions(source: PullSource): Promise<readonly string[]> {
    return await inTime(collect(source.partitions()), 'partitions()')
  }

  async read(source: PullSource, partition: string, position: Json | null): Promise<readonly SourceBatch[]> {
    const copied = async (): Promise<SourceBatch[]> => {
      const all: SourceBatch[] = []
      for await (const batch of source.open(partition, position)) {
        all.push({ ...batch, events: batch.events.map(copyOf) })
      }
      return all
    }
    return await inTime(copied(), `open('${partition}')`)
  }

  async readAll(source: PullSource): Promise<{
    readonly batches: readonly SourceBatch[]
    readonly events: readonly NewEvent[]
  }> {
    const batches: SourceBatch[] = []
    for (const partition of await this.partitions(source)) batches.push(...(await this.read(source, partition, null)))
    return { batches, events: batches.flatMap(({ events }) => events) }
  }

  /** Takes one batch of each partition, stops, and sees that the readers end. */
  async endsOpenReader(stop: (source: PullSource) => Promise<void>): Promise<void> {
    const source = await this.create()
    const readers: AsyncIterator<SourceBatch>[] = []
    for (const partition of await this.partitions(source)) {
      const reader = source.open(partition, null)[Symbol.asyncIterator]()
      await inTime(reader.next(), 'the first batch')
      readers.push(reader)
    }
    await stop(source)
    for (const reader of readers) await ends(collect({ [Symbol.asyncIterator]: () => reader }), 'an open reader')
  }

  async endsWaiting(stop: (source: PullSource) => Promise<void>): Promise<void> {
    if (this.subject.waiting === undefined) return
    const source = await this.create(this.subject.waiting)
    const reading: Promise<unknown>[] = []
    const naming = (async () => {
      for await (const partition of source.partitions()) reading.push(collect(source.open(partition, null)))
    })()
    naming.catch(() => {})
    // Until it has read what is there and waits.
    for (let turn = 0; turn < 1_000; turn += 1) await nextTurn()
    await stop(source)
    await ends(naming, 'partitions()')
    for (const reader of reading) await ends(reader, 'an open reader')
  }
}

/** A reader that is stopped may end or reject, as long as it does. */
async function ends(work: Promise<unknown>, what: string): Promise<void> {
  await inTime(
    work.catch(() => {}),
    what,
  )
}

function checkEvent({ id, key, type, value, time }: NewEvent): void {
  assert.ok(id !== '' && type !== '', 'an event without id or type')
  assert.ok(key !== '', 'an event with an empty key')
  assert.ok(value !== undefined, 'an event without a value')
  if (value instanceof Uint8Array) JSON.parse(Buffer.from(value).toString('utf8'))
  else assert.deepEqual(JSON.parse(JSON.stringify(value)), value, 'a value that is not JSON')
  if (time !== undefined) assert.ok(Number.isSafeInteger(time), 'an event time that is no whole number of ms')
}

/** A batch is good until the next one is asked for. */
function copyOf(event: NewEvent): NewEvent {
  return event.value instanceof Uint8Array ? { ...event, value: Uint8Array.from(event.value) } : event
}

function identityOf(event: NewEvent): unknown {
  const { value, ...others } = event
  return { ...others, value: value instanceof Uint8Array ? Buffer.from(value).toString('utf8') : value }
}

function pullDefinition({ definition }: SourcePlugin): PullSourceDefinition {
  if (definition.mode === 'pull') return definition
  throw new Error(`${definition.type} is a push source: use pushSourceContract`)
}

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = []
  for await (const item of items) all.push(item)
  return all
}
