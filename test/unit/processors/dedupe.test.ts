import { describe, expect, test } from 'vitest'
import { createDeduplicator } from '../../../processors/dedupe/deduplicator.ts'
import { dedupe } from '../../../processors/dedupe/dedupe.ts'
import { MARKS, type Mark } from '../../../processors/dedupe/mark.ts'
import { createMemoryStore, type MemoryStore, type StoreChange } from '../../../processors/state/memory-store.ts'
import { HEADER } from '../../../schemas/event-header-names.ts'
import { createEvent, type EventFields } from '../../support/event.ts'
import { createStep, refusalOf } from '../../support/step.ts'

const MINUTE = 60_000
const WITHIN = 10 * MINUTE

interface Task {
  readonly marks: MemoryStore<Mark>
  /** Outcome of the next event of a topic at a minute. */
  send(minute: number, fields?: EventFields): string
}

function createTask(options: { maxKeys?: number; changelog?: readonly StoreChange[]; maxBytes?: number } = {}): Task {
  const marks = createMemoryStore(MARKS, { maxEntries: 1e6, maxBytes: options.maxBytes ?? 1e9 })
  for (const change of options.changelog ?? []) marks.restore(change)
  const decide = createDeduplicator({ withinMs: WITHIN, maxKeys: options.maxKeys ?? 1_000, marks })
  let offset = 0
  return {
    marks,
    send(minute, fields = {}) {
      const outcome = decide(createEvent({ value: 1, offset, time: minute * MINUTE, ...fields }))
      offset += 1
      if (typeof outcome === 'string') return outcome
      return 'stop' in outcome ? `stop ${outcome.stop.code}` : 'other'
    },
  }
}

describe('an event is a duplicate by the time of the last one of its key that was let through', () => {
  test.for<[string, readonly [minute: number, outcome: string][]]>([
    [
      'less than `within` later',
      [
        [0, 'pass'],
        [9.99, 'duplicate'],
      ],
    ],
    [
      'exactly `within` later',
      [
        [0, 'pass'],
        [10, 'pass'],
      ],
    ],
    [
      'less than `within` earlier',
      [
        [10, 'pass'],
        [0.01, 'duplicate'],
      ],
    ],
    [
      'exactly `within` earlier',
      [
        [10, 'pass'],
        [0, 'pass'],
      ],
    ],
    [
      'at the same time',
      [
        [5, 'pass'],
        [5, 'duplicate'],
      ],
    ],
    [
      'counted from the last let through, not from the last seen',
      [
        [0, 'pass'],
        [6, 'duplicate'],
        [12, 'pass'],
        [15, 'duplicate'],
      ],
    ],
    [
      'counted from the last, not from the nearest',
      [
        [0, 'pass'],
        [15, 'pass'],
        [4, 'pass'],
        [5, 'duplicate'],
      ],
    ],
  ])('%s', ([, events]) => {
    const task = createTask()
    expect(events.map(([minute]) => task.send(minute))).toEqual(events.map(([, outcome]) => outcome))
  })

  test('keys do not know each other', () => {
    const task = createTask()
    expect(['a', 'b', 'a', '__proto__', '__proto__', ''].map((key) => task.send(0, { key }))).toEqual(
      'pass pass duplicate pass duplicate pass'.split(' '),
    )
  })
})

test('an event without a key fails', async () => {
  const step = await createStep(dedupe, { within: '10m' })
  expect(step({ value: 1, key: null }).outcome).toBe('E_KEY_NULL')
  expect(step({ value: 1, key: '' }).outcome).toBe('pass')
})

test('the value is not looked at', async () => {
  const step = await createStep(dedupe, { within: '10m' })
  expect(step({ bytes: 'not JSON' })).toMatchObject({ outcome: 'pass', event: { valueChanged: false } })
})

describe('a deletion', () => {
  test('always passes, and the next event of its key too', () => {
    const task = createTask()
    expect(task.send(0)).toBe('pass')
    expect(task.send(1, { value: null })).toBe('pass')
    expect(task.send(2, { value: null })).toBe('pass')
    expect(task.send(3)).toBe('pass')
    expect(task.send(4)).toBe('duplicate')
  })

  test('leaves no mark of its own', () => {
    const task = createTask()
    task.send(0, { value: null })
    expect(task.marks.size).toBe(0)
  })
})

test('a replayed dead letter passes', () => {
  const task = createTask()
  expect(task.send(0)).toBe('pass')
  expect(task.send(1)).toBe('duplicate')
  expect(task.send(1, { headers: { [HEADER.replay]: '1' }, topic: 'p.dead-letters', offset: 0 })).toBe('pass')
  expect(task.send(2)).toBe('duplicate')
})

describe('keys are forgotten by the time of events', () => {
  test('when nothing that is up to `within` late can be their duplicate', () => {
    const task = createTask()
    task.send(0, { key: 'a' })
    task.send(19, { key: 'b' })
    expect(task.send(9, { key: 'a' })).toBe('duplicate')
    expect(task.marks.get('a')).toBeDefined()
    task.send(20, { key: 'c' })
    expect(task.marks.get('a')).toBeUndefined()
    expect(task.send(10, { key: 'a' })).toBe('pass')
  })

  test('an event that is later than that passes, and leaves no mark', () => {
    const task = createTask()
    task.send(100, { key: 'a' })
    expect(task.send(70, { key: 'b' })).toBe('pass')
    expect(task.marks.get('b')).toBeUndefined()
    expect(task.send(70, { key: 'b' })).toBe('pass')
  })

  test('so that the marks in memory stay those of about 2 × `within`', () => {
    const task = createTask({ maxKeys: 1e6 })
    for (let minute = 0; minute < 2_000; minute += 1) task.send(minute, { key: `key-${minute}` })
    expect(task.marks.size).toBeLessThanOrEqual(23)
  })

  test('and one out of the order of time holds up the others only for a while', () => {
    const task = createTask()
    task.send(30, { key: 'ahead' })
    for (let minute = 11; minute < 30; minute += 1) task.send(minute, { key: `key-${minute}` })
    for (let minute = 51; minute < 60; minute += 1) task.send(minute, { key: `key-${minute}` })
    expect(task.marks.size).toBe(9)
  })
})

describe('at its limit of keys', () => {
  test('it stops the node rather than forget, and takes the keys it knows', () => {
    const task = createTask({ maxKeys: 2 })
    expect([task.send(0, { key: 'a' }), task.send(1, { key: 'b' })]).toEqual(['pass', 'pass'])
    expect(task.send(2, { key: 'c' })).toBe('stop E_STATE_FULL')
    expect(task.send(3, { key: 'a' })).toBe('duplicate')
    expect(task.send(12, { key: 'a' })).toBe('pass')
  })

  test('it first forgets what no longer counts, wherever it stands', () => {
    const task = createTask({ maxKeys: 3 })
    task.send(30, { key: 'a' })
    task.send(11, { key: 'b' })
    task.send(32, { key: 'c' })
    expect(task.send(33, { key: 'd' })).toBe('pass')
    expect([...task.marks.entries()].map(([key]) => key)).toEqual(['a', 'c', 'd'])
  })

  test('of memory it stops the node as well', () => {
    const task = createTask({ maxBytes: 2_000 })
    const outcomes = Array.from({ length: 20 }, (_, index) => task.send(0, { key: `key-${index}` }))
    expect(outcomes).toContain('stop E_STATE_FULL')
    expect(outcomes.slice(0, 3)).toEqual(['pass', 'pass', 'pass'])
  })
})

describe('after a crash', () => {
  test('the event that made a mark passes again, its duplicates do not', () => {
    const before = createTask()
    expect([before.send(0), before.send(1)]).toEqual(['pass', 'duplicate'])
    const after = createTask({ changelog: before.marks.drain() })
    expect([after.send(0), after.send(1), after.send(2)]).toEqual(['pass', 'duplicate', 'duplicate'])
  })

  test('an event whose mark was replaced by a later one passes again, and that one too', () => {
    const before = createTask()
    const minutes = [0, 15, 4, 6, 20]
    expect(minutes.map((minute) => before.send(minute))).toEqual(['pass', 'pass', 'pass', 'duplicate', 'pass'])
    const after = createTask({ changelog: before.marks.drain() })
    // 6 cannot be told from one that was let through; it is repeated.
    expect(minutes.map((minute) => after.send(minute))).toEqual(['pass', 'pass', 'pass', 'pass', 'pass'])
    expect([after.send(21), after.send(31)]).toEqual(['duplicate', 'pass'])
  })

  test('it is the same with an event of another topic', () => {
    const before = createTask()
    const sent: [number, EventFields][] = [
      [4, { topic: 'b', offset: 3 }],
      [15, { topic: 'a', offset: 9 }],
      [5, { topic: 'a', offset: 10 }],
    ]
    expect(sent.map(([minute, fields]) => before.send(minute, fields))).toEqual(['pass', 'pass', 'pass'])
    const after = createTask({ changelog: before.marks.drain() })
    expect(after.send(...sent[0]!)).toBe('pass')
    expect(after.send(5, { topic: 'b', offset: 4 })).toBe('duplicate')
  })

  test('a deletion that comes again undoes nothing that came after it', () => {
    const before = createTask()
    expect([before.send(0), before.send(1, { value: null }), before.send(2)]).toEqual(['pass', 'pass', 'pass'])
    const after = createTask({ changelog: before.marks.drain() })
    expect([after.send(0), after.send(1, { value: null }), after.send(2), after.send(3)]).toEqual(
      'pass pass pass duplicate'.split(' '),
    )
  })

  test('the horizon is where it was', () => {
    const before = createTask()
    before.send(0, { key: 'a' })
    before.send(50, { key: 'b' })
    // The mark with the latest time is replaced by one with an earlier time.
    before.send(35, { key: 'b' })
    const changelog = before.marks.drain()
    for (const task of [before, createTask({ changelog })]) {
      expect(task.send(30, { key: 'c', offset: 100 })).toBe('pass')
      expect(task.marks.get('c')).toBeUndefined()
    }
  })
})

describe('the changelog', () => {
  test.for<Mark>([
    { timeMs: 5, topic: 't', partition: 1, offset: 2, seen: {}, latestMs: 5, deleted: false },
    { timeMs: 5, topic: 't', partition: 1, offset: 2, seen: { 'u-1': 7 }, latestMs: 9, deleted: true },
  ])('carries a mark there and back', (mark) => {
    expect(MARKS.decode(JSON.parse(JSON.stringify(MARKS.encode(mark))))).toEqual(mark)
  })

  test('is short for the usual mark', () => {
    const mark = { timeMs: 5, topic: 't', partition: 1, offset: 2, seen: {}, latestMs: 5, deleted: false }
    expect(MARKS.encode(mark)).toEqual({ t: 5, p: ['t', 1, 2] })
  })

  test.for([null, 1, [], {}, { t: 1 }, { t: 1, p: [] }, { t: '1', p: ['t', 1, 2] }, { t: 1, p: ['t', '1', 2] }])(
    'of another kind is refused: %j',
    (json) => {
      expect(() => MARKS.decode(json)).toThrow(expect.objectContaining({ code: 'E_STATE_FORMAT' }))
    },
  )
})

test.for<[unknown, string]>([
  [{}, 'within'],
  [{ within: '24' }, 'expected a duration'],
  [{ within: 24 }, 'expected string'],
  [{ within: '24h', max_keys: 0 }, 'Too small'],
  [{ within: '24h', key: 'value.id' }, 'Unrecognized key'],
  ['24h', 'expected object'],
])('%j is refused', ([config, message]) => {
  expect(refusalOf(dedupe, config)).toContain(message)
})
