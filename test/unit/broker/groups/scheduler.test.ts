import { expect, test } from 'vitest'
import type { Clock } from '../../../../schemas/runtime.ts'
import { createScheduler } from '../../../../broker/groups/scheduler.ts'
import { settle } from '../../../support/manual-scheduler.ts'

/** A clock that can be set like that of a machine: sleeping goes by real time, which is moved by `pass`. */
class SettableClock implements Clock {
  #nowMs = 1_000
  #realMs = 0
  #sleepers: { readonly untilMs: number; readonly wake: () => void }[] = []

  now(): number {
    return this.#nowMs
  }

  set(nowMs: number): void {
    this.#nowMs = nowMs
  }

  sleep(delayMs: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#sleepers.push({ untilMs: this.#realMs + delayMs, wake: resolve })
      signal?.addEventListener('abort', () => reject(signal.reason as Error), { once: true })
    })
  }

  async pass(ms: number): Promise<void> {
    this.#realMs += ms
    this.#nowMs += ms
    const due = this.#sleepers.filter(({ untilMs }) => untilMs <= this.#realMs)
    this.#sleepers = this.#sleepers.filter(({ untilMs }) => untilMs > this.#realMs)
    for (const { wake } of due) wake()
    await settle()
  }
}

test('runs once when the moment has come, and not before', async () => {
  const clock = new SettableClock()
  let runs = 0
  createScheduler(clock).at(1_100, () => (runs += 1))
  await clock.pass(99)
  expect(runs).toBe(0)
  await clock.pass(1)
  await clock.pass(1_000)
  expect(runs).toBe(1)
})

test('never runs within the call, not even for the past', async () => {
  const clock = new SettableClock()
  let runs = 0
  createScheduler(clock).at(0, () => (runs += 1))
  expect(runs).toBe(0)
  await clock.pass(0)
  expect(runs).toBe(1)
})

test('can be taken back', async () => {
  const clock = new SettableClock()
  let runs = 0
  createScheduler(clock).at(1_100, () => (runs += 1))()
  await clock.pass(200)
  expect(runs).toBe(0)
})

test('time never goes back, and what is due does not wait for the clock to catch up', async () => {
  const clock = new SettableClock()
  const scheduler = createScheduler(clock)
  let runs = 0
  scheduler.at(1_100, () => (runs += 1))
  await clock.pass(50)
  const before = scheduler.now()
  clock.set(-3_600_000)
  expect(scheduler.now()).toBe(before)
  await clock.pass(50)
  expect(scheduler.now()).toBe(before + 50)
  expect(runs).toBe(1)
})

test('a clock set back unseen delays by no more than the wait itself', async () => {
  const clock = new SettableClock()
  const scheduler = createScheduler(clock)
  let runs = 0
  scheduler.at(1_100, () => (runs += 1))
  clock.set(-3_600_000)
  await clock.pass(100)
  await clock.pass(100)
  expect(runs).toBe(1)
})

test('waits longer than one timer can', async () => {
  const clock = new SettableClock()
  let runs = 0
  createScheduler(clock).at(1_000 + 3_000_000_000, () => (runs += 1))
  await clock.pass(2_147_483_647)
  expect(runs).toBe(0)
  await clock.pass(852_516_353)
  expect(runs).toBe(1)
})
