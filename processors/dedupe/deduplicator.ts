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

/**
 * Decides on one event after the other. The marks were restored before the first of them.
 *
 * After a crash the marks are those of the offsets where the events go on. Marks that are ahead nonetheless, because
 * their changelog does not say where they belong, must not swallow an event: one that made the mark of its key, or came
 * before it, passes and changes nothing. So all that was let through before is let through again, perhaps with
 * duplicates in between, and after them every answer is the one it would have been without the crash. Invariant 8.
 */
export function createDeduplicator({
  withinMs,
  maxKeys,
  marks,
}: DeduplicatorOptions): (event: WorkingEvent) => StepOutcome {
  let restored: { readonly progress: Progress; readonly sweeper: Sweeper } | undefined
  return (event) => {
    const { key } = event
    if (key === null) throw new StoplogError('E_KEY_NULL', 'dedupe goes by the record key, and this event has none')
    restored ??= { progress: new Progress(marks), sweeper: new Sweeper(marks, withinMs) }
    const { progress, sweeper } = restored
    const isNew = progress.see(event)
    const mark = marks.get(key)
    if (isDeletion(event)) {
      if (isNew && mark !== undefined && !mark.deleted) {
        marks.set(key, { ...mark, deleted: true, seen: progress.seen(), latestMs: progress.latestMs })
      }
      return 'pass'
    }
    const horizonMs = progress.latestMs - 2 * withinMs
    if (mark !== undefined && isDuplicate(event, mark, withinMs, horizonMs)) return 'duplicate'
    // A mark behind the horizon would be forgotten at once, and must not take the place of one that still counts.
    if (!isNew || event.time <= horizonMs) return 'pass'
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

/** The explicit horizon makes the answer independent of when a mark is really removed, and so the same after a restart. */
function isDuplicate(event: WorkingEvent, mark: Mark, withinMs: number, horizonMs: number): boolean {
  return (
    Math.abs(event.time - mark.timeMs) < withinMs &&
    mark.timeMs > horizonMs &&
    !mark.deleted &&
    !isBeforeOrAt(event, mark) &&
    event.headers[HEADER.replay] === undefined
  )
}

/** Whether the event made the mark, or was processed before the one that did. */
function isBeforeOrAt(event: WorkingEvent, mark: Mark): boolean {
  if (mark.topic === event.topic && mark.partition === event.partition) return event.offset <= mark.offset
  return event.offset <= (mark.seen[partitionKey(event)] ?? -1)
}

/** Without a look at the value, which may not have been parsed yet. */
function isDeletion(event: WorkingEvent): boolean {
  return event.valueChanged ? event.value === null : event.bytes === null
}

function remember(event: WorkingEvent, key: string, marks: Store<Mark>, progress: Progress): StoplogError | undefined {
  const { topic, partition, offset, time } = event
  try {
    const latestMs = Math.max(progress.latestMs, time)
    marks.set(key, { timeMs: time, topic, partition, offset, seen: progress.seen(event), latestMs, deleted: false })
  } catch (error) {
    if (error instanceof StoplogError && error.code === 'E_STATE_FULL') return error
    throw error
  }
  progress.latestMs = Math.max(progress.latestMs, time)
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

/** How far the task has come: the latest time let through and the last offsets seen. The newest mark holds all of it. */
class Progress {
  latestMs = -Infinity
  readonly #offsets = new Map<string, number>()

  constructor(marks: Store<Mark>) {
    for (const [, mark] of marks.entries()) {
      this.latestMs = Math.max(this.latestMs, mark.latestMs)
      this.#raise(partitionKey(mark), mark.offset)
      for (const [partition, offset] of Object.entries(mark.seen)) this.#raise(partition, offset)
    }
  }

  /** True when the event was not seen before: it is no replay of one that the marks know of already. */
  see(event: WorkingEvent): boolean {
    return this.#raise(partitionKey(event), event.offset)
  }

  /** The last offset of each partition, but of the event's own, which its mark says anyway. */
  seen(event?: WorkingEvent): Readonly<Record<string, number>> {
    if (event !== undefined && this.#offsets.size < 2) return ALONE
    const own = event === undefined ? undefined : partitionKey(event)
    return Object.fromEntries([...this.#offsets].filter(([partition]) => partition !== own))
  }

  #raise(partition: string, offset: number): boolean {
    if (offset <= (this.#offsets.get(partition) ?? -1)) return false
    this.#offsets.set(partition, offset)
    return true
  }
}

/** Of a task that reads one partition, which is nearly every one: all marks share it. */
const ALONE: Readonly<Record<string, number>> = {}
