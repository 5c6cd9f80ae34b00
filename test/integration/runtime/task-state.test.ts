import { afterEach, beforeEach, expect, test } from 'vitest'
import { Admin } from '../../../broker/client/admin.ts'
import type { Cluster } from '../../../broker/client/cluster.ts'
import { Producer } from '../../../broker/client/producer.ts'
import { NO_HEADERS } from '../../../broker/protocol/record-batch-builder.ts'
import { TaskState } from '../../../pipelines/runtime/task-state.ts'
import { createDeduplicator } from '../../../processors/dedupe/deduplicator.ts'
import { MARKS, type Mark } from '../../../processors/dedupe/mark.ts'
import type { Store } from '../../../processors/state/store.ts'
import { createEvent } from '../../support/event.ts'
import { RunningBroker } from '../../support/running-broker.ts'

const CHANGELOG = { topic: 'p._s-changelog', partition: 0 }
const WITHIN = 10

let broker: RunningBroker
let cluster: Cluster
let producer: Producer
beforeEach(async () => {
  broker = await RunningBroker.start()
  cluster = broker.cluster()
  producer = new Producer(cluster)
  const { topic: name } = CHANGELOG
  await new Admin(cluster).ensureTopics([{ name, partitions: 1, replicationFactor: 1, configs: {} }])
})
afterEach(async () => {
  producer.close()
  await broker.stop()
})

/** A task of `dedupe` that begins at these offsets of its inputs. */
class Task {
  readonly marks: Store<Mark>
  readonly #state: TaskState
  readonly #decide: ReturnType<typeof createDeduplicator>

  private constructor(state: TaskState) {
    this.#state = state
    this.marks = state.store(0, MARKS)
    this.#decide = createDeduplicator({ withinMs: WITHIN, maxKeys: 100, marks: this.marks })
  }

  static async begin(input: Readonly<Record<string, number>>): Promise<Task> {
    const offsets = new Map(Object.entries(input))
    return new Task(await TaskState.restore(cluster, CHANGELOG, offsets, AbortSignal.timeout(10_000)))
  }

  /** Processes the events of topic `t` from an offset on. */
  send(offset: number, ...events: readonly [key: string, time: number][]): readonly unknown[] {
    return events.map(([key, time], index) =>
      this.#decide(createEvent({ topic: 't', offset: offset + index, key, time, value: 1 })),
    )
  }

  async write(input: Readonly<Record<string, number>>): Promise<void> {
    this.#state.write(producer, new Map(Object.entries(input)), 0)
    await producer.flush()
  }

  timeOf(key: string): number | undefined {
    return this.marks.get(key)?.timeMs
  }
}

test('the state is that of the offsets where the task begins, not what was written last', async () => {
  const task = await Task.begin({ t: 0 })
  task.send(0, ['a', 0], ['b', 1])
  await task.write({ t: 2 })
  task.send(2, ['a', 12], ['c', 13])
  await task.write({ t: 4 })
  const at = async (t: number): Promise<unknown> => {
    const { marks } = await Task.begin({ t })
    return Object.fromEntries([...marks.entries()].map(([key, { timeMs }]) => [key, timeMs]))
  }
  expect(await at(0)).toEqual({})
  expect(await at(2)).toEqual({ a: 0, b: 1 })
  expect(await at(3)).toEqual({ a: 0, b: 1 })
  expect(await at(4)).toEqual({ b: 1, a: 12, c: 13 })
})

test('Invariant 8: what is processed again has the same outcome, duplicates in between too', async () => {
  const events: [string, number][] = [
    ['a', 0],
    ['a', 6],
    ['a', 12],
    ['a', 14],
    ['a', 22],
  ]
  const killed = await Task.begin({ t: 0 })
  const outcomes = killed.send(0, ...events)
  expect(outcomes).toEqual(['pass', 'duplicate', 'pass', 'duplicate', 'pass'])
  await killed.write({ t: 5 })
  expect((await Task.begin({ t: 0 })).send(0, ...events)).toEqual(outcomes)
})

test('a commit that broke off in the middle of the changelog loses nothing', async () => {
  const events: [string, number][] = [
    ['b', 0],
    ['c', 1],
    ['b', 3],
    ['b', 10],
  ]
  const undisturbed = (await Task.begin({ t: 0 })).send(0, ...events)
  expect(undisturbed).toEqual(['pass', 'pass', 'duplicate', 'pass'])
  // Of two marks the second one was not written any more.
  const killed = await Task.begin({ t: 0 })
  killed.send(1, ['c', 1])
  await killed.write({ t: 4 })
  expect((await Task.begin({ t: 0 })).send(0, ...events)).toEqual(undisturbed)
})

test('what a commit that was broken off has left does not count later either', async () => {
  const killed = await Task.begin({ t: 0 })
  killed.send(0, ['a', 0], ['b', 0])
  await killed.write({ t: 2 })
  killed.send(2, ['a', 12], ['c', 12])
  await killed.write({ t: 4 })
  // The other life meets other events, as one with several inputs may.
  const other = await Task.begin({ t: 2 })
  other.send(2, ['d', 14])
  await other.write({ t: 9 })
  const later = await Task.begin({ t: 9 })
  expect(['a', 'b', 'c', 'd'].map((key) => later.timeOf(key))).toEqual([0, 0, undefined, 14])
})

test('each input counts; one that was added, or taken away, does not', async () => {
  const task = await Task.begin({ t: 0, u: 0 })
  task.send(0, ['a', 0])
  await task.write({ t: 1, u: 5 })
  expect((await Task.begin({ t: 1, u: 5 })).timeOf('a')).toBe(0)
  expect((await Task.begin({ t: 1, u: 4 })).timeOf('a')).toBeUndefined()
  expect((await Task.begin({ t: 0, u: 5 })).timeOf('a')).toBeUndefined()
  expect((await Task.begin({ t: 1, v: 0 })).timeOf('a')).toBe(0)
})

test('a record that does not say where it belongs counts, and its mark knows its event', async () => {
  const mark = { timeMs: 12, topic: 't', partition: 0, offset: 2, seen: {}, latestMs: 12, deleted: false }
  const value = JSON.stringify(MARKS.encode(mark))
  void producer.append(CHANGELOG.topic, 0, { timestamp: 0, key: '0.dedupe\na', value, headers: NO_HEADERS })
  await producer.flush()
  expect((await Task.begin({ t: 0 })).send(0, ['a', 0], ['a', 6], ['a', 12], ['a', 14])).toEqual(
    'pass pass pass duplicate'.split(' '),
  )
})
