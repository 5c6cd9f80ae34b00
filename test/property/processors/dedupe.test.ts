import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { createDeduplicator } from '../../../processors/dedupe/deduplicator.ts'
import { MARKS } from '../../../processors/dedupe/mark.ts'
import type { StepOutcome } from '../../../processors/processor.ts'
import { createMemoryStore, type MemoryStore, type StoreChange } from '../../../processors/state/memory-store.ts'
import type { WorkingEvent } from '../../../schemas/event.ts'
import { createEvent } from '../../support/event.ts'

const WITHIN = 10

interface Input {
  readonly key: string
  readonly time: number
  readonly deletion: boolean
  readonly topic: string
}

type Decide = (event: WorkingEvent) => StepOutcome

function createTask(changelog: readonly StoreChange[]): { decide: Decide; marks: MemoryStore<never> } {
  const marks = createMemoryStore(MARKS)
  for (const change of changelog) marks.restore(change)
  return { decide: createDeduplicator({ withinMs: WITHIN, maxKeys: 1e6, marks }), marks: marks as MemoryStore<never> }
}

/** Inputs of two topics in the order in which the task meets them; each topic has offsets of its own. */
function toEvents(inputs: readonly Input[]): readonly { topic: string; offset: number; input: Input }[] {
  const offsets = new Map<string, number>()
  return inputs.map((input) => {
    const offset = (offsets.get(input.topic) ?? -1) + 1
    offsets.set(input.topic, offset)
    return { topic: input.topic, offset, input }
  })
}

function run(decide: Decide, events: ReturnType<typeof toEvents>): StepOutcome[] {
  return events.map(({ topic, offset, input }) =>
    decide(createEvent({ topic, offset, key: input.key, time: input.time, value: input.deletion ? null : 1 })),
  )
}

/** The rule as it stands in the documentation, without a limit on memory. */
function expectedOutcomes(inputs: readonly Input[]): string[] {
  const last = new Map<string, number>()
  return inputs.map(({ key, time, deletion }) => {
    if (deletion) {
      last.delete(key)
      return 'pass'
    }
    const before = last.get(key)
    if (before !== undefined && Math.abs(time - before) < WITHIN) return 'duplicate'
    last.set(key, time)
    return 'pass'
  })
}

const input = fc.record({
  key: fc.constantFrom('a', 'b', 'c'),
  time: fc.integer({ min: 0, max: 100 }),
  deletion: fc.integer({ min: 0, max: 9 }).map((n) => n === 0),
  topic: fc.constantFrom('x', 'y'),
})

/** Times that run ahead, with each event at most `WITHIN` late. */
const inTime = fc
  .array(fc.tuple(input, fc.integer({ min: 0, max: 8 }), fc.integer({ min: 0, max: WITHIN })), { maxLength: 60 })
  .map((steps) => {
    let now = 0
    return steps.map(([one, ahead, late]) => {
      now += ahead
      return { ...one, time: Math.max(now - late, 0) }
    })
  })

test('the answer is exact for events up to `within` late', () => {
  fc.assert(
    fc.property(inTime, (inputs) => {
      expect(run(createTask([]).decide, toEvents(inputs))).toEqual(expectedOutcomes(inputs))
    }),
    { numRuns: 5_000 },
  )
})

test('in any order of time, what is dropped has an event near it that was let through', () => {
  fc.assert(
    fc.property(fc.array(input, { maxLength: 60 }), (inputs) => {
      const outcomes = run(createTask([]).decide, toEvents(inputs))
      for (const [index, outcome] of outcomes.entries()) {
        if (outcome === 'pass') continue
        const { key, time } = inputs[index]!
        const near = inputs.some(
          (other, place) =>
            place < index &&
            outcomes[place] === 'pass' &&
            other.key === key &&
            !other.deletion &&
            Math.abs(other.time - time) < WITHIN,
        )
        expect([outcome, near]).toEqual(['duplicate', true])
      }
    }),
    { numRuns: 5_000 },
  )
})

test('a restart between two commits changes nothing', () => {
  fc.assert(
    fc.property(fc.array(input, { maxLength: 60 }), fc.nat(60), (inputs, at) => {
      const events = toEvents(inputs)
      const before = createTask([])
      const first = run(before.decide, events.slice(0, at))
      const after = createTask(before.marks.drain())
      const outcomes = [...first, ...run(after.decide, events.slice(at))]
      expect(outcomes).toEqual(run(createTask([]).decide, events))
    }),
    { numRuns: 5_000 },
  )
})

test('Invariant 8: after a crash with marks ahead of the output, nothing let through is lost, and from then on all is as without it', () => {
  fc.assert(
    fc.property(fc.array(input, { maxLength: 60 }), fc.nat(60), fc.nat(60), (inputs, a, b) => {
      const events = toEvents(inputs)
      const [committed, crashed] = [Math.min(a, b), Math.max(a, b)]
      const undisturbed = run(createTask([]).decide, events)
      const before = createTask([])
      run(before.decide, events.slice(0, crashed))
      const after = createTask(before.marks.drain())
      const replayed = run(after.decide, events.slice(committed))
      for (const [index, outcome] of replayed.entries()) {
        if (undisturbed[committed + index] === 'pass') expect(outcome).toBe('pass')
        if (committed + index >= crashed) expect(outcome).toBe(undisturbed[committed + index])
      }
    }),
    { numRuns: 5_000 },
  )
})

test('the changelog of several commits restores as that of one', () => {
  fc.assert(
    fc.property(fc.array(input, { maxLength: 60 }), fc.nat(60), (inputs, at) => {
      const events = toEvents(inputs)
      const twice = createTask([])
      run(twice.decide, events.slice(0, at))
      const changes = [...twice.marks.drain()]
      run(twice.decide, events.slice(at))
      changes.push(...twice.marks.drain())
      const restored = createTask(changes)
      expect([...restored.marks.entries()]).toEqual([...twice.marks.entries()])
    }),
    { numRuns: 5_000 },
  )
})
