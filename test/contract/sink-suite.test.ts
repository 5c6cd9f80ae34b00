import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { defineSink, type Sink, type SinkDefinition } from '../../connectors/connector.ts'
import type { ContractCase } from '../../connectors/testing/contract-case.ts'
import { sinkContract, type SinkSubject } from '../../connectors/testing/sink-contract.ts'
import { WriteFailure, type FailedWrite } from '../../connectors/write-failure.ts'
import type { Event } from '../../schemas/event.ts'
import type { Json } from '../../schemas/json.ts'
import { connectorContext } from '../support/connector-context.ts'

async function failures(cases: readonly ContractCase[]): Promise<readonly string[]> {
  const names: string[] = []
  for (const { name, run } of cases) await run().catch(() => names.push(name))
  return names
}

/** The outside system: what is written stays, by id. */
class MemorySystem {
  readonly values = new Map<string, Json>()
}

function memorySink(system: MemorySystem): Sink {
  return {
    async write(batch, signal) {
      signal.throwIfAborted()
      const failed: FailedWrite[] = []
      for (const [index, event] of batch.entries()) {
        try {
          system.values.set(event.id, structuredCloneOf(event))
        } catch (error) {
          failed.push({ index, error: error as Error, permanent: true })
        }
      }
      if (failed.length > 0) throw new WriteFailure(failed)
    },
    async close() {},
  }
}

function structuredCloneOf(event: Event): Json {
  const value: Json = JSON.parse(JSON.stringify(event.value))
  return value
}

function definitionOf(create: () => Sink, idempotent = true): SinkDefinition {
  return {
    type: 'memory',
    summary: 'Keeps events in memory.',
    config: z.strictObject({}),
    capabilities: { idempotent },
    batch: () => ({ records: 10, bytes: 1_000, ageMs: 1 }),
    create,
  }
}

/** Runs the suite over a sink made for a fresh system in each case. */
async function judge(create: (system: MemorySystem) => Sink, change: Partial<SinkDefinition> = {}) {
  let system = new MemorySystem()
  const plugin = defineSink({ ...definitionOf(() => create(system)), ...change })
  const setup = async (): Promise<SinkSubject> => {
    system = new MemorySystem()
    const { values } = system
    return { config: {}, context: connectorContext({ baseDir: '/' }), read: async () => [...values.values()] }
  }
  return await failures(sinkContract(plugin, setup))
}

/** The sound sink with another `write`. */
function writing(
  write: (sound: Sink, batch: readonly Event[], signal: AbortSignal, system: MemorySystem) => Promise<void>,
) {
  return (system: MemorySystem): Sink => {
    const sound = memorySink(system)
    return { ...sound, write: async (batch, signal) => await write(sound, batch, signal, system) }
  }
}

let written = 0

describe('the sink contract', () => {
  test('is kept by a sink as it should be', async () => {
    expect(await judge(memorySink)).toEqual([])
  })

  test.for<readonly [flaw: string, create: (system: MemorySystem) => Sink, found: string]>([
    ['confirms what it did not write', writing(async () => {}), 'what it confirmed is there after close'],
    [
      'loses the last event of a batch',
      writing(async (sound, batch, signal) => await sound.write(batch.slice(0, -1), signal)),
      'what it confirmed is there after close',
    ],
    [
      'turns batches round',
      writing(async (sound, batch, signal) => await sound.write(batch.toReversed(), signal)),
      'what it confirmed is there after close',
    ],
    [
      'writes twice what it gets twice',
      writing(async (_sound, batch, signal, system) => {
        signal.throwIfAborted()
        for (const event of batch) system.values.set(`${(written += 1)}`, event.value)
      }),
      'written twice, an event is there once',
    ],
    [
      'breaks texts at line ends',
      writing(async (_sound, batch, signal, system) => {
        signal.throwIfAborted()
        for (const event of batch)
          system.values.set(event.id, JSON.parse(JSON.stringify(event.value).replaceAll('\\n', ' ')))
      }),
      'hostile values arrive as they are',
    ],
    [
      'copies values field by field',
      writing(async (_sound, batch, signal, system) => {
        signal.throwIfAborted()
        for (const event of batch) system.values.set(event.id, Object.assign({}, event.value))
      }),
      'hostile values arrive as they are',
    ],
    [
      'refuses a batch whole for one event',
      writing(async (sound, batch, signal) => {
        for (const event of batch) JSON.stringify(event.value)
        await sound.write(batch, signal)
      }),
      'a value that is not JSON costs nobody else',
    ],
    [
      'names the wrong event',
      writing(async (sound, batch, signal) => {
        await sound.write(batch, signal).catch((error: unknown) => {
          if (!(error instanceof WriteFailure)) throw error
          throw new WriteFailure(error.failed.map((failed) => ({ ...failed, index: failed.index + 1 })))
        })
      }),
      'a value that is not JSON costs nobody else',
    ],
    [
      'would try for ever what can never work',
      writing(async (sound, batch, signal) => {
        await sound.write(batch, signal).catch((error: unknown) => {
          if (!(error instanceof WriteFailure)) throw error
          throw new WriteFailure(error.failed.map((failed) => ({ ...failed, permanent: false })))
        })
      }),
      'a value that is not JSON costs nobody else',
    ],
    [
      'breaks at a tombstone',
      writing(async (sound, batch, signal) => {
        if (batch.some(({ bytes }) => bytes === null)) throw new TypeError('null')
        await sound.write(batch, signal)
      }),
      'an empty batch and a tombstone do no harm',
    ],
    [
      'does not hear the abort',
      writing(async (sound, batch) => await sound.write(batch, new AbortController().signal)),
      'after the abort it writes nothing and says so',
    ],
    [
      'cannot be closed twice',
      (system) => {
        let closed = false
        return {
          ...memorySink(system),
          async close() {
            if (closed) throw new Error('closed already')
            closed = true
          },
        }
      },
      'close can be called twice',
    ],
  ])('finds a sink that %s', async ([, create, found]) => {
    expect((await judge(create)).join('; ')).toContain(found)
  })

  test('finds batches without limits', async () => {
    const found = await judge(memorySink, { batch: () => ({ records: Infinity, bytes: 1, ageMs: 0 }) })
    expect(found).toEqual(['its batches have limits'])
  })
})
