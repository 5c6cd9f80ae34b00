import type { BatchProcessor, EachProcessor, Processor, StepOutcome } from '../../processors/processor.ts'
import type { WorkingEvent } from '../../schemas/event.ts'
import { StoplogError } from '../../schemas/stoplog-error.ts'
import type { RuntimeEvent } from './runtime-event.ts'

/** One step of a node, ready to work. */
export interface ChainStep {
  readonly type: string
  readonly index: number
  /** Place in the document. */
  readonly path: string
  readonly processor: Processor
}

/** An event that failed in a step, or on its way in or out (`step: null`). */
export interface FailedEvent {
  readonly event: RuntimeEvent
  readonly error: StoplogError
  readonly step: ChainStep | null
}

/** What has become of a number of events. `in + expanded = emitted + filtered + duplicates + failed`, unless stopped. */
export interface ChainResult {
  readonly failed: readonly FailedEvent[]
  readonly filtered: number
  readonly duplicates: number
  /** Events that `split` has made, beyond the ones it made them of. */
  readonly expanded: number
  /** Set when a step cannot go on: the first event that was not processed, and why. */
  readonly stop: { readonly event: RuntimeEvent; readonly error: StoplogError } | null
}

/** Takes an event that has passed a stage. A StoplogError thrown for one that has passed them all fails that event. */
export type Emit = (event: RuntimeEvent) => void

/** Makes the event of an input; null when it must not enter. */
export type Arrive<T> = (input: T) => RuntimeEvent | null

interface Tally {
  readonly failed: FailedEvent[]
  filtered: number
  duplicates: number
  expanded: number
  stop: { readonly event: RuntimeEvent; readonly error: StoplogError } | null
}

/**
 * The steps of a node, fused: an event goes through all of those that handle one event at a time, and out, before the
 * next one is taken; so its value is parsed once, written once and then forgotten.
 */
export class StepChain {
  readonly #stages: readonly (readonly ChainStep[])[]

  constructor(steps: readonly ChainStep[]) {
    this.#stages = toStages(steps)
  }

  /**
   * Takes events one after the other, each made of its input when its turn has come, and emits in the same order what
   * comes out. Rejects when a step itself is broken; nothing is lost then, the events are processed again.
   */
  async run<T>(inputs: readonly T[], arrive: Arrive<T>, emit: Emit, signal: AbortSignal): Promise<ChainResult> {
    const tally: Tally = { failed: [], filtered: 0, duplicates: 0, expanded: 0, stop: null }
    const leave: Emit = (event) => attemptToEmit(event, emit, tally)
    const [first = [], ...later] = this.#stages
    let passed: RuntimeEvent[] = []
    const pass: Emit = (event) => void passed.push(event)
    await runStage(first, inputs, arrive, later.length === 0 ? leave : pass, tally, signal)
    for (const [index, stage] of later.entries()) {
      const arriving = passed
      passed = []
      await runStage(stage, arriving, asItIs, index === later.length - 1 ? leave : pass, tally, signal)
    }
    return tally
  }

  async close(): Promise<void> {
    for (const { processor } of this.#stages.flat()) await processor.close?.()
  }
}

/** Steps that handle one event at a time, together; each of the others by itself. */
function toStages(steps: readonly ChainStep[]): readonly (readonly ChainStep[])[] {
  const stages: ChainStep[][] = []
  for (const step of steps) {
    const last = stages.at(-1)
    const isFused = last !== undefined && [step, ...last].every(({ processor }) => !isBatchProcessor(processor))
    if (isFused) last.push(step)
    else stages.push([step])
  }
  return stages
}

function isBatchProcessor(processor: Processor): processor is BatchProcessor {
  return 'batch' in processor
}

function isEachProcessor(processor: Processor): processor is EachProcessor {
  return 'each' in processor
}

async function runStage<T>(
  stage: readonly ChainStep[],
  inputs: readonly T[],
  arrive: Arrive<T>,
  out: Emit,
  tally: Tally,
  signal: AbortSignal,
): Promise<void> {
  const [first] = stage
  if (first !== undefined && isBatchProcessor(first.processor)) {
    const events = inputs.map(arrive).filter((event) => event !== null)
    await runBatch(first, first.processor, events, out, tally, signal)
  } else runEach(stage, inputs, arrive, out, tally)
}

function runEach<T>(
  stage: readonly ChainStep[],
  inputs: readonly T[],
  arrive: Arrive<T>,
  out: Emit,
  tally: Tally,
): void {
  for (const input of inputs) {
    if (tally.stop !== null) return
    const event = arrive(input)
    if (event !== null) runThrough(stage, 0, event, out, tally)
  }
}

function asItIs(event: RuntimeEvent): RuntimeEvent {
  return event
}

function runThrough(stage: readonly ChainStep[], from: number, event: RuntimeEvent, out: Emit, tally: Tally): void {
  for (let i = from; i < stage.length; i += 1) {
    const step = stage[i]
    if (step === undefined || !isEachProcessor(step.processor)) return
    const outcome = attempt(step.processor, event)
    if (outcome === 'pass') continue
    for (const child of settle(step, event, outcome, tally)) runThrough(stage, i + 1, child, out, tally)
    return
  }
  out(event)
}

function attempt(processor: EachProcessor, event: RuntimeEvent): StepOutcome {
  try {
    return processor.each(event)
  } catch (error) {
    return { failed: toEventError(error) }
  }
}

function attemptToEmit(event: RuntimeEvent, emit: Emit, tally: Tally): void {
  try {
    emit(event)
  } catch (error) {
    tally.failed.push({ event, error: toEventError(error), step: null })
  }
}

/** The failure of one event; anything that is not its own fault is thrown on. */
export function toEventError(error: unknown): StoplogError {
  if (error instanceof StoplogError) return error
  // A stack that ran out, or a text that grew too long, on a value nested too deep or too large.
  if (error instanceof RangeError) return new StoplogError('E_VALUE_DEPTH', error.message, { cause: error })
  throw error
}

/** Counts an outcome other than `pass`; returns the events that go on in its place. */
function settle(
  step: ChainStep,
  event: RuntimeEvent,
  outcome: Exclude<StepOutcome, 'pass'>,
  tally: Tally,
): readonly RuntimeEvent[] {
  if (outcome === 'filtered') tally.filtered += 1
  else if (outcome === 'duplicate') tally.duplicates += 1
  else if ('failed' in outcome) tally.failed.push({ event, error: outcome.failed, step })
  else if ('stop' in outcome) tally.stop = { event, error: outcome.stop }
  else {
    if (outcome.length === 0) tally.filtered += 1
    else tally.expanded += outcome.length - 1
    return outcome.map(toRuntimeEvent)
  }
  return []
}

async function runBatch(
  step: ChainStep,
  processor: BatchProcessor,
  events: readonly RuntimeEvent[],
  out: Emit,
  tally: Tally,
  signal: AbortSignal,
): Promise<void> {
  if (events.length === 0 || tally.stop !== null) return
  const outcomes = await processor.batch(events, signal)
  for (const [index, event] of events.entries()) {
    if (tally.stop !== null) return
    const outcome = outcomes[index]
    if (outcome === undefined) throw new StoplogError('E_BUG', `${step.path}: no outcome for event ${index}`)
    if (outcome === 'pass') out(event)
    else for (const child of settle(step, event, outcome, tally)) out(child)
  }
}

/** Steps are given our events and can only derive others from them. */
function toRuntimeEvent(event: WorkingEvent): RuntimeEvent {
  return event as RuntimeEvent
}
