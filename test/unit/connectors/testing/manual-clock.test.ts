import { expect, test } from 'vitest'
import { ManualClock } from '../../../../connectors/testing/manual-clock.ts'

/** Waits again and again, and notes when it was woken. */
async function tick(clock: ManualClock, everyMs: number, seen: number[]): Promise<void> {
  for (;;) {
    await clock.sleep(everyMs)
    seen.push(clock.now())
  }
}

test('advance wakes at once who has waited long enough, in order', async () => {
  const clock = new ManualClock(0)
  const woken: number[] = []
  const waits = [30, 10, 20].map(async (delayMs) => {
    await clock.sleep(delayMs)
    woken.push(delayMs)
  })
  clock.advance(20)
  expect([clock.now(), clock.waiting]).toEqual([20, 1])
  clock.advance(10)
  await Promise.all(waits)
  expect(woken).toEqual([10, 20, 30])
})

test('pass wakes each at its own time, also who waits again meanwhile', async () => {
  const clock = new ManualClock(0)
  const seen: number[] = []
  void tick(clock, 10, seen)
  void tick(clock, 25, seen)
  await clock.pass(50)
  expect(seen.sort((a, b) => a - b)).toEqual([10, 20, 25, 30, 40, 50, 50])
  expect([clock.now(), clock.waiting]).toEqual([50, 2])
})

test('who is told to stop waits no longer', async () => {
  const clock = new ManualClock(0)
  const stop = new AbortController()
  const wait = clock.sleep(10, stop.signal)
  stop.abort(new Error('enough'))
  await expect(wait).rejects.toThrow('enough')
  expect(clock.waiting).toBe(0)
  await expect(clock.sleep(10, stop.signal)).rejects.toThrow('enough')
})
