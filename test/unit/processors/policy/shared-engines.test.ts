import { expect, test } from 'vitest'
import type { PolicyEngine } from '../../../../processors/policy/policy-engine.ts'
import { shareEngine } from '../../../../processors/policy/shared-engines.ts'
import { ManualClock } from '../../../../connectors/testing/manual-clock.ts'

/** An engine that answers with its own number, and keeps whether it was closed. */
function numberedEngines(): { create: () => PolicyEngine; closed: number[]; created: () => number } {
  let count = 0
  const closed: number[] = []
  const create = (): PolicyEngine => {
    const number = (count += 1)
    return {
      info: { revision: String(number), digest: 'sha256:0', entrypoints: [] },
      evaluate: (inputs) => Promise.resolve(inputs.map(() => ({ result: number }))),
      close: () => Promise.resolve(void closed.push(number)),
    }
  }
  return { create, closed, created: () => count }
}

const forever = new AbortController().signal
const nothing = { bytes: Buffer.from('null'), timeMs: 0 }

test('users of one name share an engine, which ends with the last of them', async () => {
  const clock = new ManualClock()
  const { create, closed, created } = numberedEngines()
  const [first, second] = [shareEngine(clock, 'gate', create), shareEngine(clock, 'gate', create)]
  expect(created()).toBe(1)
  await first.close()
  await first.close()
  expect(closed).toEqual([])
  expect(await second.evaluate([nothing], forever)).toEqual([{ result: 1 }])
  await second.close()
  expect(closed).toEqual([1])
})

test('after the last user comes a new engine', async () => {
  const clock = new ManualClock()
  const { create } = numberedEngines()
  await shareEngine(clock, 'gate', create).close()
  expect(shareEngine(clock, 'gate', create).info.revision).toBe('2')
})

test('another name or another clock has another engine', () => {
  const clock = new ManualClock()
  const { create, created } = numberedEngines()
  shareEngine(clock, 'gate', create)
  shareEngine(clock, 'other', create)
  shareEngine(new ManualClock(), 'gate', create)
  expect(created()).toBe(3)
})
