import { describe, expect, test } from 'vitest'
import { SeededRandom } from '../../../../connectors/generate/random.ts'
import { generateSource } from '../../../../connectors/generate/source.ts'
import type { SourceBatch } from '../../../../connectors/connector.ts'
import {
  collect,
  connectorContext,
  createPullSource,
  readPartition,
  valueText,
} from '../../../support/connector-context.ts'

async function generate(config: object, name = 'load') {
  const context = connectorContext({ baseDir: '/', name })
  const source = await createPullSource(generateSource, config, context)
  return { context, source }
}

async function valuesOf(config: object): Promise<readonly string[]> {
  const { source } = await generate(config)
  return (await readPartition(source, 'generated')).values
}

describe('the source generate', () => {
  test('makes the same events for the same seed, and others for another', async () => {
    const first = await valuesOf({ count: 50 })
    expect(await valuesOf({ count: 50 })).toEqual(first)
    const other = await valuesOf({ count: 50, seed: 2 })
    expect(other.filter((value) => first.includes(value))).toEqual([])
    expect(new Set(first).size).toBe(50)
  })

  test('findings are JSON of about 1 KB, a fifth of them high or critical', async () => {
    const findings = (await valuesOf({ count: 5_000 })).map((text) => ({ text, value: JSON.parse(text) }))
    const sizes = findings.map(({ text }) => text.length)
    expect(sizes.reduce((sum, size) => sum + size, 0) / sizes.length).toBeGreaterThan(900)
    expect(Math.max(...sizes)).toBeLessThan(1_400)
    const severe = findings.filter(({ value }) => ['HIGH', 'CRITICAL'].includes(value.severity)).length
    expect(severe / findings.length).toBeCloseTo(0.2, 1)
    expect(new Set(findings.map(({ value }) => value.image.digest)).size).toBeGreaterThan(1_000)
    expect(findings.every(({ value }) => /^CVE-\d{4}-\d+$/.test(value.cve) && value.ageDays > 0)).toBe(true)
  })

  test('each position leads to exactly the rest', async () => {
    const { source } = await generate({ count: 2_500, shape: 'tiny' })
    const whole = await readPartition(source, 'generated')
    expect(whole.batches.map(({ events }) => events.length)).toEqual([1_000, 1_000, 500])
    for (const [index, { position }] of whole.batches.entries()) {
      const rest = await readPartition(source, 'generated', position)
      expect(rest.ids).toEqual(whole.ids.slice((index + 1) * 1_000))
      expect(rest.values).toEqual(whole.values.slice((index + 1) * 1_000))
    }
    expect(new Set(whole.ids).size).toBe(2_500)
  })

  test('ids of two nodes differ', async () => {
    const [a, b] = [await generate({ count: 1 }, 'a'), await generate({ count: 1 }, 'b')]
    expect((await readPartition(a.source, 'generated')).ids).not.toEqual(
      (await readPartition(b.source, 'generated')).ids,
    )
  })

  test('event times begin at `start` and go on by `step`', async () => {
    const { source } = await generate({ count: 3, shape: 'tiny', start: '2026-03-01T00:00:00+01:00', step: '2s' })
    const { events } = await readPartition(source, 'generated')
    const start = Date.UTC(2026, 1, 28, 23)
    expect(events.map(({ time }) => time)).toEqual([start, start + 2_000, start + 4_000])
    expect(events.map((event) => JSON.parse(valueText(event)).ts)).toEqual(events.map(({ time }) => time))
  })

  test('a repeated event has the payload of an earlier one and its own id and time', async () => {
    const { source } = await generate({ count: 3_000, repeat: 0.3 })
    const { events } = await readPartition(source, 'generated')
    const seen = new Set<string>()
    let repeated = 0
    for (const event of events) {
      const { id, ts } = JSON.parse(valueText(event))
      if (seen.has(id)) repeated += 1
      seen.add(id)
      expect(ts).toBe(event.time)
    }
    expect(repeated / events.length).toBeCloseTo(0.3, 1)
    expect(new Set(events.map(({ id }) => id)).size).toBe(3_000)
    const same = await generate({ count: 3_000 })
    const plain = (await readPartition(same.source, 'generated')).values.map((text) => JSON.parse(text).id)
    expect([...seen].every((id) => plain.includes(id))).toBe(true)
  })

  test('an event of which the template makes nothing fails alone', async () => {
    const { source } = await generate({ count: 4, template: '{"n": offset < 2 ? offset : value.absent}' })
    const { batches } = await readPartition(source, 'generated')
    expect(batches.map(({ events, failed }) => [events.length, failed?.length])).toEqual([[2, 2]])
    expect(batches[0]?.failed?.[0]).toMatchObject({ origin: 'event 2', id: 'load-1-2' })
  })

  test('a template makes the value', async () => {
    const { source } = await generate({ count: 2, template: '{"n": offset, "cve": value.cve, "at": key}' })
    const { events } = await readPartition(source, 'generated')
    expect(events.map(({ value }) => value)).toMatchObject([{ n: 0 }, { n: 1, cve: expect.stringMatching(/^CVE/) }])
    expect(events.every(({ key, value }) => (value as { at: string }).at === key)).toBe(true)
  })

  test('a rate is kept, and the abort ends the waiting', async () => {
    const { source, context } = await generate({ rate: 100, shape: 'tiny' })
    const batches: SourceBatch[] = []
    const reading = (async () => {
      for await (const batch of source.open('generated', { next: 7 })) batches.push(batch)
    })()
    const partitions = collect(source.partitions())
    const made = () => batches.flatMap(({ events }) => events).map(({ id }) => id)
    for (let step = 0; step < 100; step += 1) {
      for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve))
      context.clock.advance(10)
    }
    expect(made().length).toBeGreaterThanOrEqual(98)
    expect(made().length).toBeLessThanOrEqual(100)
    expect(made().slice(0, 2)).toEqual(['load-1-7', 'load-1-8'])
    context.stop()
    await reading
    expect(await partitions).toEqual(['generated'])
    expect(context.clock.waiting).toBe(0)
  })

  test.for([
    [{}, 'count'],
    [{ count: -1 }, 'count'],
    [{ count: 1.5 }, 'count'],
    [{ rate: 0 }, 'rate'],
    [{ count: 1, shape: 'x' }, 'shape'],
    [{ count: 1, repeat: 1 }, 'repeat'],
    [{ count: 1, start: 'yesterday' }, 'start'],
    [{ count: 1, step: 5 }, 'step'],
  ] as const)('%j is refused at %s', ([config, field]) => {
    expect(generateSource.definition.config.safeParse(config).error?.issues[0]?.path[0]).toBe(field)
  })

  test('nothing comes of count 0', async () => {
    expect(await valuesOf({ count: 0 })).toEqual([])
  })
})

describe('seeded random numbers', () => {
  test('are spread evenly, also over neighbouring indexes', () => {
    const buckets = Array.from({ length: 10 }, () => 0)
    for (let index = 0; index < 10_000; index += 1) {
      const bucket = new SeededRandom(1, index).below(10)
      buckets[bucket] = (buckets[bucket] ?? 0) + 1
    }
    expect(Math.min(...buckets)).toBeGreaterThan(850)
    expect(Math.max(...buckets)).toBeLessThan(1_150)
  })

  test('differ for indexes beyond 32 bits', () => {
    expect(new SeededRandom(1, 5).hex(16)).not.toBe(new SeededRandom(1, 5 + 2 ** 32).hex(16))
  })
})
