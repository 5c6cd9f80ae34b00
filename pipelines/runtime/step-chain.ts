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

/** What has become of a number of events. `in + expanded = passed + filtered + duplicates + failed + stopped at`. */
export interface ChainResult {
  /** In the order of the events that they come from. */
  readonly passed: readonly RuntimeEvent[]
  readonly failed: readonly FailedEvent[]
  readonly filtered: number
  readonly duplicates: number
  /** Events that `split` has made, beyond the ones it made them of. */
  readonly expanded: number
  /** Set when a step cannot go on: the first event that was not processed, and why. */
  readonly stop: { readonly event: RuntimeEvent; readonly error: StoplogError } | null
}

interface Tally {
  readonly failed: FailedEvent[]
  filtered: number
  duplicates: number
  expanded: number
  stop: { readonly event: RuntimeEvent; readonly error: StoplogError } | null
}

/**
 * The steps of a node, fused: an event goes through all of those that handle one event at a time before the next one
 * begins, so its value is parsed once and written once.
 */
export class StepChain {
  readonly #stages: readonly (readonly ChainStep[])[]

  constructor(steps: readonly ChainStep[]) {
    this.#stages = toStages(steps)
  }

  /** Rejects when a step itself is broken; nothing is lost then, the events are processed again. */
  async run(events: readonly RuntimeEvent[], signal: AbortSignal): Promise<ChainResult> {
    const tally: Tally = { failed: [], filtered: 0, duplicates: 0, expanded: 0, stop: null }
    let passed = events
    for (const stage of this.#stages) {
      const [first] = stage
      passed =
        first !== undefined && isBatchProcessor(first.processor)
          ? await runBatch(first, first.processor, passed, tally, signal)
          : runEach(stage, passed, tally)
    }
    return { passed, ...tally }
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
    const isFused =
      last !== undefined && !isBatchProcessor(step.processor) && last.every((s) => !isBatchProcessor(s.processor))
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

function runEach(stage: readonly ChainStep[], events: readonly RuntimeEvent[], tally: Tally): readonly RuntimeEvent[] {
  const passed: RuntimeEvent[] = []
  for (const event of events) {
    if (tally.stop !== null) break
    runThrough(stage, 0, event, passed, tally)
  }
  return passed
}

function runThrough(
  stage: readonly ChainStep[],
  from: number,
  event: RuntimeEvent,
  passed: RuntimeEvent[],
  tally: Tally,
): void {
  for (let i = from; i < stage.length; i += 1) {
    const step = stage[i]
    if (step === undefined || !isEachProcessor(step.processor)) return
    const outcome = attempt(step.processor, event)
    if (outcome === 'pass') continue
    for (const child of settle(step, event, outcome, tally)) runThrough(stage, i + 1, child, passed, tally)
    return
  }
  passed.push(event)
}

function attempt(processor: EachProcessor, event: RuntimeEvent): StepOutcome {
  try {
    return processor.each(event)
  } catch (error) {
    if (error instanceof StoplogError) return { failed: error }
    // A stack that ran out on a value nested too deep is the value's fault; anything else is ours.
    if (error instanceof RangeError)
      return { failed: new StoplogError('E_VALUE_DEPTH', error.message, { cause: error }) }
    throw error
  }
}

/** Counts an outcome other than `pass`; returns the events that go on in its place. */
function settle(step: ChainStep, event: RuntimeEvent, outcome: StepOutcome, tally: Tally): readonly RuntimeEvent[] {
  if (outcome === 'pass') return [event]
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
  tally: Tally,
  signal: AbortSignal,
): Promise<readonly RuntimeEvent[]> {
  if (events.length === 0) return []
  const outcomes = await processor.batch(events, signal)
  const passed: RuntimeEvent[] = []
  for (const [index, event] of events.entries()) {
    if (tally.stop !== null) break
    const outcome = outcomes[index]
    if (outcome === undefined) throw new StoplogError('E_BUG', `${step.path}: no outcome for event ${index}`)
    passed.push(...settle(step, event, outcome, tally))
  }
  return passed
}

/** Steps are given our events and can only derive others from them. */
function toRuntimeEvent(event: WorkingEvent): RuntimeEvent {
  return event as RuntimeEvent
}
