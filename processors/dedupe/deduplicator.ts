import type { WorkingEvent } from '../../schemas/event.ts'
import { HEADER } from '../../schemas/event-header-names.ts'
import { StoplogError } from '../../schemas/stoplog-error.ts'
import type { StepOutcome } from '../processor.ts'
import type { Store } from '../state/store.ts'
import { type Mark, partitionKey } from './mark.ts'

interface DeduplicatorOptions {
  readonly withinMs: number
  readonly maxKeys: number
  readonly marks: Store<Mark>
}

/** Decides on one event after the other. The marks were restored before the first of them. */
export function createDeduplicator(options: DeduplicatorOptions): (event: WorkingEvent) => StepOutcome {
  const { withinMs, maxKeys, marks } = options
  let progress: Progress | undefined
  let sweeper: Sweeper | undefined
  return (event) => {
    const { key } = event
    if (key === null) throw new StoplogError('E_KEY_NULL', 'dedupe goes by the record key, and this event has none')
    const mark = marks.get(key)
    if (isDeletion(event)) {
      if (mark !== undefined && !mark.deleted) marks.set(key, { ...mark, deleted: true })
      return 'pass'
    }
    progress ??= new Progress(marks)
    sweeper ??= new Sweeper(marks, withinMs)
    const horizonMs = progress.latestMs - 2 * withinMs
    if (mark !== undefined && !isReplayed(event) && isDuplicate(event, mark, withinMs, horizonMs)) return 'duplicate'
    // A mark behind the horizon would be forgotten at once, and must not take the place of one that still counts.
    if (event.time <= horizonMs) return 'pass'
    if (mark === undefined && marks.size >= maxKeys) {
      sweeper.sweepAll(horizonMs)
      if (marks.size >= maxKeys) return { stop: fullError(maxKeys) }
    }
    const stop = remember(event, key, marks, progress)
    if (stop !== undefined) return { stop }
    sweeper.sweep(progress.latestMs - 2 * withinMs)
    return 'pass'
  }
}

/**
 * The explicit horizon makes the answer independent of when a mark is really removed, and so the same after a restart.
 * A mark that this event made itself, or that was made after it, is seen only when the event comes again after a crash:
 * it was let through then, or nobody can tell, so it passes.
 */
function isDuplicate(event: WorkingEvent, mark: Mark, withinMs: number, horizonMs: number): boolean {
  return (
    Math.abs(event.time - mark.timeMs) < withinMs && mark.timeMs > horizonMs && !mark.deleted && !isAfter(mark, event)
  )
}

/** Whether the mark was made by this event or by one that was processed after it. */
function isAfter(mark: Mark, event: WorkingEvent): boolean {
  if (mark.topic === event.topic && mark.partition === event.partition) return mark.offset >= event.offset
  return (mark.others[partitionKey(event)] ?? -1) >= event.offset
}

/** Without a look at the value, which may not have been parsed yet. */
function isDeletion(event: WorkingEvent): boolean {
  return event.valueChanged ? event.value === null : event.bytes === null
}

function isReplayed(event: WorkingEvent): boolean {
  return event.headers[HEADER.replay] !== undefined
}

function remember(event: WorkingEvent, key: string, marks: Store<Mark>, progress: Progress): StoplogError | undefined {
  const { topic, partition, offset, time } = event
  try {
    const latestMs = Math.max(progress.latestMs, time)
    marks.set(key, { timeMs: time, topic, partition, offset, others: progress.others(event), latestMs, deleted: false })
  } catch (error) {
    if (error instanceof StoplogError && error.code === 'E_STATE_FULL') return error
    throw error
  }
  progress.advance(event)
  return undefined
}

function fullError(maxKeys: number): StoplogError {
  return new StoplogError('E_STATE_FULL', `dedupe remembers ${maxKeys} keys on this partition, and all still count`, {
    fix: 'raise max_keys if there is memory for it, make `within` shorter, or use more partitions',
  })
}

/** Each sweep waits until the horizon has moved by this part of `within`, so that its cost is spread over many events. */
const SWEEPS_PER_WITHIN = 16

/** Removes marks behind the horizon. When it does so changes no answer, only the memory in use. */
class Sweeper {
  readonly #marks: Store<Mark>
  readonly #intervalMs: number
  #nextMs = -Infinity
  #nextOfAllMs = -Infinity

  constructor(marks: Store<Mark>, withinMs: number) {
    this.#marks = marks
    this.#intervalMs = Math.max(1, withinMs / SWEEPS_PER_WITHIN)
  }

  /** Looks at the oldest changes and ends at the first mark that still counts: nearly all that can go is before it. */
  sweep(horizonMs: number): void {
    if (horizonMs < this.#nextMs) return
    this.#nextMs = horizonMs + this.#intervalMs
    for (const [key, { timeMs }] of this.#marks.entries()) {
      if (timeMs > horizonMs) return
      this.#marks.delete(key)
    }
  }

  /** Looks at all marks: some may have come out of the order of time. */
  sweepAll(horizonMs: number): void {
    if (horizonMs < this.#nextOfAllMs) return
    this.#nextOfAllMs = horizonMs + this.#intervalMs
    for (const [key, { timeMs }] of this.#marks.entries()) {
      if (timeMs <= horizonMs) this.#marks.delete(key)
    }
  }
}

/** How far the task has come: the latest time and the last offsets let through. The newest mark holds all of it. */
class Progress {
  latestMs = -Infinity
  /** Replaced, never changed, since marks hold it. */
  #offsets: Readonly<Record<string, number>> = {}
  #othersOf = new Map<string, Readonly<Record<string, number>>>()

  constructor(marks: Store<Mark>) {
    for (const [, mark] of marks.entries()) {
      this.latestMs = Math.max(this.latestMs, mark.latestMs)
      this.#raise({ ...mark.others, [partitionKey(mark)]: mark.offset })
    }
  }

  /** The last offsets of all partitions but the event's own; one object for as long as they stay. */
  others(event: WorkingEvent): Readonly<Record<string, number>> {
    const own = partitionKey(event)
    const known = this.#othersOf.get(own)
    if (known !== undefined) return known
    const others = Object.fromEntries(Object.entries(this.#offsets).filter(([partition]) => partition !== own))
    this.#othersOf.set(own, others)
    return others
  }

  advance(event: WorkingEvent): void {
    this.latestMs = Math.max(this.latestMs, event.time)
    const own = partitionKey(event)
    const others = this.#othersOf.get(own)
    this.#raise({ [own]: event.offset })
    // Only what the other partitions see has changed.
    this.#othersOf.clear()
    if (others !== undefined) this.#othersOf.set(own, others)
  }

  #raise(offsets: Readonly<Record<string, number>>): void {
    const raised = { ...this.#offsets }
    for (const [partition, offset] of Object.entries(offsets)) {
      raised[partition] = Math.max(raised[partition] ?? -1, offset)
    }
    this.#offsets = raised
  }
}
