import { appendFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { fileSource } from '../../../../connectors/file/source.ts'
import type { Json } from '../../../../schemas/json.ts'
import {
  connectorContext,
  createPullSource,
  readPartition,
  temporaryFolder,
} from '../../../support/connector-context.ts'

/** A followed folder, read as the runtime does: each named file at once, from its last position. */
async function follow(config: object) {
  const folder = temporaryFolder()
  const context = connectorContext({ baseDir: folder })
  const { clock } = context
  const source = await createPullSource(fileSource, { follow: true, ...config }, context)
  const positions = new Map<string, Json>()
  const named: string[] = []
  const values: string[] = []
  const failed: string[] = []
  let ended = false
  const reading = (async () => {
    for await (const name of source.partitions()) {
      named.push(name)
      const read = await readPartition(source, name, positions.get(name) ?? null)
      if (read.position !== null) positions.set(name, read.position)
      values.push(...read.values)
      failed.push(...read.failed.map(({ error }) => error.message))
    }
    ended = true
  })()
  return {
    context,
    source,
    named,
    values,
    failed,
    reading,
    ended: () => ended,
    /** Changes a file at this moment of the manual clock. */
    change(name: string, text: string, how: 'write' | 'append' = 'write') {
      const path = join(folder, name)
      if (how === 'write') writeFileSync(path, text)
      else appendFileSync(path, text)
      utimesSync(path, clock.now() / 1_000, clock.now() / 1_000)
    },
    remove: (name: string) => rmSync(join(folder, name)),
    /** Waits until the source sleeps, lets time pass, and again until it sleeps. */
    async pass(ms: number) {
      const steps = Math.ceil(ms / 100)
      for (let step = 0; step < steps; step += 1) {
        await asleep(clock)
        clock.advance(100)
      }
      await asleep(clock)
    },
  }
}

async function asleep(clock: { readonly waiting: number }): Promise<void> {
  for (let turn = 0; turn < 100_000 && clock.waiting === 0; turn += 1) {
    await new Promise((resolve) => setImmediate(resolve))
  }
  expect(clock.waiting).toBeGreaterThan(0)
}

describe('follow', () => {
  test('reads what is there, what comes and what changes, and nothing twice', async () => {
    const run = await follow({ path: '*.json' })
    run.change('a.json', '1')
    await run.pass(1_000)
    expect(run.values).toEqual(['1'])
    run.change('b.json', '2')
    await run.pass(1_000)
    expect(run.values).toEqual(['1', '2'])
    run.change('a.json', '33')
    await run.pass(5_000)
    expect(run.values).toEqual(['1', '2', '33'])
    expect(run.named).toEqual(['a.json', 'b.json', 'a.json'])
    run.change('a.json', '33')
    await run.pass(5_000)
    expect(run.values).toEqual(['1', '2', '33'])
    await run.source.close()
    await run.reading
  })

  test('a document that breaks off is tried again until it is whole', async () => {
    const run = await follow({ path: '*.json' })
    run.change('a.json', '{"a":')
    await run.pass(1_900)
    expect(run).toMatchObject({ values: [], failed: [] })
    run.change('a.json', '{"a":1}')
    await run.pass(1_900)
    expect(run).toMatchObject({ values: ['{"a":1}'], failed: [] })
    await run.source.close()
    await run.reading
  })

  test('a document that still breaks off 2 s after its last change has failed', async () => {
    const run = await follow({ path: '*.json' })
    run.change('a.json', '{"a":')
    await run.pass(1_500)
    run.change('a.json', '{"a":{')
    await run.pass(1_500)
    expect(run.failed).toEqual([])
    await run.pass(1_600)
    expect(run.failed).toEqual(['a.json:1:7 the document breaks off'])
    await run.pass(5_000)
    expect(run.failed).toHaveLength(1)
    run.change('a.json', '{"a":{}}')
    await run.pass(1_500)
    expect(run.values).toEqual(['{"a":{}}'])
    await run.source.close()
    await run.reading
  })

  test('a document that is wrong in its midst fails at once', async () => {
    const run = await follow({ path: '*.json' })
    run.change('a.json', '{"a" 1}')
    await run.pass(1_100)
    expect(run.failed).toEqual(['a.json:1:6 expected a colon after the field name'])
    await run.source.close()
    await run.reading
  })

  test('a file whose time lies in the future is waited for, but not for ever', async () => {
    const run = await follow({ path: '*.json' })
    run.change('a.json', '{')
    utimesSync(join(run.context.baseDir, 'a.json'), 4_000_000_000, 4_000_000_000)
    await run.pass(1_500)
    expect(run.failed).toEqual([])
    await run.pass(3_000)
    expect(run.failed).toHaveLength(1)
    await run.source.close()
    await run.reading
  })

  test('lines are read as they are appended, a last one without its end after it was quiet for 2 s', async () => {
    const run = await follow({ path: '*.log' })
    run.change('a.log', '1\n2\n{"to')
    await run.pass(1_500)
    expect(run.values).toEqual(['1', '2'])
    run.change('a.log', 'rn":1}\n4', 'append')
    await run.pass(1_500)
    expect(run.values).toEqual(['1', '2', '{"torn":1}'])
    await run.pass(3_000)
    expect(run.values).toEqual(['1', '2', '{"torn":1}', '4'])
    run.change('a.log', '5\n', 'append')
    await run.pass(1_500)
    expect(run.values).toEqual(['1', '2', '{"torn":1}', '4', '45'])
    await run.source.close()
    await run.reading
  })

  test('a file that vanishes and comes back is read when it is another one', async () => {
    const run = await follow({ path: '*.json' })
    run.change('a.json', '1')
    await run.pass(1_100)
    run.remove('a.json')
    await run.pass(2_000)
    run.change('a.json', '1')
    await run.pass(2_000)
    expect(run.values).toEqual(['1'])
    run.remove('a.json')
    await run.pass(2_000)
    run.change('a.json', '2')
    await run.pass(2_000)
    expect(run.values).toEqual(['1', '2'])
    await run.source.close()
    await run.reading
  })

  test('a path that matches nothing yet is said once', async () => {
    const run = await follow({ path: 'later/*.json' })
    await run.pass(5_000)
    expect(run.context.logged).toMatchObject([
      { level: 'warn', message: 'no file matches yet; waiting for one', fields: { path: 'later/*.json' } },
    ])
    await run.source.close()
    await run.reading
  })

  test.for([['abort'], ['close']] as const)('%s ends the waiting', async ([how]) => {
    const run = await follow({ path: '*.json' })
    await run.pass(100)
    if (how === 'abort') run.context.stop()
    else await run.source.close()
    await run.reading
    expect(run.ended()).toBe(true)
    expect(run.context.clock.waiting).toBe(0)
  })

  test('a file is not named while it is being read', async () => {
    const folder = temporaryFolder()
    const context = connectorContext({ baseDir: folder })
    const source = await createPullSource(fileSource, { path: '*.ndjson', follow: true }, context)
    writeFileSync(join(folder, 'a.ndjson'), '1\n'.repeat(5_000))
    const names = source.partitions()[Symbol.asyncIterator]()
    await names.next()
    const reader = source.open('a.ndjson', null)[Symbol.asyncIterator]()
    await reader.next()
    appendFileSync(join(folder, 'a.ndjson'), '2\n')
    const next = names.next()
    await asleep(context.clock)
    context.clock.advance(10_000)
    await asleep(context.clock)
    await reader.return?.()
    context.clock.advance(10_000)
    expect(await next).toEqual({ done: false, value: 'a.ndjson' })
    await source.close()
  })
})
